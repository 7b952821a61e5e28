/* SPDX-License-Identifier: MIT */
/* printable.h - text from outside on its way to a terminal. */
#ifndef BASE_PRINTABLE_H
#define BASE_PRINTABLE_H

#include "base/arena.h"

/*
 * The text with all that a terminal obeys or hides written out: control
 * characters (C0, DEL) and bytes that are no UTF-8 as \t, \n, \r or \xHH; C1,
 * characters that change the direction or have no width as \uHHHH; a backslash
 * as \\.  So it stays one field of one line, and looks like what it is.
 * Memory: in the arena.
 */
const char *printable(struct arena *arena, const char *text);

/* JSON text without line breaks, with the same characters as \uHHHH, which
 * means the same. */
const char *printable_json(struct arena *arena, const char *json);

/* The same in ASCII alone: letters of one alphabet do not pass for those of
 * another. */
const char *printable_json_ascii(struct arena *arena, const char *json);

#endif
