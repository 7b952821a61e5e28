/* SPDX-License-Identifier: MIT */
#include "http/form.h"

#include <string.h>

#include "base/text.h"
#include "base/uri.h"
#include "http/endpoint.h"

static bool
may_repeat(struct request *rq, const char *name)
{
	const struct param *param;

	for (param = rq->endpoint->params; param && param->name; param++)
		if (text_equal(param->name, name))
			return param->flags & PARAM_REPEATABLE;
	return false;
}

static enum form_result
add_pair(struct request *rq, const char *name, const char *value)
{
	size_t i;

	if (rq->n_pairs == PARAMS_MAX)
		return FORM_TOO_MANY;
	for (i = 0; i < rq->n_pairs && !rq->doubled; i++)
		if (text_equal(rq->pairs[i].name, name) &&
		    !may_repeat(rq, name))
			rq->doubled = name;
	rq->pairs[rq->n_pairs++] = (struct pair){name, value};
	return FORM_GOOD;
}

static enum form_result
read_piece(struct request *rq, const char *piece, size_t len)
{
	const char *equals = memchr(piece, '=', len);
	size_t name_len = equals ? (size_t)(equals - piece) : len;
	const char *value = equals ? equals + 1 : piece + len;
	const char *name = uri_decode(rq->arena, piece, name_len, true);
	const char *decoded = uri_decode(rq->arena, value,
	    (size_t)(piece + len - value), true);

	if (!name || !decoded)
		return FORM_MALFORMED;
	return add_pair(rq, name, decoded);
}

enum form_result
form_read(struct request *rq, const char *text, size_t len_bytes)
{
	const char *end = text + len_bytes, *next;
	enum form_result result;

	for (; text < end; text = next + 1) {
		next = memchr(text, '&', (size_t)(end - text));
		if (!next)
			next = end;
		if (next == text)
			continue;
		result = read_piece(rq, text, (size_t)(next - text));
		if (result != FORM_GOOD)
			return result;
	}
	return FORM_GOOD;
}

enum form_result
form_read_json(struct request *rq, const char *text, size_t len_bytes)
{
	AUTO_JSON *object = json_read(text, len_bytes);
	enum form_result result;

	if (!json_object_is_type(object, json_type_object))
		return FORM_MALFORMED;
	json_object_object_foreach(object, name, value)
	{
		if (!value)
			continue;
		if (!json_object_is_type(value, json_type_string))
			return FORM_MALFORMED;
		result = add_pair(rq, arena_strdup(rq->arena, name),
		    arena_strdup(rq->arena, json_object_get_string(value)));
		if (result != FORM_GOOD)
			return result;
	}
	return FORM_GOOD;
}
