/* SPDX-License-Identifier: MIT */
/* original.h - the request that is judged, also where an error document explains
 * it. */
#ifndef GUARD_ORIGINAL_H
#define GUARD_ORIGINAL_H

#include "http/request.h"

/* A header of it by its CGI name; NULL when absent or empty. */
const char *original_header(struct request *rq, const char *cgi_name);

#endif
