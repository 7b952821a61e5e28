/* SPDX-License-Identifier: MIT */
#include "original.h"

/* An error document may know it by this prefix alone. */
const char *
original_header(struct request *rq, const char *cgi_name)
{
	const char *value = request_header(rq, cgi_name);

	return value ? value
	             : request_header(rq,
	                   arena_printf(rq->arena, "REDIRECT_%s", cgi_name));
}
