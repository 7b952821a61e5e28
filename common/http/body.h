/* SPDX-License-Identifier: MIT */
/* body.h - the request's body, read whole under a ceiling. */
#ifndef HTTP_BODY_H
#define HTTP_BODY_H

#include "http/request.h"

enum body_result { BODY_READ, BODY_TOO_LARGE, BODY_CUT };

/*
 * Read the body into rq->body, at most ceiling_bytes.  Without CONTENT_LENGTH
 * (a chunked body in plain CGI) it is read to its end.  BODY_CUT: the client
 * sent less than it announced.
 */
enum body_result body_read(struct request *rq, size_t ceiling_bytes);

/* Is the request's Content-Type this media type, whatever its parameters? */
bool body_is(struct request *rq, const char *media_type);

#endif
