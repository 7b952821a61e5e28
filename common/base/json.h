/* SPDX-License-Identifier: MIT */
/* json.h - JSON from outside, scanned strictly before json-c sees it. */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <json-c/json.h>

#include "base/arena.h"

static inline void
auto_json_put(struct json_object **object)
{
	json_object_put(*object);
}

/* A json-c handle that is released when its scope ends. */
#define AUTO_JSON __attribute__((__cleanup__(auto_json_put))) struct json_object

/* Hand the object over: *object becomes NULL. */
struct json_object *json_take(struct json_object **object);

/*
 * One pass over the whole text (RFC 8259): one value, nothing after it, at
 * most depth levels, no key twice in an object, no \u0000, no lone surrogate,
 * well-formed UTF-8, numbers a double can hold.  json-c alone keeps the last
 * of doubled keys and cuts keys at NUL.
 */
bool json_scan(const char *text, size_t len_bytes, int depth)
    __attribute__((__warn_unused_result__));

/* json-c's objects of a text that json_scan() let through; NULL is null. */
struct json_object *json_build(const char *text, size_t len_bytes);

enum { JSON_DEPTH = 16 };

/* json_scan() and then json_build(); NULL when the text is refused, and for
 * null. */
struct json_object *json_read(const char *text, size_t len_bytes)
    __attribute__((__warn_unused_result__));

/* The member when it is there and a string, else NULL; owned by object. */
const char *json_string(struct json_object *object, const char *key);

/* The member when it is there and an integer. */
bool json_int64(struct json_object *object, const char *key, int64_t *ret);

/*
 * Objects and arrays of our own, and what they hold.  None of these fails: an
 * answer that lacks a member for want of memory would pass for a good one, so
 * the process ends instead (base/memory.h).
 */
struct json_object *json_new_object(void) __attribute__((__returns_nonnull__));
struct json_object *json_new_array(void) __attribute__((__returns_nonnull__));

/* Add a member; value is handed over, NULL is null. */
void json_add(struct json_object *object, const char *key,
    struct json_object *value);

/* Add members; an absent (NULL) string is left out. */
void json_add_string(struct json_object *object, const char *key,
    const char *value);
void json_add_int64(struct json_object *object, const char *key, int64_t value);
void json_add_true(struct json_object *object, const char *key);
void json_add_false(struct json_object *object, const char *key);
void json_add_words(struct json_object *object, const char *key,
    const char *words);

/* Add an item: a value, which is handed over, or len_bytes of text. */
void json_append(struct json_object *array, struct json_object *value);
void json_append_string(struct json_object *array, const char *text,
    size_t len_bytes);

/* The text of object in the arena, without blanks, slashes not escaped. */
const char *json_text(struct arena *arena, struct json_object *object);

#endif
