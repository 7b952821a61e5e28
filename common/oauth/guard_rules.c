/* SPDX-License-Identifier: MIT */
#include "oauth/guard_rules.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/auto.h"
#include "base/buf.h"
#include "base/scope_token.h"
#include "base/text.h"
#include "oauth/mcp_header.h"

enum { FILE_MAX_BYTES = 1 << 16, RULES_MAX = 512 };

/* ---- reading ---- */

/* What reading a line needs. */
struct reader {
	struct arena *arena;
	const struct settings *settings;
	const char *file;
	int line;
	const char **error;
};

static bool
bad(struct reader *r, const char *why)
{
	*r->error = arena_printf(r->arena, "%s line %d: %s", r->file, r->line,
	    why);
	return false;
}

static bool
read_resource(struct reader *r, const char *path, struct guard_rule *rule)
{
	size_t i;

	for (i = 0; i < r->settings->n_mcp_resources; i++)
		if (text_equal(r->settings->mcp_resources[i].path, path)) {
			rule->resource = &r->settings->mcp_resources[i];
			return true;
		}
	return bad(r,
	    arena_printf(r->arena,
	        "%s is not in MCP_RESOURCES: a rule begins with one of its "
	        "paths",
	        path));
}

/* Exact, or a prefix when it ends in "*"; "*" itself is the empty prefix. */
static bool
read_pattern(struct reader *r, const char *word, const char **ret,
    bool *is_prefix)
{
	size_t len = strlen(word);

	*is_prefix = word[len - 1] == '*';
	*ret = arena_strndup(r->arena, word, *is_prefix ? len - 1 : len);
	return !strchr(*ret, '*') ||
	    bad(r, "an asterisk may only stand at the end");
}

static bool
read_method(struct reader *r, const char *word, struct guard_rule *rule)
{
	if (!read_pattern(r, word, &rule->method, &rule->method_is_prefix))
		return false;
	return mcp_method_allowed(word) ||
	    bad(r, "a method is of visible ASCII without commas");
}

/* Wrapped as in a header, for what a word of a line cannot hold; an asterisk in
 * there is one. */
static bool
read_wrapped_name(struct reader *r, const char *word, struct guard_rule *rule)
{
	rule->name = mcp_name_decode(r->arena, word);
	return (rule->name && rule->name != word) ||
	    bad(r, "the name is no base64 of a UTF-8 text");
}

static bool
read_name(struct reader *r, const char *word, struct guard_rule *rule)
{
	if (!rule->method_is_prefix && !text_equal(word, "*") &&
	    !mcp_method_has_name(rule->method))
		return bad(r,
		    arena_printf(r->arena,
		        "messages of %s have no name: write * for it",
		        rule->method));
	if (text_starts(word, "=?base64?"))
		return read_wrapped_name(r, word, rule);
	return read_pattern(r, word, &rule->name, &rule->name_is_prefix);
}

static bool
read_scopes(struct reader *r, const char **words, struct guard_rule *rule)
{
	struct buf list = buf_in(r->arena);

	rule->scopes = "";
	if (text_equal(words[0], "-") && !words[1])
		return true;
	for (; *words; words++) {
		if (!scope_token_allowed(*words) || text_equal(*words, "-"))
			return bad(r,
			    arena_printf(r->arena, "%s is no scope", *words));
		buf_addf(&list, "%s%s", list.len ? " " : "", *words);
	}
	rule->scopes = buf_text(&list);
	return true;
}

static bool
read_legacy(struct reader *r, const char **words, size_t n,
    struct guard_rule *rule)
{
	if (n != 3 || !text_equal(words[2], "headers=optional"))
		return bad(r,
		    "write \"unsafe-legacy /files headers=optional\"");
	rule->is_legacy = true;
	return read_resource(r, words[1], rule);
}

static bool
read_rule(struct reader *r, const char **words, size_t n,
    struct guard_rule *rule)
{
	rule->line = r->line;
	if (text_equal(words[0], "unsafe-legacy"))
		return read_legacy(r, words, n, rule);
	if (n < 4)
		return bad(r,
		    "a rule is \"resource method name scopes\", such as "
		    "\"/files tools/call * files:read\"");
	return read_resource(r, words[0], rule) &&
	    read_method(r, words[1], rule) && read_name(r, words[2], rule) &&
	    read_scopes(r, words + 3, rule);
}

bool
guard_rules_read(struct arena *arena, const struct settings *settings,
    const char *file, const char *text, struct guard_rules *ret,
    const char **error)
{
	struct reader r = {arena, settings, file, 0, error};
	struct guard_rule *rules = arena_alloc(arena,
	    RULES_MAX * sizeof(*rules));
	const char **words;
	size_t len, n, count = 0;

	for (; *text; text += len + (text[len] == '\n')) {
		len = strcspn(text, "\n");
		r.line++;
		words = text_split(arena, arena_strndup(arena, text, len),
		    " \t\r", &n);
		if (n == 0 || words[0][0] == '#')
			continue;
		if (count == RULES_MAX)
			return bad(&r, "too many rules");
		if (!read_rule(&r, words, n, &rules[count++]))
			return false;
	}
	if (count == 0)
		return bad(&r,
		    "there is no rule: write one, or leave GUARD_RULES out");
	*ret = (struct guard_rules){rules, count};
	return true;
}

bool
guard_rules_load(struct arena *arena, const struct settings *settings,
    const char *file, struct guard_rules *ret, const char **error)
{
	AUTO_FILE *stream = fopen(file, "re");
	char *text = arena_alloc(arena, FILE_MAX_BYTES + 1);
	size_t len;

	if (!stream) {
		*error = arena_printf(arena, "could not read %s: %s", file,
		    strerror(errno));
		return false;
	}
	len = fread(text, 1, FILE_MAX_BYTES + 1, stream);
	if (ferror(stream) || len > FILE_MAX_BYTES || memchr(text, '\0', len)) {
		*error = arena_printf(arena, "%s is no file of rules", file);
		return false;
	}
	return guard_rules_read(arena, settings, file, text, ret, error);
}

/* ---- deciding ---- */

bool
guard_rules_has(const struct guard_rules *rules,
    const struct resource_setting *resource)
{
	size_t i;

	for (i = 0; i < rules->n; i++)
		if (rules->rules[i].resource == resource &&
		    !rules->rules[i].is_legacy)
			return true;
	return false;
}

/* Is the pattern anything but "*"? */
static bool
names_one(const char *pattern, bool is_prefix)
{
	return !is_prefix || *pattern;
}

bool
guard_rules_strict(const struct guard_rules *rules,
    const struct resource_setting *resource)
{
	const struct guard_rule *rule;
	size_t i;

	for (i = 0; i < rules->n; i++) {
		rule = &rules->rules[i];
		if (rule->resource == resource && !rule->is_legacy &&
		    (names_one(rule->method, rule->method_is_prefix) ||
		        names_one(rule->name, rule->name_is_prefix)))
			return true;
	}
	return false;
}

bool
guard_rules_headers_optional(const struct guard_rules *rules,
    const struct resource_setting *resource)
{
	size_t i;

	for (i = 0; i < rules->n; i++)
		if (rules->rules[i].resource == resource &&
		    rules->rules[i].is_legacy)
			return true;
	return false;
}

static bool
fits(const char *pattern, bool is_prefix, const char *value)
{
	if (!value)
		return !names_one(pattern, is_prefix);
	return is_prefix ? text_starts(value, pattern)
	                 : text_equal(value, pattern);
}

const struct guard_rule *
guard_rules_match(const struct guard_rules *rules,
    const struct resource_setting *resource, const char *method,
    const char *name)
{
	const struct guard_rule *rule;
	size_t i;

	for (i = 0; i < rules->n; i++) {
		rule = &rules->rules[i];
		if (rule->resource == resource && !rule->is_legacy &&
		    fits(rule->method, rule->method_is_prefix, method) &&
		    fits(rule->name, rule->name_is_prefix, name))
			return rule;
	}
	return NULL;
}
