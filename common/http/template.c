/* SPDX-License-Identifier: MIT */
#include "http/template.h"

#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "http/words.h"

static const char blanks[] = " \t\r\n\f";

/* ---- filling ---- */

/* The place that opens at text: its name, and what follows it; NULL when it does
 * not end. */
static const char *
place_at(const char *text, size_t *len)
{
	const char *end = strstr(text + 2, "}}");

	if (!end)
		return NULL;
	*len = (size_t)(end - text) - 2;
	return text + 2;
}

void
template_fill(struct buf *ret, const char *html, place_add *add, void *context)
{
	const char *place, *name;
	size_t len;

	for (;;) {
		place = strstr(html, "{{");
		name = place ? place_at(place, &len) : NULL;
		if (!name)
			break;
		buf_add_n(ret, html, (size_t)(place - html));
		add(context, ret, name, len);
		html = name + len + 2;
	}
	buf_add(ret, html);
}

/* ---- checking ---- */

struct check {
	struct arena *arena;
	const struct page_template *kind;
	const char *at;  /* what is still to be read */
	unsigned seen;   /* places, a bit each */
	unsigned fields; /* of kind->fields, a bit each */
	bool in_form;
	int csrf; /* anti-forgery tokens in the form */
	const char **why;
};

static bool
fail(struct check *c, const char *why, const char *what, size_t len)
{
	*c->why = arena_printf(c->arena, "%s: %.*s", why, (int)len, what);
	return false;
}

static bool
same(const char *name, const char *text, size_t len)
{
	return strlen(name) == len && strncasecmp(name, text, len) == 0;
}

static const struct place *
find_place(struct check *c, const char *name, size_t len)
{
	const struct place *place = c->kind->places;

	for (; place->name; place++)
		if (same(place->name, name, len)) {
			c->seen |= 1U << (place - c->kind->places);
			return place;
		}
	return NULL;
}

/* Is the place known, and of a type that may stand in an attribute? */
static bool
check_place(struct check *c, const char *name, size_t len, bool attribute)
{
	const struct place *place;

	if (len > 2 && strncmp(name, "t:", 2) == 0)
		return word_named(name + 2, len - 2) != N_WORDS ||
		    fail(c, "there is no such text", name, len);
	place = find_place(c, name, len);
	if (!place)
		return fail(c, "there is no such place", name, len);
	if (attribute && place->type == PLACE_HTML)
		return fail(c, "this place cannot stand in an attribute", name,
		    len);
	if (!attribute && place->type == PLACE_URL)
		return fail(c, "this place stands in an attribute only", name,
		    len);
	if (same("csrf", name, len) && c->csrf++ > 0)
		return fail(c, "a form needs this place just once", name, len);
	return true;
}

/* The places in an attribute's value. */
static bool
check_places_of_value(struct check *c, const char *value, size_t len)
{
	const char *end = value + len, *name;
	size_t n;

	for (; value + 1 < end; value++) {
		if (value[0] != '{' || value[1] != '{')
			continue;
		name = place_at(value, &n);
		if (!name || name + n > end)
			return fail(c, "a place does not end", value, 2);
		if (!check_place(c, name, n, true))
			return false;
		value = name + n;
	}
	return true;
}

static bool
opens_with(const char *value, size_t len, const char *prefix)
{
	return len >= strlen(prefix) && text_starts(value, prefix);
}

/* An address: of this site, or the whole of it a place for one. */
static bool
check_address(struct check *c, const char *value, size_t len)
{
	const struct place *place = NULL;

	if (opens_with(value, len, "{{") && len > 4)
		place = find_place(c, value + 2, len - 4);
	if (place && place->type == PLACE_URL)
		return true;
	if (memchr(value, '{', len))
		return fail(c, "this place cannot stand in an address", value,
		    len);
	return true;
}

static bool
check_address_of(struct check *c, const char *name, size_t name_len,
    const char *value, size_t len)
{
	if (same("action", name, name_len) &&
	    !opens_with(value, len, "/api/oauth/"))
		return fail(c, "a form must go to /api/oauth/", value, len);
	if (same("src", name, name_len) &&
	    (!opens_with(value, len, "/") || opens_with(value, len, "//")))
		return fail(c, "nothing is loaded from elsewhere", value, len);
	if (same("href", name, name_len) && !opens_with(value, len, "{{") &&
	    !opens_with(value, len, "/") && !opens_with(value, len, "#") &&
	    !opens_with(value, len, "https://") &&
	    !opens_with(value, len, "mailto:"))
		return fail(c, "a link must be a path, https or mailto", value,
		    len);
	return check_address(c, value, len);
}

static void
note_field(struct check *c, const char *value, size_t len)
{
	int i;

	for (i = 0; i < FIELDS_MAX && c->kind->fields[i]; i++)
		if (same(c->kind->fields[i], value, len))
			c->fields |= 1U << i;
}

static bool
check_attribute(struct check *c, const char *name, size_t name_len,
    const char *value, size_t len)
{
	static const char *const refused[] = {"style", "srcdoc", "srcset",
	    "formaction", "http-equiv", "ping", "background", "poster", "data"};
	size_t i;

	if (name_len > 2 && strncasecmp(name, "on", 2) == 0)
		return fail(c, "nothing runs in a page", name, name_len);
	for (i = 0; i < sizeof(refused) / sizeof(*refused); i++)
		if (same(refused[i], name, name_len))
			return fail(c, "this attribute is not allowed", name,
			    name_len);
	if (same("method", name, name_len) && !same("post", value, len))
		return fail(c, "a form must be sent by post", value, len);
	if (same("action", name, name_len) || same("href", name, name_len) ||
	    same("src", name, name_len) || same("xlink:href", name, name_len))
		return check_address_of(c, name, name_len, value, len);
	if (same("name", name, name_len) && c->in_form)
		note_field(c, value, len);
	return check_places_of_value(c, value, len);
}

/* name="value", or a name alone. */
static bool
read_attribute(struct check *c)
{
	const char *name = c->at, *value = "";
	size_t name_len = strcspn(name, " \t\r\n\f=>\"'{<"), len = 0;

	if (name_len == 0)
		return fail(c, "this is no attribute", name,
		    strcspn(name, "\n"));
	c->at += name_len;
	if (*c->at == '=') {
		if (c->at[1] != '"' || !strchr(c->at + 2, '"'))
			return fail(c, "a value must stand in double quotes",
			    name, name_len);
		value = c->at + 2;
		len = strcspn(value, "\"");
		c->at = value + len + 1;
	}
	return check_attribute(c, name, name_len, value, len);
}

static bool
read_attributes(struct check *c)
{
	for (;;) {
		c->at += strspn(c->at, blanks);
		if (*c->at == '/')
			c->at++;
		if (*c->at == '>') {
			c->at++;
			return true;
		}
		if (!*c->at)
			return fail(c, "a tag does not end", "", 0);
		if (!read_attribute(c))
			return false;
	}
}

static bool
end_form(struct check *c)
{
	if (!c->in_form || c->csrf != 1)
		return fail(c,
		    "a form must hold the anti-forgery token, which is",
		    "{{csrf}}", strlen("{{csrf}}"));
	c->in_form = false;
	return true;
}

static bool
begin_form(struct check *c, const char *attributes, size_t len)
{
	const char *tag = arena_strndup(c->arena, attributes, len);

	if (c->in_form || !strstr(tag, " method=\"") ||
	    !strstr(tag, " action=\""))
		return fail(c, "a form needs method and action", tag, len);
	c->in_form = true;
	c->csrf = 0;
	return true;
}

static bool
check_element(struct check *c, const char *name, size_t len)
{
	static const char *const refused[] = {"script", "style", "iframe",
	    "frame", "frameset", "object", "embed", "base", "meta", "link",
	    "template", "applet", "audio", "video", "math", "noscript",
	    "textarea", "xmp", "plaintext"};
	size_t i;

	for (i = 0; i < sizeof(refused) / sizeof(*refused); i++)
		if (same(refused[i], name, len))
			return fail(c, "this element is not allowed", name,
			    len);
	return true;
}

static bool
read_tag(struct check *c)
{
	bool closing = c->at[1] == '/';
	const char *name = c->at + 1 + closing;
	size_t len = strcspn(name, " \t\r\n\f/>\"'{<");

	if (same("!doctype", name, len)) {
		c->at = name + strcspn(name, ">");
		return true;
	}
	if (len == 0 || *name == '!' || *name == '?')
		return fail(c, "this is no element", c->at,
		    strcspn(c->at, "\n"));
	if (!check_element(c, name, len))
		return false;
	c->at = name + len;
	if (!read_attributes(c))
		return false;
	if (!same("form", name, len))
		return true;
	return closing
	    ? end_form(c)
	    : begin_form(c, name + len, (size_t)(c->at - name) - len);
}

static bool
read_place(struct check *c)
{
	size_t len;
	const char *name = place_at(c->at, &len);

	if (!name)
		return fail(c, "a place does not end", c->at, 2);
	c->at = name + len + 2;
	if (same("csrf", name, len) && !c->in_form)
		return fail(c, "this place belongs in a form", name, len);
	return check_place(c, name, len, false);
}

static bool
check_whole(struct check *c)
{
	int i;

	if (c->in_form)
		return fail(c, "a form does not end", "", 0);
	for (i = 0; c->kind->places[i].name; i++)
		if (c->kind->places[i].required && !(c->seen & 1U << i))
			return fail(c, "this place is missing",
			    c->kind->places[i].name,
			    strlen(c->kind->places[i].name));
	for (i = 0; i < FIELDS_MAX && c->kind->fields[i]; i++)
		if (!(c->fields & 1U << i))
			return fail(c, "a form lacks the field",
			    c->kind->fields[i], strlen(c->kind->fields[i]));
	return true;
}

bool
template_check(struct arena *arena, const struct page_template *kind,
    const char *html, const char **why)
{
	struct check c = {.arena = arena, .kind = kind, .at = html, .why = why};

	if (!text_is_utf8(html, strlen(html)))
		return fail(&c, "it must be UTF-8", "", 0);
	for (;;) {
		c.at += strcspn(c.at, "<{");
		if (!*c.at)
			return check_whole(&c);
		if (*c.at == '<' && !read_tag(&c))
			return false;
		if (*c.at == '{' && c.at[1] == '{') {
			if (!read_place(&c))
				return false;
		} else if (*c.at == '{') {
			c.at++;
		}
	}
}

bool
stylesheet_check(struct arena *arena, const char *css, const char **why)
{
	static const char *const refused[] = {"<", "@import", "url(", "\\",
	    "image-set(", "expression("};
	size_t i;

	css = text_lower(arena, css);
	for (i = 0; i < sizeof(refused) / sizeof(*refused); i++)
		if (strstr(css, refused[i])) {
			*why = arena_printf(arena,
			    "a style sheet must not hold %s", refused[i]);
			return false;
		}
	return true;
}

/* ---- packing ---- */

static const char *
without(struct arena *arena, const char *text, const char *open,
    const char *close)
{
	struct buf ret = buf_in(arena);
	const char *begin, *end;

	for (;;) {
		begin = strstr(text, open);
		end = begin ? strstr(begin + strlen(open), close) : NULL;
		if (!end)
			break;
		buf_add_n(&ret, text, (size_t)(begin - text));
		text = end + strlen(close);
	}
	buf_add(&ret, text);
	return buf_text(&ret);
}

const char *
template_without_comments(struct arena *arena, const char *html)
{
	html = without(arena, html, "<!--", "-->");
	return html + strspn(html, blanks);
}

const char *
stylesheet_packed(struct arena *arena, const char *css)
{
	struct buf ret = buf_in(arena);
	size_t len;

	css = without(arena, css, "/*", "*/");
	for (css += strspn(css, blanks); *css; css += strspn(css, blanks)) {
		len = strcspn(css, "\n");
		buf_add_n(&ret, css, len);
		css += len;
		if (!strchr("{};,", css[-1])) /* it goes on in the next line */
			buf_add_char(&ret, ' ');
	}
	return buf_text(&ret);
}
