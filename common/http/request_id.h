/* SPDX-License-Identifier: MIT */
/* request_id.h - the name of a request in every log that tells of it. */
#ifndef HTTP_REQUEST_ID_H
#define HTTP_REQUEST_ID_H

#include "http/request.h"

/*
 * The web server's own (UNIQUE_ID, which mod_unique_id sets), so that its logs
 * name the same; else a random one, 16 characters of base64url.  What a client
 * sends, X-Request-Id or any other header, is never looked at.
 *
 * Memory: lives in the arena.
 */
const char *request_id_of(struct request *rq);

#endif
