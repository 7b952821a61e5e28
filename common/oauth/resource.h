/* SPDX-License-Identifier: MIT */
/* resource.h - the MCP servers that tokens are for (RFC 8707, RFC 9728). */
#ifndef OAUTH_RESOURCE_H
#define OAUTH_RESOURCE_H

#include "base/arena.h"
#include "base/settings.h"
#include "http/request.h"

/*
 * The resource that the parameter means: compared in lower case without the
 * default port and one trailing slash; the bare origin means the only
 * resource.  NULL for anything else, and for what has a fragment or a query.
 */
const struct resource_setting *resource_find(struct arena *arena,
    const struct settings *settings, const char *resource);

/* What a request without the parameter means: the first one. */
const struct resource_setting *resource_default(
    const struct settings *settings);

/*
 * The path of a request as web servers understand it: decoded.  NULL for one
 * that different programs may take for different paths, so that nobody gets
 * into one resource with a token of another: dot segments ("/mcp/../files"),
 * empty segments, encoded slashes and backslashes, broken encodings.
 */
const char *resource_plain_path(struct arena *arena, const char *path);

/* The resource whose path is a whole-segment prefix of path, the longest one;
 * NULL when none is. */
const struct resource_setting *resource_of_path(const struct settings *settings,
    const char *path);

/*
 * Parameter number param of the request, which may stand several times:
 * *ret is NULL when absent.  False (invalid_target) when it names no resource
 * of ours, or two different ones.
 */
bool resource_param(struct request *rq, int param,
    const struct resource_setting **ret)
    __attribute__((__warn_unused_result__));

/* The URL of its metadata document, path inserted (RFC 9728 s3.1). */
const char *resource_metadata_url(struct arena *arena,
    const struct settings *settings, const struct resource_setting *resource);

#endif
