/* SPDX-License-Identifier: MIT */
/*
 * guard_rules.h - the guard's rules: which scopes a token needs, by resource,
 * method and name.
 *
 *	# resource  method      name      scopes
 *	/files      tools/call  delete_*  files:write
 *	/files      tools/call  *         files:read
 *	/files      *           *         -
 *
 * The first rule that fits decides, like pg_hba.conf.  method and name are
 * exact, "*" for any, or end in "*" for all that begin so; a name that needs
 * it stands wrapped as in a header (see mcp_header.h).  scopes are words, or
 * "-" for none.
 *
 * A resource with a rule that names a method or a name is strict: its requests
 * must say in headers what they are.  A line of its own lifts that for clients
 * of versions before 2026-07-28, which rules by name then do not bind:
 *
 *	unsafe-legacy /files headers=optional
 */
#ifndef OAUTH_GUARD_RULES_H
#define OAUTH_GUARD_RULES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/settings.h"

struct guard_rule {
	const struct resource_setting *resource;
	const char *method, *name;
	const char *scopes; /* "" for none */
	int line;
	bool method_is_prefix, name_is_prefix;
	bool is_legacy; /* no rule, but the line that lifts strictness */
};

struct guard_rules {
	const struct guard_rule *rules;
	size_t n;
};

/*
 * Read the text of the file.  Refused with *error set to one sentence with its
 * remedy: a line that is no rule, a resource that is not in MCP_RESOURCES, a
 * text without any rule.  What *ret holds lives in the arena.
 */
bool guard_rules_read(struct arena *arena, const struct settings *settings,
    const char *file, const char *text, struct guard_rules *ret,
    const char **error) __attribute__((__warn_unused_result__));

/* The same from the file itself. */
bool guard_rules_load(struct arena *arena, const struct settings *settings,
    const char *file, struct guard_rules *ret, const char **error)
    __attribute__((__warn_unused_result__));

/* Has the resource any rule?  One without asks for no scope. */
bool guard_rules_has(const struct guard_rules *rules,
    const struct resource_setting *resource);

bool guard_rules_strict(const struct guard_rules *rules,
    const struct resource_setting *resource);

/* May a strict resource's requests leave the headers out? */
bool guard_rules_headers_optional(const struct guard_rules *rules,
    const struct resource_setting *resource);

/* The rule that decides, or NULL.  A method or name that the request does not
 * tell (NULL) is fitted by "*" alone. */
const struct guard_rule *guard_rules_match(const struct guard_rules *rules,
    const struct resource_setting *resource, const char *method,
    const char *name);

#endif
