/* SPDX-License-Identifier: MIT */
/* text.h - small questions about strings. */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

bool text_equal(const char *a, const char *b);
bool text_equal_nocase(const char *a, const char *b); /* ASCII only */
bool text_starts(const char *text, const char *prefix);
bool text_ends(const char *text, const char *suffix);

/* Every byte of text is one of set; true for "". */
bool text_only(const char *text, const char *set);
bool text_is_base64url(const char *text);

/* Well-formed UTF-8 (RFC 3629: no surrogates, no overlong forms) without NUL. */
bool text_is_utf8(const char *data, size_t len_bytes);

/* Does UTF-8 text hold a control character: C0, DEL, or C1, which terminals
 * obey as well? */
bool text_has_control(const char *text);

/* Could it be an e-mail address?  Something, @, something, no blanks, at most
 * 254 bytes (RFC 5321 s4.5.3.1.3). */
bool text_is_email(const char *text);

/* A whole decimal number from 0 to max, digits only.  ret is set on success. */
bool text_to_int64(const char *text, int64_t max, int64_t *ret);

/* ASCII lower case, in the arena. */
char *text_lower(struct arena *arena, const char *text);

/*
 * Split at any byte of separators, empty pieces left out.  Returns a
 * NULL-terminated array in the arena; n may be NULL.
 */
const char **text_split(struct arena *arena, const char *text,
    const char *separators, size_t *n);

/* Is word one of the space-separated words of list? */
bool text_has_word(const char *list, const char *word);

#endif
