/* SPDX-License-Identifier: MIT */
#include "base/json.h"

#include <string.h>

#include "base/memory.h"

struct json_object *
json_take(struct json_object **object)
{
	struct json_object *taken = *object;

	*object = NULL;
	return taken;
}

struct json_object *
json_read(const char *text, size_t len_bytes)
{
	return json_scan(text, len_bytes, JSON_DEPTH)
	    ? json_build(text, len_bytes)
	    : NULL;
}

const char *
json_string(struct json_object *object, const char *key)
{
	struct json_object *value = NULL;

	if (!json_object_object_get_ex(object, key, &value) ||
	    !json_object_is_type(value, json_type_string))
		return NULL;
	return json_object_get_string(value);
}

bool
json_int64(struct json_object *object, const char *key, int64_t *ret)
{
	struct json_object *value = NULL;

	if (!json_object_object_get_ex(object, key, &value) ||
	    !json_object_is_type(value, json_type_int))
		return false;
	*ret = json_object_get_int64(value);
	return true;
}

/* ---- of our own ---- */

struct json_object *
json_new_object(void)
{
	return memory_must(json_object_new_object());
}

struct json_object *
json_new_array(void)
{
	return memory_must(json_object_new_array());
}

void
json_add(struct json_object *object, const char *key, struct json_object *value)
{
	if (json_object_object_add(object, key, value) != 0)
		memory_out();
}

void
json_append(struct json_object *array, struct json_object *value)
{
	if (json_object_array_add(array, value) != 0)
		memory_out();
}

void
json_add_string(struct json_object *object, const char *key, const char *value)
{
	if (value)
		json_add(object, key,
		    memory_must(json_object_new_string(value)));
}

void
json_add_int64(struct json_object *object, const char *key, int64_t value)
{
	json_add(object, key, memory_must(json_object_new_int64(value)));
}

void
json_add_true(struct json_object *object, const char *key)
{
	json_add(object, key, memory_must(json_object_new_boolean(1)));
}

void
json_add_false(struct json_object *object, const char *key)
{
	json_add(object, key, memory_must(json_object_new_boolean(0)));
}

void
json_append_string(struct json_object *array, const char *text,
    size_t len_bytes)
{
	json_append(array,
	    memory_must(json_object_new_string_len(text, (int)len_bytes)));
}

void
json_add_words(struct json_object *object, const char *key, const char *words)
{
	struct json_object *array = json_new_array();
	size_t len;

	for (words += strspn(words, " "); *words; words += strspn(words, " ")) {
		len = strcspn(words, " ");
		json_append_string(array, words, len);
		words += len;
	}
	json_add(object, key, array);
}
