/* SPDX-License-Identifier: MIT */
#include "oauth/member.h"

#include "base/buf.h"

enum oauth_error
member_refuse(struct member_reader *r, const char *reason)
{
	*r->reason = reason;
	return OAUTH_INVALID_CLIENT_METADATA;
}

struct json_object *
member_get(struct member_reader *r, const char *key)
{
	struct json_object *value = NULL;

	(void)json_object_object_get_ex(r->metadata, key, &value);
	return value;
}

bool
member_text(struct member_reader *r, const char *key, const char **ret)
{
	struct json_object *value = member_get(r, key);

	*ret = NULL;
	if (!value)
		return true;
	if (!json_object_is_type(value, json_type_string))
		return false;
	if (*json_object_get_string(value))
		*ret = arena_strdup(r->arena, json_object_get_string(value));
	return true;
}

const char *
member_words(struct member_reader *r, struct json_object *list)
{
	struct buf words = buf_in(r->arena);
	struct json_object *item;
	size_t i;

	if (!json_object_is_type(list, json_type_array))
		return NULL;
	for (i = 0; i < json_object_array_length(list); i++) {
		item = json_object_array_get_idx(list, i);
		if (!json_object_is_type(item, json_type_string))
			return NULL;
		buf_addf(&words, "%s%s", i ? " " : "",
		    json_object_get_string(item));
	}
	return buf_text(&words);
}
