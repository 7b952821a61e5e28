/* SPDX-License-Identifier: MIT */
/* settings_brand.c - how the pages look, BRAND_*, and their languages. */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "base/auto.h"
#include "base/color.h"
#include "base/settings_reader.h"
#include "base/text.h"
#include "base/uri.h"

enum { NAME_MAX_BYTES = 120, LOGO_MAX_BYTES = 6144 };

/* What style.css puts behind text: what stands on a button in the light, and
 * the card in the dark. */
static const struct color white = {0xFF, 0xFF, 0xFF};
static const struct color dark_card = {0x19, 0x1D, 0x23};

static bool
settle_name(struct settings_reader *r)
{
	const char *name = r->settings->brand_name;

	if (name &&
	    (strlen(name) > NAME_MAX_BYTES ||
	        !text_is_utf8(name, strlen(name)) || text_has_control(name)))
		return settings_fail(r, "BRAND_NAME",
		    "must be at most 120 bytes of UTF-8 without control "
		    "characters");
	return true;
}

static bool
read_color(struct settings_reader *r, const char *key, const char *text,
    struct color *ret)
{
	if (!color_parse(text, ret))
		return settings_fail(r, key,
		    "must be a colour of six hexadecimal digits, such as "
		    "#0b5cad");
	return true;
}

static bool
fail_contrast(struct settings_reader *r, const char *key, double contrast,
    const char *remedy)
{
	return settings_fail(r, key,
	    arena_printf(r->arena,
	        "cannot be read: the contrast of its text is %.1f to 1, and "
	        "4.5 is needed (WCAG 2.2): %s",
	        contrast, remedy));
}

/* In the light white stands on it, in the dark it stands on the card. */
static bool
settle_colors(struct settings_reader *r)
{
	struct settings *s = r->settings;
	struct color light, dark;

	if (s->brand_color_dark && !s->brand_color)
		return settings_fail(r, "BRAND_COLOR_DARK",
		    "needs BRAND_COLOR beside it");
	if (!s->brand_color)
		return true;
	if (!read_color(r, "BRAND_COLOR", s->brand_color, &light))
		return false;
	if (!color_is_readable(white, light))
		return fail_contrast(r, "BRAND_COLOR",
		    color_contrast(white, light), "choose a darker colour");
	if (!s->brand_color_dark) {
		s->brand_color_dark = color_text(r->arena,
		    color_lightened(light, dark_card));
		return true;
	}
	if (!read_color(r, "BRAND_COLOR_DARK", s->brand_color_dark, &dark))
		return false;
	return color_is_readable(dark, dark_card) ||
	    fail_contrast(r, "BRAND_COLOR_DARK",
	        color_contrast(dark, dark_card), "choose a lighter colour");
}

static bool
settle_support(struct settings_reader *r)
{
	const char *support = r->settings->brand_support;
	struct uri uri;

	if (!support)
		return true;
	if (!uri_parse(r->arena, support, &uri) || uri.userinfo ||
	    (!text_equal(uri.scheme, "https") &&
	        !(text_equal(uri.scheme, "mailto") && text_is_email(uri.path))))
		return settings_fail(r, "BRAND_SUPPORT",
		    "must be an https URL or mailto: with an address");
	return true;
}

/* ---- the logo ---- */

/* It stands in the content security policy as well, hence nothing but these. */
static bool
is_own_path(const char *path)
{
	return path[0] == '/' && path[1] != '/' && !strstr(path, "..") &&
	    text_only(path,
	        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	        "0123456789/-._~");
}

/* The first bytes tell what it is.  Browsers run nothing that an image holds;
 * what wants to run something is refused all the same. */
static const char *
logo_type(const char *data, size_t size)
{
	static const char png[] = "\x89PNG\r\n\x1a\n";

	if (size > sizeof(png) && memcmp(data, png, sizeof(png) - 1) == 0)
		return "image/png";
	if (strlen(data) == size && text_is_utf8(data, size) &&
	    strstr(data, "<svg") && !strstr(data, "<script") &&
	    !strstr(data, "<!ENTITY"))
		return "image/svg+xml";
	return NULL;
}

static bool
fail_file(struct settings_reader *r, const char *why)
{
	return settings_fail(r, "BRAND_LOGO_FILE",
	    arena_printf(r->arena, "%s: %s", r->settings->brand_logo_file,
	        why));
}

static bool
read_logo(struct settings_reader *r)
{
	struct settings *s = r->settings;
	AUTO_FILE *stream = fopen(s->brand_logo_file, "re");
	struct stat st;
	char *data;

	if (!stream || fstat(fileno(stream), &st) != 0)
		return fail_file(r, strerror(errno));
	if (!S_ISREG(st.st_mode) || st.st_size > LOGO_MAX_BYTES)
		return fail_file(r,
		    "must be a file of at most 6144 bytes, since every page "
		    "holds it: make it smaller, or use BRAND_LOGO");
	data = arena_alloc(r->arena, (size_t)st.st_size + 1);
	s->brand_logo_bytes = fread(data, 1, (size_t)st.st_size, stream);
	data[s->brand_logo_bytes] = '\0';
	s->brand_logo_data = data;
	s->brand_logo_type = logo_type(data, s->brand_logo_bytes);
	return s->brand_logo_type ||
	    fail_file(r, "must be PNG, or SVG without scripts and entities");
}

static bool
settle_logo(struct settings_reader *r)
{
	const struct settings *s = r->settings;

	if (s->brand_logo && s->brand_logo_file)
		return settings_fail(r, "BRAND_LOGO_FILE",
		    "is one logo too many: leave it or BRAND_LOGO out");
	if (s->brand_logo && !is_own_path(s->brand_logo))
		return settings_fail(r, "BRAND_LOGO",
		    "must be a path of this site, of letters, digits and "
		    "/-._~, such as /brand/logo.svg: pages load nothing from "
		    "elsewhere");
	return !s->brand_logo_file || read_logo(r);
}

/* ---- languages ---- */

/* Those of common/http/words/; a unit test compares. */
const char settings_known_locales[] = "en de fr es pt ja zh ar";

static bool
settle_locales(struct settings_reader *r)
{
	const char **tags = text_split(r->arena,
	    r->settings->ui_locales_supported, " ", NULL);

	if (!*tags)
		return settings_fail(r, "UI_LOCALES_SUPPORTED",
		    "must name at least one language");
	for (; *tags; tags++)
		if (!text_has_word(settings_known_locales, *tags))
			return settings_fail(r, "UI_LOCALES_SUPPORTED",
			    arena_printf(r->arena,
			        "holds %s, and the pages come in %s", *tags,
			        settings_known_locales));
	return true;
}

bool
settings_brand_settle(struct settings_reader *r)
{
	r->file = r->settings->file;
	if (r->settings->kind != SETTINGS_SERVER)
		return true;
	return settle_locales(r) && settle_name(r) && settle_colors(r) &&
	    settle_support(r) && settle_logo(r);
}
