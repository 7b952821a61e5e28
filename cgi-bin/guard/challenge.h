/* SPDX-License-Identifier: MIT */
/* challenge.h - refusing a request to an MCP server, as RFC 6750 s3 and
 * RFC 9728 s5.1 want it. */
#ifndef GUARD_CHALLENGE_H
#define GUARD_CHALLENGE_H

#include "http/refuse.h"
#include "verdict.h"

/* The whole answer for a verdict other than VERDICT_ALLOWED. */
enum oauth_error challenge(struct request *rq, const struct verdict *verdict);

#endif
