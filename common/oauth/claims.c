/* SPDX-License-Identifier: MIT */
#include "oauth/claims.h"

#include "base/text.h"

const char *
claims_text(struct arena *arena, struct json_object *claims, const char *name)
{
	const char *value = json_string(claims, name);

	return value ? arena_strdup(arena, value) : NULL;
}

bool
claims_time(struct json_object *claims, const char *name, int64_t *ret)
{
	return json_int64(claims, name, ret) && *ret >= 0 &&
	    *ret <= INT64_MAX / 2;
}

static bool
is_text(struct json_object *value, const char *wanted)
{
	return json_object_is_type(value, json_type_string) &&
	    text_equal(json_object_get_string(value), wanted);
}

bool
claims_aud_holds(struct json_object *claims, const char *wanted)
{
	struct json_object *aud = NULL;
	size_t i;

	if (!json_object_object_get_ex(claims, "aud", &aud))
		return false;
	if (!json_object_is_type(aud, json_type_array))
		return is_text(aud, wanted);
	for (i = 0; i < json_object_array_length(aud); i++)
		if (is_text(json_object_array_get_idx(aud, i), wanted))
			return true;
	return false;
}

bool
claims_aud_is(struct json_object *claims, const char *wanted)
{
	struct json_object *aud = NULL;

	return json_object_object_get_ex(claims, "aud", &aud) &&
	    (!json_object_is_type(aud, json_type_array) ||
	        json_object_array_length(aud) == 1) &&
	    claims_aud_holds(claims, wanted);
}

static bool
ahead(struct json_object *claims, const char *name, int64_t now_s)
{
	int64_t time_s;

	return json_object_object_get_ex(claims, name, NULL) &&
	    (!claims_time(claims, name, &time_s) ||
	        time_s > now_s + CLOCK_LEEWAY_S);
}

bool
claims_early(struct json_object *claims, int64_t now_s)
{
	return ahead(claims, "nbf", now_s) || ahead(claims, "iat", now_s);
}

const char *
claims_assertion_fault(struct json_object *claims, int64_t now_s, int64_t max_s,
    int64_t *exp_s)
{
	if (!claims_time(claims, "exp", exp_s))
		return "the assertion has no exp";
	if (*exp_s <= now_s)
		return "the assertion expired";
	if (*exp_s > now_s + max_s)
		return "the assertion's exp is too far ahead";
	if (claims_early(claims, now_s))
		return "the assertion is not valid yet";
	return NULL;
}
