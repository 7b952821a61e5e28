/* SPDX-License-Identifier: MIT */
/* secret.h - telling machine-made secrets from what people type. */
#ifndef BASE_SECRET_H
#define BASE_SECRET_H

#include <stdbool.h>

/* 43 or more base64url, or 64 or more hex characters, and none of the
 * placeholders that examples print. */
bool secret_machine_made(const char *secret);

#endif
