/* SPDX-License-Identifier: MIT */
/* verb.c - the table of verbs. */
#include "verb.h"

#include <string.h>

#include "base/text.h"
#include "confirm.h"
#include "listing.h"
#include "password_input.h"

const struct verb_option verb_common_options[] = {
    {"config", "FILE",
        "read this file instead of /etc/mcp-oauth/"
        "mcp-oauth.conf",
        0},
    {"database", "URL", "use this login instead of DATABASE_URL", 0},
    {"help", NULL, "tell what there is, or what a verb takes", 0},
    {0},
};

/* ---- options, by verb ---- */

static const struct verb_option client_add[] = {
    {"name", "NAME", "what people are shown", OPTION_REQUIRED},
    {"redirect-uri", "URI",
        "a person connects it in a browser, which returns "
        "there",
        OPTION_MANY},
    {"device", NULL, "a person types a code that it shows (RFC 8628)", 0},
    {"client-credentials", NULL, "it acts for itself (RFC 6749 s4.4)", 0},
    {"introspect", "PATH",
        "it may ask about tokens of this resource "
        "(RFC 7662)",
        OPTION_MANY},
    {"resource", "PATH", "it acts for itself at this resource alone",
        OPTION_MANY},
    {"confidential", NULL, "it has a secret", 0},
    {"jwks", "FILE", "it signs instead: its public keys", 0},
    {"jwks-uri", "URL", "it signs instead: where its public keys are", 0},
    {"id", "CLIENT_ID", "its client_id, instead of one that is drawn", 0},
    {"scope", "SCOPE", "limit what it can be granted", 0},
    {"dpop", NULL, "it always uses DPoP (RFC 9449)", 0},
    {0},
};

static const struct verb_option client_list[] = {
    {"registration", "admin|dynamic|metadata|adopted",
        "those that came that way", 0},
    {"disabled", NULL, "those that are disabled", 0},
    LISTING_OPTIONS,
    {0},
};

static const struct verb_option client_prune[] = {
    {"unused-days", "N", "not used for so many days (90)", 0},
    {0},
};

static const struct verb_option only_json[] = {
    {"json", NULL, "as one JSON object", 0},
    {0},
};

static const struct verb_option only_yes[] = {
    CONFIRM_OPTION,
    {0},
};

/* Of sessions and of consents. */
static const struct verb_option of_whom[] = {
    {"user", "EMAIL", "those of this user", 0},
    {"client", "CLIENT_ID", "those with this client", 0},
    LISTING_OPTIONS,
    {0},
};

static const struct verb_option session_revoke[] = {
    {"user", "EMAIL", "all of this user", 0},
    {"client", "CLIENT_ID", "all with this client", 0},
    {"all", NULL, "all of everybody", 0},
    CONFIRM_OPTION,
    {0},
};

static const struct verb_option config_show[] = {
    {"guard", NULL, "those of guard.conf", 0},
    {"json", NULL, "as one JSON object", 0},
    {0},
};

static const struct verb_option audit[] = {
    {"user", "EMAIL", "about this user; also by user_id", 0},
    {"client", "CLIENT_ID", "about this client", 0},
    {"event", "EVENT", "of this kind, such as 'sign-in'", 0},
    {"since", "TIME", "since then, oldest first: 2026-01-31, 90m, 24h, 7d", 0},
    {"follow", NULL, "the last ones (10), then each as it comes", 0},
    {"limit", "N", "so many of the last ones (100); since a time (1000)", 0},
    {"after", "CURSOR", "go on where --since stopped", 0},
    {"json", NULL, "one JSON object a line", 0},
    {0},
};

static const struct verb_option bench_login[] = {
    {"seconds", "N", "measure for so long (3), twice", 0},
    {"json", NULL, "as one JSON object", 0},
    {0},
};

static const struct verb_option doctor[] = {
    {"as-client", NULL,
        "also connect as a client, with a user made for it, "
        "and remove both",
        0},
    {"user", "EMAIL", "sign in as this user instead", 0},
    PASSWORD_OPTION,
    {"url", "ORIGIN", "ask this address instead of OAUTH_BASE_URL", 0},
    {"ca-file", "FILE", "authorities to trust instead of the system's", 0},
    {"backend", "URL", "where the MCP server itself listens", OPTION_MANY},
    {"connections", "N", "how many database connections the site may open (93)",
        0},
    {"json", NULL, "tell all of it as a JSON array", 0},
    {0},
};

static const struct verb_option identity[] = {
    {"source", "SOURCE", "of this source instead of REMOTE_SOURCE", 0},
    {0},
};

static const struct verb_option identity_list[] = {
    {"source", "SOURCE", "those of this source", 0},
    LISTING_OPTIONS,
    {0},
};

static const struct verb_option key_check[] = {
    {"url", "ORIGIN", "ask this address instead of OAUTH_BASE_URL", 0},
    {0},
};

static const struct verb_option key_export[] = {
    {"periods", "N", "how many periods ahead (1)", 0},
    {0},
};

static const struct verb_option key_generate[] = {
    {"alg", "RS256|ES256", "a private key for JWT_PRIVATE_KEY_FILE", 0},
    {0},
};

static const struct verb_option key_list[] = {
    {"json", NULL, "one JSON object a line", 0},
    {0},
};

static const struct verb_option key_rotate[] = {
    {"now", NULL, "do not wait until all copies of the keys are renewed", 0},
    {"finish", NULL, "take JWT_SECRET_PREVIOUS away", 0},
    {"emergency", NULL, "refuse at once all that was ever signed", 0},
    {0},
};

static const struct verb_option migrate[] = {
    {"roles", NULL, "make the group roles that are missing", 0},
    {"dry-run", NULL, "do it, tell what was done, and take it back", 0},
    {"to", "N", "stop after the migration of this number", 0},
    {"print", NULL, "write the SQL to standard output instead", 0},
    {0},
};

static const struct verb_option purge[] = {
    {"batch", "N", "rows of each kind at once (10000)", 0},
    {"audit-keep-days", "N", "drop the audit's months before (none)", 0},
    {"json", NULL, "as one JSON object", 0},
    {0},
};

static const struct verb_option render[] = {
    {"jwks", "FILE", "write this file instead of the guard's JWKS_FILE", 0},
    {"periods", "N", "how many periods ahead (12)", 0},
    {"documents", "FOLDER",
        "write the metadata documents there, for the web "
        "server to serve",
        0},
    {0},
};

static const struct verb_option token_inspect[] = {
    {"json", NULL, "as JSON", 0},
    {0},
};

static const struct verb_option token_verify[] = {
    {"resource", "PATH", "it must be for this one of MCP_RESOURCES", 0},
    {0},
};

static const struct verb_option user_add[] = {
    {"name", "NAME", "what to call them", 0},
    PASSWORD_OPTION,
    {0},
};

static const struct verb_option user_list[] = {
    {"disabled", NULL, "those who are disabled", 0},
    LISTING_OPTIONS,
    {0},
};

static const struct verb_option user_passwd[] = {
    PASSWORD_OPTION,
    {0},
};

/* ---- the verbs ---- */

const struct verb verbs[] = {
    {"audit", NULL, NULL, audit, "tell what happened, or what happens now",
        verb_audit},
    {"bench-login", NULL, NULL, bench_login,
        "measure how many passwords are checked a second", verb_bench_login},
    {"client", "add", NULL, client_add, "register a client by hand",
        verb_client_add},
    {"client", "delete", "CLIENT_ID", only_yes,
        "remove a client, its sessions and consents", verb_client_delete},
    {"client", "disable", "CLIENT_ID", NULL, "keep a client out, for now",
        verb_client_disable},
    {"client", "enable", "CLIENT_ID", NULL, "let it in again",
        verb_client_enable},
    {"client", "list", NULL, client_list, "list clients", verb_client_list},
    {"client", "prune", NULL, client_prune,
        "remove clients that came by themselves and are used no more",
        verb_client_prune},
    {"client", "rotate-secret", "CLIENT_ID", NULL,
        "give a client another secret", verb_client_rotate_secret},
    {"client", "show", "CLIENT_ID", only_json,
        "tell all about a client but secrets", verb_client_show},
    {"config", "check", NULL, NULL, "say whether both files are good",
        verb_config_check},
    {"config", "show", NULL, config_show, "print the settings in force",
        verb_config_show},
    {"consent", "list", NULL, of_whom, "list what users allowed",
        verb_consent_list},
    {"consent", "revoke", "EMAIL CLIENT_ID", NULL,
        "take back what a user allowed a client", verb_consent_revoke},
    {"doctor", NULL, NULL, doctor, "look over a running site", verb_doctor},
    {"identity", "add", "NAME EMAIL", identity,
        "let a person whom the web server signs in in as a user",
        verb_identity_add},
    {"identity", "list", NULL, identity_list, "list those people",
        verb_identity_list},
    {"identity", "remove", "NAME", identity, "let such a person in no more",
        verb_identity_remove},
    {"key", "check", NULL, key_check,
        "say whether guard and site have the keys", verb_key_check},
    {"key", "export", NULL, key_export, "print the public keys",
        verb_key_export},
    {"key", "generate", NULL, key_generate, "print a fresh JWT_SECRET",
        verb_key_generate},
    {"key", "list", NULL, key_list, "list the keys, and which of them sign",
        verb_key_list},
    {"key", "rotate", NULL, key_rotate,
        "take the next step of a change of JWT_SECRET", verb_key_rotate},
    {"migrate", NULL, NULL, migrate, "bring the database up to date",
        verb_migrate},
    {"purge", NULL, NULL, purge, "remove what is of no more use", verb_purge},
    {"render", NULL, NULL, render, "write the guard's JWKS_FILE, or documents",
        verb_render},
    {"session", "list", NULL, of_whom, "list live sessions", verb_session_list},
    {"session", "revoke", "[SESSION_ID]", session_revoke,
        "end one session, or all of a user, a client, everybody",
        verb_session_revoke},
    {"status", NULL, NULL, only_json, "tell how the site is, at one look",
        verb_status},
    {"token", "inspect", "[FILE]", token_inspect,
        "tell what a token on standard input, or in a file, says",
        verb_token_inspect},
    {"token", "verify", "[FILE]", token_verify,
        "say whether such a token is good", verb_token_verify},
    {"user", "add", "EMAIL", user_add,
        "add a user, with the password on standard input", verb_user_add},
    {"user", "delete", "EMAIL", only_yes, "remove a user and all of theirs",
        verb_user_delete},
    {"user", "disable", "EMAIL", NULL, "keep a user out, for now",
        verb_user_disable},
    {"user", "enable", "EMAIL", NULL, "let them in again", verb_user_enable},
    {"user", "list", NULL, user_list, "list users", verb_user_list},
    {"user", "passwd", "EMAIL", user_passwd,
        "give a user another password, from standard input", verb_user_passwd},
    {"user", "recover", "EMAIL", NULL,
        "print a link to choose a new password by", verb_user_recover},
    {"user", "reset-second-factor", "EMAIL", NULL,
        "take a lost second factor away", verb_user_reset_second_factor},
    {"user", "show", "EMAIL", only_json, "tell all about a user but secrets",
        verb_user_show},
    {0},
};

/* ---- looking things up ---- */

const struct verb *
verb_find(const char *noun, const char *word)
{
	const struct verb *verb;

	for (verb = verbs; verb->noun; verb++)
		if (text_equal(verb->noun, noun) &&
		    (!verb->verb || (word && text_equal(verb->verb, word))))
			return verb;
	return NULL;
}

bool
verb_is_noun(const char *noun)
{
	const struct verb *verb;

	for (verb = verbs; verb->noun; verb++)
		if (text_equal(verb->noun, noun))
			return true;
	return false;
}

const struct verb_option *
verb_option_find(const struct verb_option *options, const char *name)
{
	for (; options && options->name; options++)
		if (text_equal(options->name, name))
			return options;
	return NULL;
}

bool
verb_is_choice(const char *choices)
{
	return choices && strchr(choices, '|');
}

bool
verb_choice_allowed(const char *choices, const char *word)
{
	size_t len = strlen(word);
	const char *choice, *end;

	for (choice = choices; choice; choice = end ? end + 1 : NULL) {
		end = strchr(choice, '|');
		if (len == (end ? (size_t)(end - choice) : strlen(choice)) &&
		    memcmp(choice, word, len) == 0)
			return true;
	}
	return false;
}

void
verb_count_arguments(const struct verb *verb, int *least, int *most)
{
	const char *c = verb->arguments;

	*least = *most = 0;
	for (; c && *c; c++) {
		if (c != verb->arguments && c[-1] != ' ')
			continue;
		(*most)++;
		if (*c != '[')
			(*least)++;
	}
}
