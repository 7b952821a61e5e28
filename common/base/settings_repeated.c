/* SPDX-License-Identifier: MIT */
/*
 * settings_repeated.c - MCP_RESOURCES, and the keys that stand once for each
 * resource or scope: KEY=SUBJECT text, or KEY[LANGUAGE]=SUBJECT text.  A subject
 * that holds blanks stands in double quotes.
 *
 * Their lines are kept until the whole file was read, since MCP_RESOURCES may
 * stand below them.
 */
#include <stddef.h>
#include <string.h>

#include "base/scope_token.h"
#include "base/settings_reader.h"
#include "base/text.h"
#include "base/uri.h"

/* ---- the lines ---- */

static const struct repeated_line *
line_of(const struct settings_reader *r, const char *key, const char *language,
    const char *subject)
{
	size_t i;

	for (i = 0; i < r->n_repeated; i++)
		if (text_equal(r->repeated[i].key, key) &&
		    text_equal(r->repeated[i].language, language) &&
		    text_equal(r->repeated[i].subject, subject))
			return &r->repeated[i];
	return NULL;
}

static const char *
example_of(const char *key)
{
	if (text_equal(key, "SCOPE_DESCRIPTION"))
		return "SCOPE_DESCRIPTION=files:read Read your files";
	if (text_equal(key, "ID_JAG_ISSUER"))
		return "ID_JAG_ISSUER=https://idp.example "
		       "https://idp.example/jwks.json example.com";
	if (text_equal(key, "REMOTE_GROUP_SCOPES"))
		return "REMOTE_GROUP_SCOPES=staff files:read files:write";
	return "MCP_RESOURCE_NAME=/files Company files";
}

/* The subject, with blanks in it if it is quoted, and what is said of it. */
static void
split(struct settings_reader *r, const char *value, struct repeated_line *line)
{
	bool quoted = value[0] == '"' && strchr(value + 1, '"');
	size_t len;

	value += quoted;
	len = strcspn(value, quoted ? "\"" : " \t");
	line->subject = arena_strndup(r->arena, value, len);
	value += len + quoted;
	line->text = value + strspn(value, " \t");
}

bool
settings_repeated_read(struct settings_reader *r, const char *key,
    const char *value)
{
	struct repeated_line line = {.where = r->file,
	    .key = key,
	    .language = r->language};
	const struct repeated_line *twin;

	split(r, value, &line);
	twin = line_of(r, key, line.language, line.subject);
	if (!*line.text)
		return settings_fail(r, key,
		    arena_printf(r->arena,
		        "must say of what and then what, such as %s",
		        example_of(key)));
	if (twin)
		return settings_fail(r, key,
		    arena_printf(r->arena,
		        "speaks of %s, as %s does already: keep one of the two",
		        line.subject, twin->where));
	if (!r->repeated)
		r->repeated = arena_alloc(r->arena,
		    REPEATED_LINES_MAX * sizeof(*r->repeated));
	if (r->n_repeated == REPEATED_LINES_MAX)
		return settings_fail(r, key, "stands too often");
	r->repeated[r->n_repeated++] = line;
	return true;
}

/* Errors of a kept line name that line again. */
static bool
fail_at(struct settings_reader *r, const struct repeated_line *line,
    const char *why)
{
	r->file = line->where;
	return settings_fail(r, line->key, why);
}

/* ---- MCP_RESOURCES ---- */

static bool
resource_path_allowed(struct settings_reader *r, const char *path)
{
	struct uri uri;
	const char *full = arena_printf(r->arena, "%s%s",
	    r->settings->oauth_base_url, path);

	return path[0] == '/' && uri_parse(r->arena, full, &uri) &&
	    !uri.query && !uri.fragment && !uri_has_dot_segments(&uri) &&
	    !strstr(path, "//") && !strchr(path, '%') &&
	    (path[1] == '\0' || !text_ends(path, "/"));
}

static struct resource_setting *
resource_at(struct resource_setting *resources, size_t n, const char *path)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (text_equal(resources[i].path, path))
			return &resources[i];
	return NULL;
}

static struct resource_setting *
read_resources(struct settings_reader *r, size_t *n)
{
	const char **paths = text_split(r->arena,
	    r->settings->mcp_resources_text, " ,", n);
	struct resource_setting *resources = arena_alloc(r->arena,
	    (*n + 1) * sizeof(*resources));
	size_t i;

	for (i = 0; i < *n; i++) {
		if (!resource_path_allowed(r, paths[i])) {
			(void)settings_fail(r, "MCP_RESOURCES",
			    "must be paths such as /mcp, separated by blanks, "
			    "without trailing slash");
			return NULL;
		}
		if (resource_at(resources, i, paths[i])) {
			(void)settings_fail(r, "MCP_RESOURCES",
			    arena_printf(r->arena, "names %s twice", paths[i]));
			return NULL;
		}
		resources[i].path = paths[i];
		resources[i].uri = arena_printf(r->arena, "%s%s",
		    r->settings->oauth_base_url,
		    paths[i][1] == '\0' ? "" : paths[i]);
	}
	if (*n > 0)
		return resources;
	(void)settings_fail(r, "MCP_RESOURCES", "must name at least one path");
	return NULL;
}

/* ---- what is said of one ---- */

static bool
read_text(struct settings_reader *r, const struct repeated_line *line,
    const char **ret)
{
	if (!text_is_utf8(line->text, strlen(line->text)))
		return fail_at(r, line, "must be UTF-8");
	*ret = line->text;
	return true;
}

static bool
read_documentation(struct settings_reader *r, const struct repeated_line *line,
    const char **ret)
{
	struct uri uri;

	if (!uri_parse(r->arena, line->text, &uri) ||
	    !text_equal(uri.scheme, "https") || uri.userinfo)
		return fail_at(r, line,
		    "must be a path and an https URL, such as "
		    "MCP_RESOURCE_DOCUMENTATION=/files "
		    "https://docs.example.com/files");
	*ret = line->text;
	return true;
}

const char *
settings_scope_list(struct arena *arena, const char *text)
{
	const char **tokens = text_split(arena, text, " \t", NULL);
	struct buf list = buf_in(arena);

	for (; *tokens; tokens++) {
		if (!scope_token_allowed(*tokens))
			return NULL;
		buf_addf(&list, "%s%s", list.len ? " " : "", *tokens);
	}
	return buf_text(&list);
}

static bool
read_scopes(struct settings_reader *r, const struct repeated_line *line,
    const char **ret)
{
	const char *list = settings_scope_list(r->arena, line->text);

	if (!list)
		return fail_at(r, line,
		    "must be scopes separated by blanks, of visible ASCII "
		    "without quote and backslash");
	*ret = list;
	return true;
}

/* What a challenge asks for must be what it may ask for: no offline_access
 * (MCP authorization, scope selection). */
static bool
read_base_scopes(struct settings_reader *r, const struct repeated_line *line,
    const char **ret)
{
	if (text_has_word(line->text, "offline_access"))
		return fail_at(r, line,
		    "must not hold offline_access: a client adds it itself");
	return read_scopes(r, line, ret);
}

static bool
read_program(struct settings_reader *r, const struct repeated_line *line,
    const char **ret)
{
	if (line->text[0] != '/' || text_ends(line->text, "/"))
		return fail_at(r, line,
		    "must be a path of MCP_RESOURCES and the file of a "
		    "program, such as MCP_RESOURCE_PROGRAM=/files "
		    "/home/me/files/server.cgi");
	*ret = line->text;
	return true;
}

static const struct {
	const char *key;
	size_t offset;
	bool (*read)(struct settings_reader *r,
	    const struct repeated_line *line, const char **ret);
} members[] = {
    {"MCP_RESOURCE_NAME", offsetof(struct resource_setting, name), read_text},
    {"MCP_RESOURCE_SCOPES", offsetof(struct resource_setting, scopes),
        read_scopes},
    {"MCP_RESOURCE_BASE_SCOPES", offsetof(struct resource_setting, base_scopes),
        read_base_scopes},
    {"MCP_RESOURCE_DOCUMENTATION",
        offsetof(struct resource_setting, documentation), read_documentation},
    {"MCP_RESOURCE_PROGRAM", offsetof(struct resource_setting, program),
        read_program},
};

enum { N_MEMBERS = sizeof(members) / sizeof(*members) };

#define MEMBER(resource, i) \
	((const char **)(void *)((char *)(resource) + members[i].offset))

static bool
settle_line(struct settings_reader *r, struct resource_setting *resources,
    size_t n, const struct repeated_line *line)
{
	struct resource_setting *resource;
	size_t i;

	for (i = 0; i < N_MEMBERS; i++)
		if (text_equal(members[i].key, line->key))
			break;
	if (i == N_MEMBERS)
		return true; /* speaks of something else */
	resource = resource_at(resources, n, line->subject);
	if (!resource)
		return fail_at(r, line,
		    arena_printf(r->arena,
		        "speaks of %s, which is not in MCP_RESOURCES: add it "
		        "there or correct the path",
		        line->subject));
	return members[i].read(r, line, MEMBER(resource, i));
}

/* The base scopes are some of those that exist for the resource. */
static bool
settle_base_scopes(struct settings_reader *r,
    const struct resource_setting *resource)
{
	const struct repeated_line *line = line_of(r,
	    "MCP_RESOURCE_BASE_SCOPES", "", resource->path);
	const char **tokens;

	if (!line)
		return true;
	tokens = text_split(r->arena, resource->base_scopes, " ", NULL);
	for (; *tokens; tokens++)
		if (!scope_list_covers(r->settings->scopes_supported,
		        *tokens) &&
		    !(resource->scopes &&
		        scope_list_covers(resource->scopes, *tokens)))
			return fail_at(r, line,
			    arena_printf(r->arena,
			        "holds %s, which does not exist for %s: add it "
			        "to SCOPES_SUPPORTED or to MCP_RESOURCE_SCOPES",
			        *tokens, resource->path));
	return true;
}

static bool
settle_resources(struct settings_reader *r)
{
	struct resource_setting *resources;
	size_t n, i;

	resources = read_resources(r, &n);
	if (!resources)
		return false;
	for (i = 0; i < r->n_repeated; i++)
		if (!settle_line(r, resources, n, &r->repeated[i]))
			return false;
	for (i = 0; i < n; i++)
		if (!settle_base_scopes(r, &resources[i]))
			return false;
	r->settings->mcp_resources = resources;
	r->settings->n_mcp_resources = n;
	return true;
}

/* ---- scopes ---- */

static bool
settle_scopes_supported(struct settings_reader *r)
{
	const char **tokens = text_split(r->arena,
	    r->settings->scopes_supported, " ", NULL);

	for (; *tokens; tokens++)
		if (!scope_token_allowed(*tokens))
			return settings_fail(r, "SCOPES_SUPPORTED",
			    "must be scopes separated by blanks, of visible "
			    "ASCII without quote and backslash");
	return true;
}

bool
settings_scope_exists(const struct settings *s, const char *scope)
{
	size_t i;

	if (scope_list_covers(s->scopes_supported, scope))
		return true;
	for (i = 0; i < s->n_mcp_resources; i++)
		if (s->mcp_resources[i].scopes &&
		    scope_list_covers(s->mcp_resources[i].scopes, scope))
			return true;
	return false;
}

static bool
settle_descriptions(struct settings_reader *r)
{
	struct scope_description *list = arena_alloc(r->arena,
	    (r->n_repeated + 1) * sizeof(*list));
	const struct repeated_line *line;
	size_t n = 0, i;

	for (i = 0; i < r->n_repeated; i++) {
		line = &r->repeated[i];
		if (!text_equal(line->key, "SCOPE_DESCRIPTION"))
			continue;
		if (!settings_scope_exists(r->settings, line->subject))
			return fail_at(r, line,
			    arena_printf(r->arena,
			        "speaks of %s, which is neither in "
			        "SCOPES_SUPPORTED nor in MCP_RESOURCE_SCOPES",
			        line->subject));
		list[n].scope = line->subject;
		list[n].language = line->language;
		if (!read_text(r, line, &list[n].text))
			return false;
		n++;
	}
	r->settings->scope_descriptions = list;
	r->settings->n_scope_descriptions = n;
	return true;
}

bool
settings_repeated_settle(struct settings_reader *r)
{
	return settle_scopes_supported(r) && settle_resources(r) &&
	    settle_descriptions(r) && settings_issuers_settle(r) &&
	    settings_remote_settle(r);
}

/* ---- printing ---- */

void
settings_repeated_print(const struct settings *settings, const char *key,
    struct buf *ret)
{
	const struct scope_description *d = settings->scope_descriptions;
	const char *value;
	size_t i, k;

	if (text_equal(key, "ID_JAG_ISSUER"))
		settings_issuers_print(settings, ret);
	if (text_equal(key, "REMOTE_GROUP_SCOPES"))
		settings_remote_print(settings, ret);
	for (i = 0; i < settings->n_mcp_resources; i++)
		for (k = 0; k < N_MEMBERS; k++) {
			value = *MEMBER(&settings->mcp_resources[i], k);
			if (value && text_equal(members[k].key, key))
				buf_addf(ret, "%s=%s %s\n", key,
				    settings->mcp_resources[i].path, value);
		}
	if (!text_equal(key, "SCOPE_DESCRIPTION"))
		return;
	for (i = 0; i < settings->n_scope_descriptions; i++)
		buf_addf(ret,
		    *d[i].language ? "%s[%s]=%s %s\n" : "%s%s=%s %s\n", key,
		    d[i].language, d[i].scope, d[i].text);
}
