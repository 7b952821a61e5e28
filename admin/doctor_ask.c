/* SPDX-License-Identifier: MIT */
/* doctor_ask.c - asking the running site, from outside, as clients do. */
#include "base/text.h"
#include "doctor.h"

enum { REASON_MAX_BYTES = 300 };

const char *
doctor_url_of(struct doctor *doctor, const char *path)
{
	return arena_printf(doctor->arena, "%s%s",
	    doctor->server->oauth_base_url, path);
}

struct web_answer
doctor_send(struct doctor *doctor, const struct web_request *request)
{
	return web_send(doctor->arena, &doctor->web, request);
}

struct web_answer
doctor_get(struct doctor *doctor, const char *path)
{
	return doctor_send(doctor,
	    &(struct web_request){.url = doctor_url_of(doctor, path)});
}

static struct web_answer
post(struct doctor *doctor, const char *url, const char *type, const char *body,
    const char *authorization)
{
	const char *headers[] = {
	    arena_printf(doctor->arena, "Content-Type: %s", type),
	    /* What an MCP server wants to hear; others do not mind. */
	    "Accept: application/json, text/event-stream",
	    authorization ? arena_printf(doctor->arena, "Authorization: %s",
	                        authorization)
	                  : NULL,
	    NULL,
	};

	return doctor_send(doctor,
	    &(struct web_request){.url = url,
	        .body = body,
	        .headers = headers});
}

struct web_answer
doctor_post_form(struct doctor *doctor, const char *url, const char *form,
    const char *authorization)
{
	return post(doctor, url, "application/x-www-form-urlencoded", form,
	    authorization);
}

struct web_answer
doctor_post_json(struct doctor *doctor, const char *url, const char *json,
    const char *authorization)
{
	return post(doctor, url, "application/json", json, authorization);
}

bool
doctor_is_json(const struct web_answer *answer)
{
	return text_starts(answer->content_type, "application/json");
}

const char *
doctor_reason(struct doctor *doctor, const struct web_answer *answer)
{
	if (answer->status < 400 || !*answer->body)
		return "";
	return arena_printf(doctor->arena, ": %.*s", REASON_MAX_BYTES,
	    answer->body);
}
