/* SPDX-License-Identifier: MIT */
/*
 * user_code.h - the code that a person types to connect a device (RFC 8628
 * s6.1): eight letters without vowels, so that they spell no words and are not
 * taken for digits.
 *
 * A user_code is derived from its device_code under a key of the server, so
 * that the consent page can show it again though the database knows only an
 * HMAC of it: a plain digest of so short a text would be guessed.
 */
#ifndef OAUTH_USER_CODE_H
#define OAUTH_USER_CODE_H

#include "base/arena.h"
#include "base/settings.h"
#include "crypto/digest.h"

/* The user_code of a device_code, by the hex of its SHA-256. */
const char *user_code_of(struct arena *arena, const struct settings *settings,
    const char *device_code_digest);

/* As people see it: XXXX-XXXX. */
const char *user_code_shown(struct arena *arena, const char *user_code);

/* What somebody typed, case, blanks and hyphens aside; NULL when it cannot be
 * a user_code. */
const char *user_code_read(struct arena *arena, const char *typed);

/* As it is stored. */
struct sha256 user_code_digest(const struct settings *settings,
    const char *user_code);

#endif
