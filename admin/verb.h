/* SPDX-License-Identifier: MIT */
/*
 * verb.h - what the command can do, as one table.
 *
 * Usage, --help, the checks of options and arguments, and what bash completes
 * all come from it.  Whoever adds a verb adds a row to verb.c and the function
 * to the list below.
 */
#ifndef ADMIN_VERB_H
#define ADMIN_VERB_H

#include "command.h"

enum {
	OPTION_REQUIRED = 1 << 0,
	OPTION_MANY = 1 << 1, /* may stand several times */
};

struct verb_option {
	const char *name;  /* without the dashes */
	const char *value; /* NULL: it has none; "A|B": one of these words;
	                      "FILE": bash completes a path */
	const char *help;  /* one line, lower case, no full stop */
	unsigned flags;
};

struct verb {
	const char *noun;
	const char *verb;      /* NULL: the noun stands alone */
	const char *arguments; /* "NAME EMAIL", "[NAME]", "A|B"; NULL: none */
	const struct verb_option *options; /* the last is {0}; NULL: none */
	const char *help; /* one line, lower case, no full stop */
	int (*run)(struct command *command); /* returns an exit status */
};

/* By noun, the verbs of a noun together; the last is {0}. */
extern const struct verb verbs[];

/* What every verb takes; the last is {0}. */
extern const struct verb_option verb_common_options[];

/* The row of noun and verb, or of a noun that stands alone; NULL when there is
 * none. */
const struct verb *verb_find(const char *noun, const char *verb);

/* Has the noun verbs, or does it stand alone? */
bool verb_is_noun(const char *noun);

/* The option of a verb, or NULL. */
const struct verb_option *verb_option_find(const struct verb_option *options,
    const char *name);

/* Is word one of "A|B"? */
bool verb_is_choice(const char *choices);
bool verb_choice_allowed(const char *choices, const char *word);

/* How many arguments: those without brackets, and all. */
void verb_count_arguments(const struct verb *verb, int *least, int *most);

int verb_audit(struct command *command);
int verb_bench_login(struct command *command);
int verb_client_add(struct command *command);
int verb_client_delete(struct command *command);
int verb_client_disable(struct command *command);
int verb_client_enable(struct command *command);
int verb_client_list(struct command *command);
int verb_client_prune(struct command *command);
int verb_client_rotate_secret(struct command *command);
int verb_client_show(struct command *command);
int verb_config_check(struct command *command);
int verb_config_show(struct command *command);
int verb_consent_list(struct command *command);
int verb_consent_revoke(struct command *command);
int verb_doctor(struct command *command);
int verb_identity_add(struct command *command);
int verb_identity_list(struct command *command);
int verb_identity_remove(struct command *command);
int verb_key_check(struct command *command);
int verb_key_export(struct command *command);
int verb_key_generate(struct command *command);
int verb_key_list(struct command *command);
int verb_key_rotate(struct command *command);
int verb_migrate(struct command *command);
int verb_purge(struct command *command);
int verb_render(struct command *command);
int verb_session_list(struct command *command);
int verb_session_revoke(struct command *command);
int verb_status(struct command *command);
int verb_token_inspect(struct command *command);
int verb_token_verify(struct command *command);
int verb_user_add(struct command *command);
int verb_user_delete(struct command *command);
int verb_user_disable(struct command *command);
int verb_user_enable(struct command *command);
int verb_user_list(struct command *command);
int verb_user_passwd(struct command *command);
int verb_user_recover(struct command *command);
int verb_user_reset_second_factor(struct command *command);
int verb_user_show(struct command *command);

#endif
