/* SPDX-License-Identifier: MIT */
/*
 * request_uri.h - the name of a pushed authorization request (RFC 9126 s2.2):
 * urn:ietf:params:oauth:request_uri:RANDOM, or RANDOM.LANGUAGE when the client
 * pushed ui_locales, one of which the pages come in.  What is stored is a digest
 * of the whole, so that no other language can be put in its place.
 */
#ifndef OAUTH_REQUEST_URI_H
#define OAUTH_REQUEST_URI_H

#include "http/language.h"

/* A new one, for the request that is being pushed; lives in the arena. */
const char *request_uri_draw(struct request *rq);

/* The language in it, or NULL. */
const struct language *request_uri_language(struct request *rq,
    const char *request_uri);

#endif
