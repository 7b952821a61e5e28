/* SPDX-License-Identifier: MIT */
#include "http/page.h"

#include <string.h>

#include "base/text.h"
#include "http/html.h"
#include "http/template.h"
#include "http/theme.h"

struct filled {
	const char *name, *html;
};

struct page {
	struct request *rq;
	enum page_kind kind;
	const char *title; /* escaped */
	struct page *body; /* of a frame; NULL: none */
	struct filled filled[PLACES_MAX];
	size_t n;
};

struct page *
page_new(struct request *rq, enum page_kind kind, const char *title)
{
	struct page *page = arena_alloc(rq->arena, sizeof(*page));

	page->rq = rq;
	page->kind = kind;
	page->title = html_escape(rq->arena, title);
	return page;
}

void
page_put_html(struct page *page, const char *name, const char *html)
{
	if (page->n < PLACES_MAX)
		page->filled[page->n++] = (struct filled){name, html};
}

void
page_put(struct page *page, const char *name, const char *text)
{
	page_put_html(page, name, html_escape(page->rq->arena, text));
}

void
page_put_error(struct page *page, const char *error)
{
	if (!error)
		return;
	page_put_html(page, "error",
	    arena_printf(page->rq->arena,
	        "<p class=\"error\" role=\"alert\">%s</p>",
	        html_escape(page->rq->arena, error)));
}

/* ---- filling it in ---- */

static void add_page(struct buf *ret, struct page *page);

static bool
same(const char *name, const char *text, size_t len)
{
	return strlen(name) == len && memcmp(name, text, len) == 0;
}

static void
add_word(struct request *rq, struct buf *ret, const char *name, size_t len)
{
	enum word key = word_named(name, len);

	if (key != N_WORDS)
		html_add(ret, word(rq, key));
}

/* The body of a page stands in its frame: it is not copied there. */
static void
add_place(void *context, struct buf *ret, const char *name, size_t len)
{
	const struct page *page = context;
	size_t i;

	if (page->body && same("main", name, len)) {
		add_page(ret, page->body);
		return;
	}
	if (len > 2 && strncmp(name, "t:", 2) == 0)
		add_word(page->rq, ret, name + 2, len - 2);
	for (i = page->n; i > 0; i--)
		if (same(page->filled[i - 1].name, name, len)) {
			buf_add(ret, page->filled[i - 1].html);
			return;
		}
}

static const char
    head[] = "<meta charset=\"utf-8\">\n"
             "<meta name=\"viewport\" content=\"width=device-width, "
             "initial-scale=1\">\n"
             "<meta name=\"robots\" content=\"noindex\">";

static const char *
support(struct request *rq, const struct theme *theme)
{
	if (!theme->support)
		return "";
	return arena_printf(rq->arena, "<a href=\"%s\">%s</a>",
	    html_escape(rq->arena, theme->support),
	    html_escape(rq->arena, word(rq, WORD_SUPPORT)));
}

/* Our own look where the settings cannot be had. */
static const struct theme *
theme_of(struct request *rq)
{
	const char *error;

	if (!rq->theme)
		rq->theme = theme_load(rq->arena, NULL, &error);
	return rq->theme;
}

static void
add_page(struct buf *ret, struct page *page)
{
	template_fill(ret, theme_of(page->rq)->templates[page->kind], add_place,
	    page);
}

static struct page *
frame_of(struct page *page)
{
	struct request *rq = page->rq;
	const struct theme *theme = theme_of(rq);
	const struct language *language = language_of(rq);
	struct page *frame = page_new(rq, PAGE_FRAME, "");

	page_put(frame, "lang", language->tag);
	page_put(frame, "dir", language->right_to_left ? "rtl" : "ltr");
	page_put_html(frame, "head", head);
	page_put_html(frame, "title", page->title);
	page_put_html(frame, "style", theme->style);
	page_put_html(frame, "logo", theme->logo);
	page_put(frame, "site", theme->site);
	frame->body = page;
	page_put_html(frame, "support", support(rq, theme));
	return frame;
}

enum oauth_error
page_send(struct page *page, int status)
{
	struct request *rq = page->rq;
	struct buf html = buf_in(rq->arena);

	reply_header(rq, "Content-Security-Policy", theme_of(rq)->policy);
	reply_header(rq, "X-Frame-Options", "DENY");
	reply_header(rq, "Content-Language", language_of(rq)->tag);
	add_page(&html, frame_of(page));
	return reply_text(rq, status, "text/html; charset=utf-8",
	    buf_text(&html));
}

enum oauth_error
page_message(struct request *rq, int status, const char *title,
    const char *text, const char *note, const char *links)
{
	struct page *page = page_new(rq, PAGE_MESSAGE, title);

	page_put(page, "text", text);
	page_put_html(page, "note", note);
	page_put_html(page, "links", links);
	return page_send(page, status);
}
