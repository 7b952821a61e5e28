/* SPDX-License-Identifier: MIT */
/* moment.h - times as the command prints them. */
#ifndef ADMIN_MOMENT_H
#define ADMIN_MOMENT_H

#include <stdint.h>

#include "base/arena.h"

/* Seconds since the epoch as 2026-11-27T10:20:30Z (RFC 3339), in the arena. */
const char *moment(struct arena *arena, int64_t when_s);

#endif
