/* SPDX-License-Identifier: MIT */
/*
 * document.h - documents that are the same for everybody: made once a process,
 * and not sent again to a client that has them (RFC 9110 s13.1.2).
 */
#ifndef HTTP_DOCUMENT_H
#define HTTP_DOCUMENT_H

#include <stdbool.h>

#include "http/io.h"
#include "http/reply.h"

/* Makes a document; the object is the caller's.  NULL when it cannot be made. */
typedef struct json_object *document_maker(struct request *rq);

/*
 * Answer 200 with the document of this name, which is made when there is none
 * yet, and its ETag; or 304 when If-None-Match names that.
 *
 * Returns false when there is none and it could not be made: nothing is
 *         answered then.
 */
bool reply_document(struct request *rq, const char *name, document_maker *make)
    __attribute__((__warn_unused_result__));

/* Forget all of them; an endpoint's settings_changed. */
void documents_forget(const struct settings *settings, const struct io *io);

/* Does a value of If-None-Match name the etag, as the weak comparison has it
 * (RFC 9110 s8.8.3.2)?  NULL names none. */
bool etag_named(const char *if_none_match, const char *etag);

#endif
