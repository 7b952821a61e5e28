/* SPDX-License-Identifier: MIT */
#include "base/json.h"

#include <string.h>

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
	struct json_tokener *tokener;
	struct json_object *object;

	if (!json_scan(text, len_bytes, JSON_DEPTH))
		return NULL;
	tokener = json_tokener_new_ex(JSON_DEPTH + 1);
	if (!tokener)
		return NULL;
	json_tokener_set_flags(tokener,
	    JSON_TOKENER_STRICT | JSON_TOKENER_VALIDATE_UTF8);
	object = json_tokener_parse_ex(tokener, text, (int)len_bytes);
	if (json_tokener_get_error(tokener) == json_tokener_continue)
		object = json_tokener_parse_ex(tokener, "",
		    1); /* a bare number */
	json_tokener_free(tokener);
	return object;
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

void
json_add_string(struct json_object *object, const char *key, const char *value)
{
	if (value)
		json_object_object_add(object, key,
		    json_object_new_string(value));
}

void
json_add_int64(struct json_object *object, const char *key, int64_t value)
{
	json_object_object_add(object, key, json_object_new_int64(value));
}

void
json_add_true(struct json_object *object, const char *key)
{
	json_object_object_add(object, key, json_object_new_boolean(1));
}

void
json_add_words(struct json_object *object, const char *key, const char *words)
{
	struct json_object *array = json_object_new_array();
	size_t len;

	for (words += strspn(words, " "); *words; words += strspn(words, " ")) {
		len = strcspn(words, " ");
		json_object_array_add(array,
		    json_object_new_string_len(words, (int)len));
		words += len;
	}
	json_object_object_add(object, key, array);
}

const char *
json_text(struct arena *arena, struct json_object *object)
{
	return arena_strdup(arena,
	    json_object_to_json_string_ext(object,
	        JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE));
}
