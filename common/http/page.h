/* SPDX-License-Identifier: MIT */
/*
 * page.h - the frame of every page: one column, no script, readable on a
 * phone and in the dark, with headers that keep it out of frames and caches.
 */
#ifndef HTTP_PAGE_H
#define HTTP_PAGE_H

#include "http/reply.h"

/* Open a page; add its body to the buffer (escape with html_add). */
struct buf page_begin(struct request *rq, const char *title);

/* What was wrong with a form; nothing for NULL. */
void page_add_error(struct buf *page, const char *error);

/* A password field with its label; autocomplete tells password managers whether
 * it is a "current-password" or a "new-password". */
void page_add_password(struct buf *page, const char *name, const char *label,
    const char *autocomplete);

/* Close it and make it the reply. */
enum oauth_error page_end(struct request *rq, int status, struct buf *page);

#endif
