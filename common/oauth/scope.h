/* SPDX-License-Identifier: MIT */
/*
 * scope.h - lists of scope tokens (RFC 6749 s3.3), and which exist where.
 *
 * A token of a list stands for narrower ones too: see base/scope_token.h.
 */
#ifndef OAUTH_SCOPE_H
#define OAUTH_SCOPE_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/settings.h"

/* list without what is not served here: offline_access (refresh tokens come
 * without it), and openid where there are no ID tokens. */
const char *scope_served(struct arena *arena, const struct settings *settings,
    const char *list);

/* What exists for every resource: what of SCOPES_SUPPORTED is served. */
const char *scope_supported(struct arena *arena,
    const struct settings *settings);

/* What exists for the resource: that, and its MCP_RESOURCE_SCOPES. */
const char *scope_of_resource(struct arena *arena,
    const struct settings *settings, const struct resource_setting *resource);

/* What a client gets there that asks for none, and what a challenge names:
 * MCP_RESOURCE_BASE_SCOPES, or SCOPES_SUPPORTED; never openid. */
const char *scope_base(struct arena *arena, const struct settings *settings,
    const struct resource_setting *resource);

/* What exists for any resource. */
const char *scope_anywhere(struct arena *arena,
    const struct settings *settings);

/* The tokens of requested that allowed covers, each once, in the order asked;
 * "" when none is left. */
const char *scope_intersect(struct arena *arena, const char *requested,
    const char *allowed);

/* What both lists allow: of a pair of which one covers the other, the narrower
 * one. */
const char *scope_common(struct arena *arena, const char *a, const char *b);

/* list without the tokens of unwanted, each of the others once. */
const char *scope_without(struct arena *arena, const char *list,
    const char *unwanted);

/* requested without openid and offline_access, which clients add by habit. */
const char *scope_without_habits(struct arena *arena, const char *requested);

/* list without what tells about a person, for clients that act for
 * themselves. */
const char *scope_without_identity(struct arena *arena, const char *list);

/* Does granted cover every token of required? */
bool scope_covers(struct arena *arena, const char *granted,
    const char *required);

/* Both lists as one, each token once. */
const char *scope_union(struct arena *arena, const char *a, const char *b);

#endif
