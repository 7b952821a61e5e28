/* SPDX-License-Identifier: MIT */
/* cors.h - letting clients that run in browsers read what is public. */
#ifndef HTTP_CORS_H
#define HTTP_CORS_H

#include "http/reply.h"

/* Any origin may read this answer; no credentials are ever allowed. */
void cors_headers(struct request *rq);

/* Answer a preflight: 204 with what may be sent. */
enum oauth_error cors_preflight(struct request *rq, const char *methods);

#endif
