/* SPDX-License-Identifier: MIT */
/* grant_types.h - which grants there are here. */
#ifndef OAUTH_GRANT_TYPES_H
#define OAUTH_GRANT_TYPES_H

#include "base/arena.h"
#include "base/settings.h"

#define GRANT_TYPE_DEVICE_CODE "urn:ietf:params:oauth:grant-type:device_code"
#define GRANT_TYPE_JWT_BEARER "urn:ietf:params:oauth:grant-type:jwt-bearer"

/* The grant types that the token endpoint serves with these settings, by
 * words (RFC 8414 s2, grant_types_supported). */
const char *grant_types_supported(struct arena *arena,
    const struct settings *settings);

#endif
