/* SPDX-License-Identifier: MIT */
/* settings_edit.h - changing lines in the text of a settings file, with all else
 * as it was. */
#ifndef ADMIN_SETTINGS_EDIT_H
#define ADMIN_SETTINGS_EDIT_H

#include "base/arena.h"

/* The text with key=value in place of the line of key, or at the end; without
 * any such line when value is NULL.  For keys that stand once. */
const char *settings_edit(struct arena *arena, const char *text,
    const char *key, const char *value);

#endif
