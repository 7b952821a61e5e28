/* SPDX-License-Identifier: MIT */
/*
 * program.h - the MCP server as a CGI program (RFC 3875), where the guard is
 * one too: on hosts without an authorizer's interface, the guard is what the
 * address leads to, and takes the server's program in its own place, body and
 * answer untouched.
 *
 * Which program that is stands in the settings (MCP_RESOURCE_PROGRAM), and is
 * never taken from anything that a request can say.
 */
#ifndef GUARD_PROGRAM_H
#define GUARD_PROGRAM_H

#include "http/request.h"
#include "verdict.h"

/*
 * Get ready to run the program of an allowed request's resource: its
 * environment says whose request it is, and neither the token nor what a
 * client said in the place of ours.
 *
 * Returns false with *fault set when there is none that can be run.
 * Memory: what is kept for program_run() is not in the arena.
 */
bool program_prepare(struct request *rq, const struct verdict *verdict,
    const char **fault) __attribute__((__warn_unused_result__));

/*
 * Become the prepared program.  Returns when none was prepared; when it could
 * not be started, the client has been answered 503.
 */
void program_run(void);

#endif
