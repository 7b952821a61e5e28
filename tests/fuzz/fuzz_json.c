/* SPDX-License-Identifier: MIT */
/* JSON: the strict scan, what json-c makes of it, and forms written as JSON. */
#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "fuzz.h"
#include "http/form.h"

/* No two keys became one, and none was cut. */
static void
count_members(struct json_object *value, const char *text)
{
	size_t i;

	if (json_object_is_type(value, json_type_string))
		fuzz_must(strlen(json_object_get_string(value)) ==
		    (size_t)json_object_get_string_len(value));
	if (json_object_is_type(value, json_type_array))
		for (i = 0; i < json_object_array_length(value); i++)
			count_members(json_object_array_get_idx(value, i),
			    text);
	if (!json_object_is_type(value, json_type_object))
		return;
	json_object_object_foreach(value, key, member)
	{
		fuzz_must(text_is_utf8(key, strlen(key)));
		count_members(member, text);
	}
}

/*
 * Does json-c 0.16 read something else there?  It takes an escaped character
 * beyond U+FFFF whose low 16 bits are a surrogate, such as U+1DA00, for half of a
 * pair, and makes U+FFFD of it.
 */
static bool
json_c_errs(const char *text)
{
	for (; (text = strstr(text, "\\u")); text += 2)
		if (strspn(text + 2, "dD") >= 1 &&
		    strspn(text + 3, "89abAB") >= 1 &&
		    strspn(text + 4, "37bBfF") >= 1 &&
		    strspn(text + 5, "67") >= 1)
			return true;
	return false;
}

/* What json-c itself reads of it. */
static struct json_object *
by_json_c(const char *text, size_t len_bytes)
{
	struct json_tokener *tokener = json_tokener_new_ex(JSON_DEPTH + 1);
	struct json_object *object;

	json_tokener_set_flags(tokener,
	    JSON_TOKENER_STRICT | JSON_TOKENER_VALIDATE_UTF8);
	object = json_tokener_parse_ex(tokener, text, (int)len_bytes);
	if (json_tokener_get_error(tokener) == json_tokener_continue)
		object = json_tokener_parse_ex(tokener, "", 1);
	json_tokener_free(tokener);
	return object;
}

void
fuzz_one(struct arena *arena, const char *text, size_t len_bytes)
{
	AUTO_JSON *object = json_read(text, len_bytes);
	struct request rq = fuzz_request(arena);
	bool scanned = json_scan(text, len_bytes, JSON_DEPTH);
	AUTO_JSON *again = NULL, *theirs = NULL;
	const char *written;

	(void)form_read_json(&rq, text, len_bytes);
	fuzz_must(scanned || !object);
	if (scanned)
		theirs = by_json_c(text, len_bytes);
	fuzz_must(
	    !scanned || json_c_errs(text) || json_object_equal(object, theirs));
	if (!object)
		return;
	count_members(object, text);
	written = json_text(arena, object);
	fuzz_must(text_equal(written,
	    json_object_to_json_string_ext(object,
	        JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE)));
	again = json_read(written, strlen(written));
	fuzz_must(again && json_object_equal(object, again));
}
