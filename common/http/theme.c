/* SPDX-License-Identifier: MIT */
#include "http/theme.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "base/auto.h"
#include "base/embedded.h"
#include "base/text.h"
#include "base/uri.h"
#include "crypto/digest.h"
#include "crypto/encode.h"
#include "http/html.h"
#include "http/template.h"

enum { FILE_MAX_BYTES = 16384 };

static const char style_file[] = "style.css";

/* common/http/pages/, made a table by make. */
extern const struct embedded_file embedded_pages[];

static const char *
our_file(const char *name)
{
	const struct embedded_file *file = embedded_pages;

	for (; file->name; file++)
		if (text_equal(file->name, name))
			break;
	return file->name ? (const char *)file->data : "";
}

static const char *
file_name(struct arena *arena, enum page_kind kind)
{
	return arena_printf(arena, "%s.html", page_templates[kind].name);
}

/* ---- files of the operator ---- */

struct loader {
	struct arena *arena;
	const struct settings *settings;
	const char **error;
};

static bool
fail(struct loader *l, const char *name, const char *why)
{
	*l->error = arena_printf(l->arena, "%s: PAGE_TEMPLATES %s/%s: %s",
	    l->settings->file, l->settings->page_templates, name, why);
	return false;
}

/* Set *ret to what the file holds, NULL when there is none. */
static bool
read_file(struct loader *l, const char *name, const char **ret)
{
	const char *path = arena_printf(l->arena, "%s/%s",
	    l->settings->page_templates, name);
	AUTO_FILE *stream = fopen(path, "re");
	struct stat st;
	size_t size;
	char *text;

	*ret = NULL;
	if (!stream && errno == ENOENT)
		return true;
	if (!stream || fstat(fileno(stream), &st) != 0)
		return fail(l, name, strerror(errno));
	if (!S_ISREG(st.st_mode) || st.st_size > FILE_MAX_BYTES)
		return fail(l, name, "is no file of at most 16384 bytes");
	if (st.st_mode & S_IWOTH)
		return fail(l, name, "can be written by everybody");
	text = arena_alloc(l->arena, (size_t)st.st_size + 1);
	size = fread(text, 1, (size_t)st.st_size, stream);
	text[size] = '\0';
	if (strlen(text) != size)
		return fail(l, name, "holds a NUL byte");
	*ret = text;
	return true;
}

static bool
is_known(struct loader *l, const char *name)
{
	int kind;

	if (text_equal(name, style_file))
		return true;
	for (kind = 0; kind < N_PAGES; kind++)
		if (text_equal(name, file_name(l->arena, kind)))
			return true;
	return false;
}

static inline void
auto_closedir(DIR **folder)
{
	if (*folder)
		(void)closedir(*folder);
}

#define AUTO_FOLDER __attribute__((__cleanup__(auto_closedir))) DIR

/* A file whose name is misspelt would never be missed otherwise. */
static bool
check_names(struct loader *l)
{
	AUTO_FOLDER *folder = opendir(l->settings->page_templates);
	const struct dirent *entry;

	if (!folder)
		return fail(l, "", strerror(errno));
	/* cppcheck-suppress readdirCalled */
	while ((entry = readdir(folder)))
		if ((text_ends(entry->d_name, ".html") ||
		        text_ends(entry->d_name, ".css")) &&
		    !is_known(l, entry->d_name))
			return fail(l, entry->d_name,
			    "is the name of no page and no style sheet");
	return true;
}

static bool
read_template(struct loader *l, enum page_kind kind, const char **ret)
{
	const char *name = file_name(l->arena, kind), *text = NULL, *why;

	if (l->settings && l->settings->page_templates &&
	    !read_file(l, name, &text))
		return false;
	*ret = template_without_comments(l->arena,
	    text ? text : our_file(name));
	return !text ||
	    template_check(l->arena, &page_templates[kind], *ret, &why) ||
	    fail(l, name, why);
}

static bool
read_style(struct loader *l, const char **ret)
{
	const char *text = NULL, *why;

	if (l->settings && l->settings->page_templates &&
	    !read_file(l, style_file, &text))
		return false;
	*ret = stylesheet_packed(l->arena, text ? text : our_file(style_file));
	return !text || stylesheet_check(l->arena, *ret, &why) ||
	    fail(l, style_file, why);
}

/* ---- brand ---- */

/* settings_brand.c saw to it that white, and what is nearly black, can be read on
 * them. */
static const char *
colors(struct arena *arena, const struct settings *settings)
{
	if (!settings || !settings->brand_color)
		return "";
	return arena_printf(arena,
	    ":root{--go:%s;--go-ink:#fff}"
	    "@media(prefers-color-scheme:dark)"
	    "{:root{--go:%s;--go-ink:#0a0d12}}",
	    settings->brand_color, settings->brand_color_dark);
}

static const char *
logo_source(struct arena *arena, const struct settings *settings)
{
	if (!settings->brand_logo_data)
		return settings->brand_logo;
	return arena_printf(arena, "data:%s;base64,%s",
	    settings->brand_logo_type,
	    base64_encode(arena,
	        (const unsigned char *)settings->brand_logo_data,
	        settings->brand_logo_bytes));
}

/* The name of the site stands beside it, so it says nothing itself. */
static const char *
logo(struct arena *arena, const struct settings *settings)
{
	const char *source = settings ? logo_source(arena, settings) : NULL;

	return source ? arena_printf(arena, "<img src=\"%s\" alt=\"\">",
	                    html_escape(arena, source))
	              : "";
}

static const char *
site(struct arena *arena, const struct settings *settings)
{
	struct uri uri;

	if (settings && settings->brand_name)
		return settings->brand_name;
	if (!settings || !uri_parse(arena, settings->oauth_base_url, &uri))
		return "mcp-oauth";
	return uri_has_default_port(&uri)
	    ? uri.host
	    : arena_printf(arena, "%s:%s", uri.host, uri.port);
}

/* What images may come from: the logo, and nothing else. */
static const char *
image_policy(struct arena *arena, const struct settings *settings)
{
	if (settings && settings->brand_logo_data)
		return " img-src data:;";
	if (!settings || !settings->brand_logo)
		return "";
	return arena_printf(arena, " img-src %s%s;", settings->oauth_base_url,
	    settings->brand_logo);
}

/*
 * The style sheet stands in the page, so that a page is one request, and the
 * policy admits it by its hash.
 *
 * No form-action: browsers apply it along the whole chain of redirects, and a
 * client may hop from https to a scheme of its own.
 */
static const char *
policy(struct arena *arena, const struct settings *settings, const char *css)
{
	struct sha256 digest = sha256_of_text(css);

	return arena_printf(arena,
	    "default-src 'none'; style-src 'sha256-%s';%s "
	    "frame-ancestors 'none'; base-uri 'none'",
	    base64_encode(arena, digest.bytes, SHA256_BYTES),
	    image_policy(arena, settings));
}

const struct theme *
theme_load(struct arena *arena, const struct settings *settings,
    const char **error)
{
	struct loader l = {arena, settings, error};
	struct theme *theme = arena_alloc(arena, sizeof(*theme));
	const char *css;
	int kind;

	if (settings && settings->page_templates && !check_names(&l))
		return NULL;
	for (kind = 0; kind < N_PAGES; kind++)
		if (!read_template(&l, kind, &theme->templates[kind]))
			return NULL;
	if (!read_style(&l, &css))
		return NULL;
	css = arena_printf(arena, "%s%s", css, colors(arena, settings));
	theme->style = arena_printf(arena, "<style>%s</style>", css);
	theme->policy = policy(arena, settings, css);
	theme->logo = logo(arena, settings);
	theme->site = site(arena, settings);
	theme->support = settings ? settings->brand_support : NULL;
	return theme;
}
