/* SPDX-License-Identifier: MIT */
/*
 * doctor_answers.c - what the web server adds to our answers, and how long a
 * request it lets through.
 */
#include <string.h>

#include "base/text.h"
#include "doctor.h"

static const char token_path[] = "/api/oauth/token";

/* ---- what holds tokens is stored nowhere, and not compressed ---- */

static void
check_cache(struct doctor *doctor, const struct web_answer *answer)
{
	const char *control = web_header(doctor->arena, answer,
	    "cache-control");

	if (strstr(control, "no-store") &&
	    !*web_header(doctor->arena, answer, "age"))
		doctor_ok(doctor, "token-cached",
		    "caches keep no answer of the token endpoint");
	else
		doctor_problem(doctor, "token-cached",
		    "<Location \"/api/oauth/\">\n"
		    "  Header unset Cache-Control\n"
		    "  Header always set Cache-Control \"no-store\"\n"
		    "  <IfModule cache_module>\n"
		    "    CacheDisable on\n"
		    "  </IfModule>\n"
		    "</Location>",
		    "the token endpoint's answers may be kept by caches: "
		    "Cache-Control is \"%s\" there, not no-store (RFC 6749 "
		    "section 5.1)",
		    control);
}

/* What was compressed tells its length, and secrets by it. */
static void
check_compression(struct doctor *doctor, const struct web_answer *answer)
{
	const char *encoding = web_header(doctor->arena, answer,
	    "content-encoding");

	if (!*encoding)
		doctor_ok(doctor, "token-compressed",
		    "answers of the token endpoint are not compressed");
	else
		doctor_problem(doctor, "token-compressed",
		    "<Location \"/api/oauth/\">\n"
		    "  SetEnv no-gzip 1\n"
		    "  SetEnv no-brotli 1\n"
		    "</Location>",
		    "the token endpoint's answers are compressed (%s): their "
		    "length tells of the secrets in them, and some clients "
		    "cannot read them",
		    encoding);
}

static void
check_token_answer(struct doctor *doctor)
{
	struct web_answer answer = doctor_post_form(doctor,
	    doctor_url_of(doctor, token_path), "grant_type=password", NULL);

	if (doctor_cause(doctor, token_path, &answer))
		return;
	check_cache(doctor, &answer);
	check_compression(doctor, &answer);
}

/* ---- lengths ---- */

enum { LONG_BODY_BYTES = 1 << 20, LONG_STATE_BYTES = 12 << 10 };

static const char *
padding(struct doctor *doctor, size_t len_bytes)
{
	char *text = arena_alloc(doctor->arena, len_bytes + 1);

	memset(text, 'x', len_bytes);
	return text;
}

/* The endpoint itself refuses it, in JSON; MCP clients send as much to /mcp. */
static void
check_body(struct doctor *doctor)
{
	struct web_answer answer = doctor_post_form(doctor,
	    doctor_url_of(doctor, token_path), padding(doctor, LONG_BODY_BYTES),
	    NULL);

	if (answer.status == 413 &&
	    (doctor_is_json(&answer) ||
	        doctor_told(doctor, "error-page-replaced")))
		doctor_ok(doctor, "request-too-long",
		    "requests of a mebibyte arrive");
	else if (answer.status == 500)
		doctor_problem(doctor, "request-too-long",
		    "FcgidMaxRequestLen 16777216",
		    "a request of a mebibyte fails (status 500): "
		    "FcgidMaxRequestLen of mod_fcgid is smaller than that");
	else
		doctor_problem(doctor, "request-too-long",
		    "LimitRequestBody 16777216\n"
		    "# in nginx in front: client_max_body_size 16m;",
		    "the web server refuses a request of a mebibyte (status "
		    "%ld), which MCP clients may send",
		    answer.status);
}

static void
check_line(struct doctor *doctor)
{
	static const char path[] = "/api/oauth/authorize?state=";
	struct web_answer answer = doctor_get(doctor,
	    arena_printf(doctor->arena, "%s%s", path,
	        padding(doctor, LONG_STATE_BYTES)));

	if (answer.status == 400)
		doctor_ok(doctor, "request-line-too-long",
		    "authorization requests of %d bytes arrive",
		    LONG_STATE_BYTES);
	else
		doctor_problem(doctor, "request-line-too-long",
		    "LimitRequestLine 16384\n"
		    "# in the first virtual host of this address and port; in "
		    "nginx in front:\n"
		    "# large_client_header_buffers 4 16k;",
		    "an authorization request of %d bytes fails (status %ld): "
		    "some clients send a long state",
		    LONG_STATE_BYTES, answer.status);
}

/* ---- one name for a request in all logs ---- */

enum { OWN_ID_BYTES = 16 };

static void
check_unique_id(struct doctor *doctor)
{
	static const char before[] = "Reference: ";
	struct web_answer answer = doctor_get(doctor, "/api/oauth/authorize");
	const char *reference = strstr(answer.body, before);

	if (!reference)
		return; /* no page of ours: told elsewhere */
	if (strcspn(reference + sizeof(before) - 1, "<") != OWN_ID_BYTES)
		doctor_ok(doctor, "unique-id",
		    "the web server's log and ours name requests alike");
	else
		doctor_problem(doctor, "unique-id",
		    "a2enmod unique_id && systemctl restart apache2",
		    "mod_unique_id is missing: the web server's log does not "
		    "name requests as ours does");
}

void
doctor_answers(struct doctor *doctor)
{
	if (doctor_told(doctor, "endpoint-missing"))
		return;
	check_token_answer(doctor);
	if (doctor_told(doctor, "redirect"))
		return; /* nothing arrives */
	check_body(doctor);
	check_line(doctor);
	check_unique_id(doctor);
}
