/* SPDX-License-Identifier: MIT */
/* What pages are made of: colours, templates, style sheets, texts, the look. */
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/color.h"
#include "base/text.h"
#include "http/language.h"
#include "http/template.h"
#include "http/theme.h"
#include "http/words.h"
#include "tap.h"

#define SECRET "Zx8Q2mVt0pLr5nWk7yBc3dEf9gHj1aSu4iOo6PqRvTw"

static const char *error;

/* ---- colours ---- */

static struct color
color(const char *text)
{
	struct color ret = {0};

	return color_parse(text, &ret) ? ret : (struct color){1, 2, 3};
}

/* Is the ratio what others compute, to two digits? */
static bool
contrast_is(const char *a, const char *b, double wanted)
{
	double got = color_contrast(color(a), color(b));

	return got > wanted - 0.005 && got < wanted + 0.005;
}

static void
test_colors(struct arena *arena)
{
	struct color parsed;

	ok(color_parse("#0B5cad", &parsed));
	is(color_text(arena, parsed), "#0b5cad");
	ok(!color_parse("0b5cad", &parsed));
	ok(!color_parse("#0b5ca", &parsed));
	ok(!color_parse("#0b5cad0", &parsed));
	ok(!color_parse("#0b5cag", &parsed));
	ok(contrast_is("#000000", "#ffffff", 21));
	ok(contrast_is("#ffffff", "#ffffff", 1));
	ok(contrast_is("#777777", "#ffffff", 4.48));
	ok(contrast_is("#ffffff", "#767676", 4.54));
	ok(contrast_is("#ff0000", "#ffffff", 4.00));
	ok(!color_is_readable(color("#777777"), color("#ffffff")));
	ok(color_is_readable(color("#767676"), color("#ffffff")));
	ok(color_is_readable(color_lightened(color("#000080"),
	                         color("#191d23")),
	    color("#191d23")));
}

/* ---- settings ---- */

static const struct settings *
load(struct arena *arena, const char *lines)
{
	char file[] = "/tmp/mcp-oauth-test-XXXXXX";
	const struct settings *settings;
	int fd = mkstemp(file);
	FILE *stream = fd < 0 ? NULL : fdopen(fd, "w");

	if (!stream)
		return NULL;
	(void)fprintf(stream,
	    "OAUTH_BASE_URL=https://mcp.example\nDATABASE_URL=x\n"
	    "JWT_SECRET=" SECRET "\n%s",
	    lines);
	(void)fclose(stream);
	error = NULL;
	settings = settings_load(arena, SETTINGS_SERVER, file, NULL, &error);
	(void)unlink(file);
	return settings;
}

static bool
refused(struct arena *arena, const char *lines, const char *words)
{
	return !load(arena, lines) && error && strstr(error, words);
}

static void
test_brand(struct arena *arena)
{
	const struct settings *s = load(arena,
	    "BRAND_NAME=Example\nBRAND_COLOR=#004080\n"
	    "BRAND_SUPPORT=mailto:help@example.com\nBRAND_LOGO=/logo.svg\n");

	ok(s && s->brand_color_dark);
	ok(load(arena, "BRAND_SUPPORT=https://example.com/help\n"));
	ok(refused(arena, "BRAND_SUPPORT=javascript:alert(1)\n",
	    "BRAND_SUPPORT"));
	ok(refused(arena, "BRAND_SUPPORT=http://example.com/\n",
	    "BRAND_SUPPORT"));
	ok(refused(arena, "BRAND_NAME=a\x01z\n", "BRAND_NAME"));
	ok(refused(arena, "BRAND_COLOR=blue\n", "BRAND_COLOR"));
	ok(refused(arena, "BRAND_COLOR=#ffcc00\n",
	    "BRAND_COLOR cannot be read: the contrast of its text is 1.5 to "
	    "1"));
	ok(refused(arena, "BRAND_COLOR_DARK=#ffcc00\n",
	    "BRAND_COLOR_DARK needs BRAND_COLOR"));
	ok(refused(arena, "BRAND_COLOR=#004080\nBRAND_COLOR_DARK=#004080\n",
	    "BRAND_COLOR_DARK cannot be read"));
	ok(refused(arena, "BRAND_LOGO=//cdn.example/logo.svg\n", "BRAND_LOGO"));
	ok(refused(arena, "BRAND_LOGO=https://cdn.example/logo.svg\n",
	    "BRAND_LOGO"));
	ok(refused(arena, "BRAND_LOGO=/a;script-src *\n", "BRAND_LOGO"));
	ok(refused(arena, "BRAND_LOGO=/a/../b\n", "BRAND_LOGO"));
	ok(refused(arena, "BRAND_LOGO_FILE=/nonesuch/logo.svg\n",
	    "BRAND_LOGO_FILE"));
	ok(refused(arena, "BRAND_LOGO_FILE=/etc/passwd\n",
	    "must be PNG, or SVG"));
	ok(refused(arena, "BRAND_LOGO=/a.svg\nBRAND_LOGO_FILE=/a.svg\n",
	    "one logo too many"));
}

/* ---- templates ---- */

static bool
fits(struct arena *arena, enum page_kind kind, const char *html)
{
	error = NULL;
	return template_check(arena, &page_templates[kind], html, &error);
}

/* Is it no sign-in page, for this reason? */
static bool
unfit(struct arena *arena, const char *html, const char *words)
{
	bool good = fits(arena, PAGE_LOGIN, html);

	if (!good && !strstr(error, words))
		printf("# %s\n", error);
	return !good && strstr(error, words);
}

#define FORM "<form method=\"post\" action=\"/api/oauth/login\">"
#define FIELDS "<input name=\"email\"><input name=\"password\">"
#define LOGIN "{{error}}" FORM "{{csrf}}" FIELDS "</form>"

static void
test_templates(struct arena *arena)
{
	ok(fits(arena, PAGE_LOGIN, LOGIN));
	ok(fits(arena, PAGE_LOGIN,
	    LOGIN "<p title=\"{{email}}\">{{t:sign_in}} { } {{email}}"
	          "<a href=\"https://example.com/\">x</a><br/>"));
	ok(unfit(arena, "{{error}}" FORM FIELDS "</form>", "{{csrf}}"));
	ok(unfit(arena, "{{error}}{{csrf}}" FORM FIELDS "</form>", "form"));
	ok(unfit(arena, "{{error}}" FORM "{{csrf}}{{csrf}}" FIELDS "</form>",
	    "just once"));
	ok(unfit(arena, LOGIN FORM "</form>", "{{csrf}}"));
	ok(unfit(arena, LOGIN FORM "{{csrf}}", "does not end"));
	ok(unfit(arena, FORM "{{csrf}}" FIELDS "</form>",
	    "this place is missing: error"));
	ok(unfit(arena,
	    "{{error}}" FORM "{{csrf}}<input name=\"email\"></form>",
	    "lacks the field: password"));
	ok(unfit(arena, LOGIN FIELDS "{{nonesuch}}", "no such place"));
	ok(unfit(arena, LOGIN "{{t:nonesuch}}", "no such text"));
	ok(unfit(arena, LOGIN "{{email", "does not end"));
	ok(unfit(arena, LOGIN "<p title=\"{{csrf}}\">", "attribute"));
	ok(unfit(arena, LOGIN "<p title={{email}}>", "double quotes"));
	ok(unfit(arena, LOGIN "<p title='{{email}}'>", "double quotes"));
	ok(unfit(arena, LOGIN "<p {{email}}>", "no attribute"));
	ok(unfit(arena, LOGIN "<{{email}}>", "no element"));
	ok(unfit(arena, LOGIN "<a href=\"{{email}}\">", "address"));
	ok(unfit(arena, LOGIN "<a href=\"/{{email}}\">", "address"));
	ok(unfit(arena, LOGIN "<a href=\"javascript:x()\">", "a link must"));
	ok(unfit(arena, LOGIN "<ScRiPt>", "element is not allowed"));
	ok(unfit(arena, LOGIN "<style>", "element is not allowed"));
	ok(unfit(arena, LOGIN "<base href=\"/\">", "element is not allowed"));
	ok(unfit(arena, LOGIN "<!-- {{email}}", "no element"));
	ok(unfit(arena, LOGIN "<p OnClick=\"x()\">", "nothing runs"));
	ok(unfit(arena, LOGIN "<p style=\"x\">", "attribute is not allowed"));
	ok(unfit(arena, LOGIN "<img src=\"https://x.example/\">", "elsewhere"));
	ok(unfit(arena, LOGIN "<img src=\"//x.example/\">", "elsewhere"));
	ok(unfit(arena,
	    LOGIN "<form method=\"post\" action=\"https://x.example/\">",
	    "/api/oauth/"));
	ok(unfit(arena,
	    LOGIN "<form method=\"get\" action=\"/api/oauth/login\">", "post"));
	ok(unfit(arena, LOGIN "<form>", "method and action"));
	ok(unfit(arena, LOGIN "<p", "a tag does not end"));
	ok(unfit(arena, LOGIN "\xFF", "UTF-8"));
	ok(fits(arena, PAGE_FACTOR_SECRET,
	    "{{error}}{{secret}}<a href=\"{{uri}}\">x</a><form "
	    "method=\"post\" action=\"/api/oauth/second_factor\">{{csrf}}"
	    "<input name=\"code\"><button name=\"action\"></form>"));
	ok(!fits(arena, PAGE_FACTOR_SECRET, "{{uri}}"));
	is(template_without_comments(arena, "<!-- a -->\nb<!--c-->d"), "bd");
}

static void
add_value(void *context, struct buf *ret, const char *name, size_t len)
{
	if (len == 1 && *name == 'a')
		buf_add(ret, context);
}

/* What was filled in is not looked at again. */
static void
test_filling(struct arena *arena)
{
	struct buf page = buf_in(arena);
	char filled[] = "A{{b}}";

	template_fill(&page, "x{{a}}y{{b}}z{{", add_value, filled);
	is(buf_text(&page), "xA{{b}}yz{{");
}

static void
test_styles(struct arena *arena)
{
	const char *why;

	ok(stylesheet_check(arena, "p{color:red}", &why));
	ok(!stylesheet_check(arena, "@IMPORT 'x'", &why));
	ok(!stylesheet_check(arena, "p{background:URL(//x.example)}", &why));
	ok(!stylesheet_check(arena, "</style><script>", &why));
	is(stylesheet_packed(arena, "/* a */\np{\n\tmargin:0\n\tauto}\n"),
	    "p{margin:0 auto}");
}

/* ---- the look ---- */

static void
write_file(const char *folder, const char *name, const char *text)
{
	char path[128];
	FILE *stream;

	(void)snprintf(path, sizeof(path), "%s/%s", folder, name);
	stream = fopen(path, "w");
	if (!stream)
		return;
	(void)fputs(text, stream);
	(void)fclose(stream);
}

/* The theme with one file in PAGE_TEMPLATES. */
static const struct theme *
theme_with(struct arena *arena, const char *name, const char *text)
{
	char folder[] = "/tmp/mcp-oauth-test-XXXXXX", path[128];
	const struct theme *theme;

	if (!mkdtemp(folder))
		return NULL;
	write_file(folder, name, text);
	error = NULL;
	theme = theme_load(arena,
	    load(arena,
	        arena_printf(arena, "BRAND_COLOR=#004080\nPAGE_TEMPLATES=%s\n",
	            folder)),
	    &error);
	(void)snprintf(path, sizeof(path), "%s/%s", folder, name);
	(void)unlink(path);
	(void)rmdir(folder);
	return theme;
}

/* Without the tags around it. */
static const char *
css_of(struct arena *arena, const struct theme *theme)
{
	return arena_strndup(arena, theme->style + strlen("<style>"),
	    strlen(theme->style) - strlen("<style></style>"));
}

static void
test_themes(struct arena *arena)
{
	const struct theme *theme = theme_load(arena, NULL, &error);
	int kind;

	for (kind = 0; kind < N_PAGES; kind++)
		if (!fits(arena, kind, theme->templates[kind]))
			break;
	ok(kind == N_PAGES); /* ours keep the rules that others must */
	ok(stylesheet_check(arena, css_of(arena, theme), &error));
	theme = theme_with(arena, "login.html", "<b>ours</b>" LOGIN);
	ok(theme && text_starts(theme->templates[PAGE_LOGIN], "<b>ours</b>"));
	ok(theme && strstr(theme->style, "--go:#004080"));
	ok(!theme_with(arena, "login.html", FORM FIELDS "</form>") &&
	    strstr(error, "login.html: a form must hold the anti-forgery"));
	ok(!theme_with(arena, "lgoin.html", LOGIN) &&
	    strstr(error, "lgoin.html: is the name of no page"));
	ok(theme_with(arena, "style.css", "body{color:#123456}"));
	ok(!theme_with(arena, "style.css", "@import 'x'") &&
	    strstr(error, "style.css"));
	ok(!theme_load(arena, load(arena, "PAGE_TEMPLATES=/nonesuch/folder\n"),
	       &error) &&
	    strstr(error, "/nonesuch/folder"));
}

/* ---- texts ---- */

/* The number of {name} in text; -1 when a brace is none's. */
static int
places(const char *text)
{
	int n = 0;

	for (; (text = strpbrk(text, "{}")); n++) {
		if (*text == '}')
			return -1;
		text += 1 + strspn(text + 1, "abcdefghijklmnopqrstuvwxyz");
		if (*text++ != '}')
			return -1;
	}
	return n;
}

/* Does other hold each place of text? */
static bool
has_places(struct arena *arena, const char *text, const char *other)
{
	for (; (text = strchr(text, '{')); text++)
		if (!strstr(other,
		        arena_strndup(arena, text, strcspn(text, "}") + 1)))
			return false;
	return true;
}

static bool
is_form_of_one(enum word key)
{
	return key == WORD_MINUTES_ONE || key == WORD_HOURS_ONE ||
	    key == WORD_DAYS_ONE || key == WORD_CODES_LEFT_ONE;
}

/* What is wrong with a text, compared with the English one; NULL: nothing. */
static const char *
fault_of(struct arena *arena, const char *text, enum word key)
{
	const char *english = languages[0].words[key];

	if (!text || !*text)
		return "is missing";
	if (!text_is_utf8(text, strlen(text)) || text_has_control(text) ||
	    strpbrk(text, "<>\"&"))
		return "holds what it must not";
	if (text[0] == ' ' || text_ends(text, " ") || strstr(text, "  "))
		return "holds stray blanks";
	if (places(text) < 0)
		return "has a stray brace";
	if (!is_form_of_one(key) &&
	    (places(text) != places(english) ||
	        !has_places(arena, english, text)))
		return "has other places than the English one";
	return NULL;
}

static void
test_catalogue(struct arena *arena, const struct language *language)
{
	const char *fault;
	int key, wrong = 0;

	for (key = 0; key < N_WORDS; key++) {
		fault = fault_of(arena, language->words[key], key);
		if (!fault)
			continue;
		wrong++;
		printf("# %s: %s %s\n", language->tag, languages[0].words[key],
		    fault);
	}
	ok(wrong == 0);
}

/* A text that was forgotten is English still. */
static void
test_translated(const struct language *language)
{
	int key, same = 0;

	for (key = 0; key < N_WORDS; key++)
		same += language != &languages[0] &&
		    text_equal(language->words[key], languages[0].words[key]);
	if (same > 12)
		printf("# %s: %d texts as in English\n", language->tag, same);
	ok(same <= 12); /* "1 minute", "Source", "E-mail" ... */
}

static void
test_words(struct arena *arena)
{
	const struct language *language;
	struct buf tags = buf_in(arena);

	for (language = languages; language->tag; language++) {
		test_catalogue(arena, language);
		test_translated(language);
		buf_addf(&tags, "%s%s", tags.len ? " " : "", language->tag);
	}
	is(load(arena, "")->ui_locales_supported, buf_text(&tags));
	ok(places("{a} {b}") == 2);
	ok(places("{a") < 0);
	ok(places("a}") < 0);
	ok(word_named("Sign_In", 7) == WORD_SIGN_IN);
	ok(word_named("sign", 4) == N_WORDS);
	is(words_fill(arena, "a {b} c", "b", "{b}"), "a {b} c");
	is(words_fill(arena, "a {b} c", "d", "x"), "a {b} c");
	is(languages[0].words[WORD_EMAIL], "Email");
	is(languages[0].words[WORD_PASSWORD], "Password");
	is(languages[0].words[WORD_SIGN_IN], "Sign in");
	is(languages[0].words[WORD_AUTHORIZE], "Authorize");
	is(languages[0].words[WORD_CANCEL], "Cancel");
}

/* ---- languages ---- */

static const char *
found(struct arena *arena, const char *ranges)
{
	const struct language *language = language_lookup(arena,
	    "en de pt zh ar", ranges);

	return language ? language->tag : NULL;
}

static void
test_lookup(struct arena *arena)
{
	is(found(arena, "de"), "de");
	is(found(arena, "DE-ch-1996"), "de");
	is(found(arena, "zh-Hans-CN"), "zh");
	is(found(arena, "zh-x-de"), "zh"); /* RFC 4647 s3.4: x goes, too */
	is(found(arena, "fr de"), "de");
	is(found(arena, "fr"), NULL); /* there is, but it is not offered */
	is(found(arena, "deu"), NULL);
	is(found(arena, "d"), NULL);
	is(found(arena, "-"), NULL);
	is(found(arena, ""), NULL);
	is(found(arena, "x-de pt-BR"), "pt");
}

static void
test_ranges(struct arena *arena)
{
	is(language_ranges(arena, "da, en-gb;q=0.8, en;q=0.7"), "da en-gb en");
	is(language_ranges(arena, "en;q=0.5,de;q=0.501,fr"), "fr de en");
	is(language_ranges(arena, "en;q=0.5,de;q=0.5"), "en de");
	is(language_ranges(arena, "en;q=0,de;q=0.000,fr;q=0.001"), "fr");
	is(language_ranges(arena, "*, de;q=1.000"), "de");
	is(language_ranges(arena, "en;q=1.001,de;q=2,fr;q=-1"), "");
	is(language_ranges(arena, "en;q=0.1234,de;q=.5,fr;q,es;x=1"), "");
	is(language_ranges(arena, "en;q=0.5;q=1, d\\e, f\"r, \xC3\xA4"), "");
	is(language_ranges(arena, ",, ;, ;q=1"), "");
	is(language_ranges(arena, "de ; Q=1."), "de");
}

static void
test_locales(struct arena *arena)
{
	ok(load(arena, "UI_LOCALES_SUPPORTED=de en\n"));
	ok(refused(arena, "UI_LOCALES_SUPPORTED=de tlh\n",
	    "UI_LOCALES_SUPPORTED holds tlh"));
	ok(refused(arena, "UI_LOCALES_SUPPORTED=\" \"\n", "at least one"));
}

int
main(void)
{
	struct arena *arena = arena_new(16 << 20);

	test_colors(arena);
	test_brand(arena);
	test_templates(arena);
	test_filling(arena);
	test_styles(arena);
	test_themes(arena);
	test_words(arena);
	test_lookup(arena);
	test_ranges(arena);
	test_locales(arena);
	arena_free(arena);
	return tap_done();
}
