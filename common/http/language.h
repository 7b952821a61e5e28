/* SPDX-License-Identifier: MIT */
/*
 * language.h - which of the languages a person reads best.
 *
 * What the client asks for (ui_locales, OpenID Connect Core s3.1.2.1) comes
 * first, and is remembered by a cookie for as long as the request may last;
 * then what the browser says (Accept-Language, RFC 9110 s12.5.4).  A language
 * is found by lookup (RFC 4647 s3.4): "de-CH" finds German.
 */
#ifndef HTTP_LANGUAGE_H
#define HTTP_LANGUAGE_H

#include "http/words.h"

/* The first language of the list offered that one of the ranges finds, which
 * are separated by blanks, best first; NULL when none does. */
const struct language *language_lookup(struct arena *arena, const char *offered,
    const char *ranges);

/* The ranges of an Accept-Language field as such a list, best first; those with
 * a quality of 0, a wildcard and what is not well-formed are left out. */
const char *language_ranges(struct arena *arena, const char *accept_language);

/* The one that the client asks for in this request, if it is offered; or NULL. */
const struct language *language_asked(struct request *rq);

/* Show it on the pages of the authorization request that begins; NULL: the one
 * of before or what the browser says. */
void language_remember(struct request *rq, const struct language *language);

#endif
