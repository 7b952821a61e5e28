/* SPDX-License-Identifier: MIT */
/* dispatch.h - from what a request says to the handler that its endpoint has for
 * it. */
#ifndef HTTP_DISPATCH_H
#define HTTP_DISPATCH_H

#include "http/oauth_error.h"
#include "http/request.h"

/* Fill method, path and query by the request's variables. */
void dispatch_begin(struct request *rq);

/*
 * Find the handler, read parameters and body as the endpoint's table has them,
 * and call it.
 *
 * Returns what the handler did, or the refusal: 404 for another path, 405 with
 *         Allow, 413, 414, or 400 for parameters that do not fit.
 */
enum oauth_error dispatch(struct request *rq);

#endif
