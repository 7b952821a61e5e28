/* SPDX-License-Identifier: MIT */
/*
 * parse.c - what our parsers make of each line of standard input, as a line of
 * JSON: "uri TEXT" or "form TEXT"; null where TEXT is refused.  For
 * differential.test.mjs, which asks another implementation the same.
 */
#define _GNU_SOURCE /* getline */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "base/uri_normal.h"
#include "http/endpoint.h"
#include "http/form.h"

static struct json_object *
uri_parts(struct arena *arena, const char *text)
{
	struct json_object *parts;
	struct uri uri;

	if (!uri_parse(arena, text, &uri))
		return NULL;
	parts = json_new_object();
	json_add_string(parts, "scheme", uri.scheme);
	json_add_string(parts, "userinfo", uri.userinfo);
	json_add_string(parts, "host", uri.host);
	json_add_string(parts, "port", uri.port);
	json_add_string(parts, "path", uri.path);
	json_add_string(parts, "query", uri.query);
	json_add_string(parts, "fragment", uri.fragment);
	if (uri.host) {
		json_add_string(parts, "origin", uri_origin(arena, &uri));
		json_add_string(parts, "normal", uri_normal(arena, &uri));
		if (uri_host_is_plain(&uri))
			json_add_true(parts, "plain");
	}
	return parts;
}

static struct json_object *
form_pairs(struct arena *arena, const char *text)
{
	static const struct endpoint endpoint = {.name = "parse"};
	struct request rq = {.endpoint = &endpoint, .arena = arena};
	struct json_object *pairs, *pair;
	size_t i;

	if (form_read(&rq, text, strlen(text)) != FORM_GOOD)
		return NULL;
	pairs = json_new_array();
	for (i = 0; i < rq.n_pairs; i++) {
		pair = json_new_array();
		json_append_string(pair, rq.pairs[i].name,
		    strlen(rq.pairs[i].name));
		json_append_string(pair, rq.pairs[i].value,
		    strlen(rq.pairs[i].value));
		json_append(pairs, pair);
	}
	return pairs;
}

int
main(void)
{
	struct arena *arena = arena_new(1 << 20);
	char *line = NULL;
	size_t size = 0;
	ssize_t len;

	while ((len = getline(&line, &size, stdin)) > 0) {
		AUTO_JSON *answer = NULL;

		if (line[len - 1] == '\n')
			line[len - 1] = '\0';
		if (text_starts(line, "uri "))
			answer = uri_parts(arena, line + 4);
		else if (text_starts(line, "form "))
			answer = form_pairs(arena, line + 5);
		(void)puts(answer ? json_text(arena, answer) : "null");
		arena_reset(arena);
	}
	free(line);
	arena_free(arena);
	return 0;
}
