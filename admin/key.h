/* SPDX-License-Identifier: MIT */
/* key.h - what the verbs of keys share. */
#ifndef ADMIN_KEY_H
#define ADMIN_KEY_H

#include "base/arena.h"

/* A fresh JWT_SECRET, or any other secret of the settings. */
const char *key_secret(struct arena *arena);

#endif
