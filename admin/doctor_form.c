/* SPDX-License-Identifier: MIT */
#include "doctor_form.h"

#include <string.h>

#include "base/text.h"
#include "base/uri.h"

void
form_add(struct buf *form, const char *name, const char *value)
{
	buf_addf(form, "%s%s=", form->len ? "&" : "", name);
	uri_encode(form, value);
}

/* ---- hidden fields ---- */

/* What html_add() makes of text, undone. */
static const char *
unescape(struct arena *arena, const char *text, size_t len)
{
	static const struct {
		const char *entity;
		char c;
	} entities[] = {{"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'},
	    {"&quot;", '"'}, {"&#39;", '\''}};
	struct buf plain = buf_in(arena);
	const char *end = text + len;
	size_t i, n = sizeof(entities) / sizeof(*entities);

	while (text < end) {
		for (i = 0; i < n && !text_starts(text, entities[i].entity);)
			i++;
		buf_add_char(&plain, i < n ? entities[i].c : *text);
		text += i < n ? strlen(entities[i].entity) : 1;
	}
	return buf_text(&plain);
}

/* The value of an attribute that begins at text; NULL when it does not end. */
static const char *
attribute(struct arena *arena, const char *text, const char **rest)
{
	const char *end = strchr(text, '"');

	if (!end)
		return NULL;
	*rest = end + 1;
	return unescape(arena, text, (size_t)(end - text));
}

const char *
form_hidden(struct arena *arena, const char *html)
{
	static const char begin[] = "<input type=\"hidden\" name=\"",
	                  between[] = " value=\"";
	struct buf form = buf_in(arena);
	const char *name, *value;

	while ((html = strstr(html, begin))) {
		name = attribute(arena, html + sizeof(begin) - 1, &html);
		if (!name || !text_starts(html, between))
			break;
		value = attribute(arena, html + sizeof(between) - 1, &html);
		if (!value)
			break;
		form_add(&form, name, value);
	}
	return buf_text(&form);
}

/* ---- a query ---- */

const char *
form_query(struct arena *arena, const char *url, const char *name)
{
	const char *at = strchr(url, '?');
	size_t len, name_len = strlen(name);

	for (; at && *at && *at != '#'; at += len) {
		at++;
		len = strcspn(at, "&#");
		if (len > name_len && text_starts(at, name) &&
		    at[name_len] == '=')
			return uri_decode(arena, at + name_len + 1,
			    len - name_len - 1, true);
	}
	return NULL;
}
