/* SPDX-License-Identifier: MIT */
/* settings_reader.h - what the parts of reading settings share. */
#ifndef BASE_SETTINGS_READER_H
#define BASE_SETTINGS_READER_H

#include "base/settings.h"

enum { REPEATED_LINES_MAX = 512 };

/* A line of a key that may stand several times: KEY=SUBJECT text. */
struct repeated_line {
	const char *where, *key, *subject, *text;
	const char *language; /* of KEY[LANGUAGE]; "": none */
};

/* What reading needs beside the settings: where errors are told, and the lines
 * that wait until all others were read. */
struct settings_reader {
	struct arena *arena;
	struct settings *settings;
	const char *file;
	const char **error;
	const char *language; /* of the line that is read; "": none */
	struct repeated_line *repeated;
	size_t n_repeated;
};

/* Tell the error: where, the key, why.  Always false. */
bool settings_fail(struct settings_reader *r, const char *key, const char *why);

/* Keep the value of a repeatable key; false when it has no subject or text, or
 * its subject has such a line, in that language, already. */
bool settings_repeated_read(struct settings_reader *r, const char *key,
    const char *value);

/* MCP_RESOURCES, what MCP_RESOURCE_* say of each, and SCOPE_DESCRIPTION. */
bool settings_repeated_settle(struct settings_reader *r);

/* ID_JAG_ISSUER. */
bool settings_issuers_settle(struct settings_reader *r);
void settings_issuers_print(const struct settings *settings, struct buf *ret);

/* REMOTE_GROUP_SCOPES, and what the other keys of OAUTH_LOGIN=remote_user must
 * agree on. */
bool settings_remote_settle(struct settings_reader *r);
void settings_remote_print(const struct settings *settings, struct buf *ret);

/* BRAND_*: what they hold, and that it can be read. */
bool settings_brand_settle(struct settings_reader *r);

/* The languages that the pages come in, separated by blanks. */
extern const char settings_known_locales[];

/* The tokens of text, separated by single blanks; NULL when one is none. */
const char *settings_scope_list(struct arena *arena, const char *text);

/* Is it in SCOPES_SUPPORTED or in some MCP_RESOURCE_SCOPES? */
bool settings_scope_exists(const struct settings *s, const char *scope);

/* Add the lines of a repeatable key. */
void settings_repeated_print(const struct settings *settings, const char *key,
    struct buf *ret);

/* Do the values agree with each other?  Fills what is derived from them. */
bool settings_agree(struct settings_reader *r);

#endif
