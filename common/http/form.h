/* SPDX-License-Identifier: MIT */
/* form.h - parameters out of a query string, a form body or a JSON object. */
#ifndef HTTP_FORM_H
#define HTTP_FORM_H

#include "http/request.h"

enum form_result {
	FORM_GOOD,
	FORM_MALFORMED, /* broken percent-encoding, NUL, not UTF-8 */
	FORM_TOO_MANY,
};

/*
 * application/x-www-form-urlencoded (RFC 6749 appendix B) into rq->pairs.
 * rq->doubled is set to the name of a parameter that came twice, unless the
 * endpoint's table lets it (RFC 8707 s2 allows several resource parameters).
 */
enum form_result form_read(struct request *rq, const char *text,
    size_t len_bytes);

/* The same from a JSON object whose members are strings; a null member is as
 * if absent, any other value malformed. */
enum form_result form_read_json(struct request *rq, const char *text,
    size_t len_bytes);

#endif
