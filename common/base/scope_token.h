/* SPDX-License-Identifier: MIT */
/*
 * scope_token.h - single scope tokens (RFC 6749 s3.3) and their hierarchy.
 *
 * A token that ends in ":*" stands for every token that begins with what is
 * before the asterisk: files:* covers files:read and files:read:all, but not
 * files: alone and not filesystem:read.
 */
#ifndef BASE_SCOPE_TOKEN_H
#define BASE_SCOPE_TOKEN_H

#include <stdbool.h>
#include <stddef.h>

/* Visible ASCII without quote and backslash, at least one character. */
bool scope_token_allowed(const char *token);

/* Is wanted granted itself, or one of those that it stands for?  It never stands
 * for what is no scope token. */
bool scope_token_covers(const char *granted, const char *wanted);

/* Does one token of the blank-separated list cover wanted? */
bool scope_list_covers(const char *list, const char *wanted);

#endif
