/* SPDX-License-Identifier: MIT */
/*
 * page.h - a page: a template (page_kind.h) whose places are filled in, in the
 * frame that all have, with headers that keep it out of frames and caches.
 */
#ifndef HTTP_PAGE_H
#define HTTP_PAGE_H

#include "http/page_kind.h"
#include "http/reply.h"
#include "http/words.h"

struct page;

/* A page with this title, which is escaped; it lives in the arena. */
struct page *page_new(struct request *rq, enum page_kind kind,
    const char *title);

/* Fill a place with text, which is escaped; with what is HTML already.  Both
 * must live in the arena. */
void page_put(struct page *page, const char *name, const char *text);
void page_put_html(struct page *page, const char *name, const char *html);

/* What was wrong with a form, in the place for it; nothing for NULL. */
void page_put_error(struct page *page, const char *error);

/* Make it the reply. */
enum oauth_error page_send(struct page *page, int status);

/* A page that says one thing and offers links, which are HTML, or "". */
enum oauth_error page_message(struct request *rq, int status, const char *title,
    const char *text, const char *note, const char *links);

#endif
