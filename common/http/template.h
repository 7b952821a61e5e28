/* SPDX-License-Identifier: MIT */
/*
 * template.h - HTML with {{places}} that are filled in, and {{t:words}} of the
 * catalogue.  There is nothing to run: no condition, no loop, no include.
 */
#ifndef HTTP_TEMPLATE_H
#define HTTP_TEMPLATE_H

#include "base/buf.h"
#include "http/page_kind.h"

/* Add what stands for the place of that name, fit for HTML, or nothing. */
typedef void place_add(void *context, struct buf *ret, const char *name,
    size_t len);

/* Add the template with every place filled in. */
void template_fill(struct buf *ret, const char *html, place_add *add,
    void *context);

/*
 * Is it fit to be a page of this kind?  It must hold every required place, know
 * each that it holds, and have them where what fills them can do no harm; have
 * forms that post to us with the anti-forgery token, once, and every field of
 * theirs; attributes in double quotes; and nothing that would run, style or
 * load what the content security policy forbids anyway.
 *
 * Returns false with *why (in the arena) set to what is wrong.
 */
bool template_check(struct arena *arena, const struct page_template *kind,
    const char *html, const char **why) __attribute__((__warn_unused_result__));

/* The style sheet likewise: no import, no address, no end of the element. */
bool stylesheet_check(struct arena *arena, const char *css, const char **why)
    __attribute__((__warn_unused_result__));

/* Without comments, in the arena. */
const char *template_without_comments(struct arena *arena, const char *html);

/* Without comments and the space that lays it out. */
const char *stylesheet_packed(struct arena *arena, const char *css);

#endif
