/* SPDX-License-Identifier: MIT */
/*
 * settings_remote.c - what the keys of OAUTH_LOGIN=remote_user must agree on,
 * and what groups of people may allow:
 *
 *	REMOTE_GROUP_SCOPES=GROUP SCOPE ...
 */
#include <string.h>

#include "base/settings_reader.h"
#include "base/text.h"

static const char group_key[] = "REMOTE_GROUP_SCOPES";

/* ---- variables ---- */

/*
 * A variable that only the web server can have set: what a client sends in
 * headers arrives as HTTP_*, and what else it says in those of RFC 3875.
 */
static bool
is_servers_own(const char *name)
{
	static const char *const of_the_client[] = {"HTTP_", "REDIRECT_",
	    "CONTENT_", "PATH_", "QUERY_", "REMOTE_HOST", "REMOTE_IDENT",
	    "REQUEST_", "SCRIPT_", "SERVER_", NULL};
	const char *const *prefix;

	for (prefix = of_the_client; *prefix; prefix++)
		if (text_starts(name, *prefix))
			return false;
	return text_only(name,
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	    "0123456789_");
}

static bool
settle_variable(struct settings_reader *r, const char *key, const char *name)
{
	if (!name || is_servers_own(name))
		return true;
	return settings_fail(r, key,
	    "must be a variable that the web server's sign-in sets, such as "
	    "OIDC_CLAIM_email or AUTHENTICATE_MAIL, and nothing that a client "
	    "can send, such as HTTP_*");
}

/* ---- groups ---- */

static bool
fail_at(struct settings_reader *r, const struct repeated_line *line,
    const char *why)
{
	r->file = line->where;
	return settings_fail(r, group_key, why);
}

static bool
settle_group(struct settings_reader *r, const struct repeated_line *line,
    struct group_scopes *ret)
{
	const char **tokens;

	ret->group = line->subject;
	ret->scopes = settings_scope_list(r->arena, line->text);
	if (!*ret->group || !ret->scopes)
		return fail_at(r, line,
		    "must be a group, in double quotes if it holds blanks, and "
		    "then scopes");
	tokens = text_split(r->arena, ret->scopes, " ", NULL);
	for (; *tokens; tokens++)
		if (!settings_scope_exists(r->settings, *tokens))
			return fail_at(r, line,
			    arena_printf(r->arena,
			        "names %s, which is neither in "
			        "SCOPES_SUPPORTED nor in MCP_RESOURCE_SCOPES",
			        *tokens));
	return true;
}

static bool
settle_groups(struct settings_reader *r)
{
	struct settings *s = r->settings;
	struct group_scopes *list = arena_alloc(r->arena,
	    (r->n_repeated + 1) * sizeof(*list));
	struct buf ruled = buf_in(r->arena);
	size_t n = 0, i;

	for (i = 0; i < r->n_repeated; i++) {
		if (!text_equal(r->repeated[i].key, group_key))
			continue;
		if (!settle_group(r, &r->repeated[i], &list[n]))
			return false;
		buf_addf(&ruled, "%s%s", n ? " " : "", list[n].scopes);
		n++;
	}
	s->remote_group_scopes = list;
	s->n_remote_group_scopes = n;
	s->remote_scope_ruled = n ? buf_text(&ruled) : NULL;
	return true;
}

/* A limit that nobody would apply is worse than none. */
static bool
settle_use_of_groups(struct settings_reader *r)
{
	const struct settings *s = r->settings;

	if (s->n_remote_group_scopes == 0)
		return true;
	if (!s->login_remote_user)
		return settings_fail(r, group_key,
		    "is for OAUTH_LOGIN=remote_user only: with passwords "
		    "nobody would apply it");
	if (!s->remote_groups_variable)
		return settings_fail(r, "REMOTE_GROUPS_VARIABLE",
		    "is missing: REMOTE_GROUP_SCOPES needs the groups of a "
		    "person");
	return true;
}

/* ---- addresses ---- */

static bool
settle_email(struct settings_reader *r)
{
	const struct settings *s = r->settings;

	if (s->remote_user_is_email && s->remote_email_variable)
		return settings_fail(r, "REMOTE_EMAIL_VARIABLE",
		    "must be left out with REMOTE_USER_IS_EMAIL=on: the name "
		    "is the address");
	if (s->remote_provision && !s->remote_user_is_email &&
	    !s->remote_email_variable)
		return settings_fail(r, "REMOTE_PROVISION",
		    "needs the e-mail address of a new account: set "
		    "REMOTE_USER_IS_EMAIL=on or name REMOTE_EMAIL_VARIABLE");
	return true;
}

static bool
settle_words(struct settings_reader *r)
{
	const struct settings *s = r->settings;

	if (strpbrk(s->remote_source, " \t"))
		return settings_fail(r, "REMOTE_SOURCE",
		    "must be one word, such as ldap");
	if (strlen(s->remote_groups_separator) != 1)
		return settings_fail(r, "REMOTE_GROUPS_SEPARATOR",
		    "must be one character, such as ,");
	return true;
}

static bool
settle_lifetime(struct settings_reader *r)
{
	const struct settings *s = r->settings;

	if (s->login_remote_user &&
	    s->remote_session_expires_s < s->access_token_expires_s)
		return settings_fail(r, "REMOTE_SESSION_EXPIRES",
		    "must not be shorter than ACCESS_TOKEN_EXPIRES");
	return true;
}

bool
settings_remote_settle(struct settings_reader *r)
{
	const struct settings *s = r->settings;

	if (s->kind != SETTINGS_SERVER)
		return true;
	return settle_groups(r) && settle_use_of_groups(r) && settle_words(r) &&
	    settle_email(r) && settle_lifetime(r) &&
	    settle_variable(r, "REMOTE_EMAIL_VARIABLE",
	        s->remote_email_variable) &&
	    settle_variable(r, "REMOTE_GROUPS_VARIABLE",
	        s->remote_groups_variable);
}

void
settings_remote_print(const struct settings *settings, struct buf *ret)
{
	const struct group_scopes *line = settings->remote_group_scopes;
	size_t i;

	for (i = 0; i < settings->n_remote_group_scopes; i++)
		buf_addf(ret, "%s=\"%s\" %s\n", group_key, line[i].group,
		    line[i].scopes);
}
