/* SPDX-License-Identifier: MIT */
/* doctor.h - what the doctor's checks share: how they ask, and how they tell. */
#ifndef ADMIN_DOCTOR_H
#define ADMIN_DOCTOR_H

#include "base/json.h"
#include "command.h"
#include "web.h"

struct doctor {
	struct command *command;
	struct arena *arena;
	const struct settings *server, *guard;
	const char *url; /* the origin to ask; OAUTH_BASE_URL without --url */
	struct web web;  /* how it is asked */
	bool json;       /* tell at the end, as JSON */
	int64_t connections;          /* that the endpoints may open */
	struct json_object *findings; /* all that was told */
	int problems;
};

/* ---- telling (doctor_finding.c) ----
 *
 * Each check has a code, which stands in the manual's table.  What is said is
 * one sentence without a full stop; bytes from outside may stand in it. */

/* It is as it should be. */
void doctor_ok(struct doctor *doctor, const char *code, const char *format, ...)
    __attribute__((__format__(__printf__, 3, 4)));

/* It was not looked at, and why. */
void doctor_note(struct doctor *doctor, const char *code, const char *format,
    ...) __attribute__((__format__(__printf__, 3, 4)));

/* It is wrong.  fix is what to paste: lines for the web server's virtual host or
 * for a settings file, or a command; what else is to be said stands behind '#'. */
void doctor_problem(struct doctor *doctor, const char *code, const char *fix,
    const char *format, ...) __attribute__((__format__(__printf__, 4, 5)));

/* Was a problem with this code told already? */
bool doctor_told(const struct doctor *doctor, const char *code);

/* All of it as a JSON array. */
void doctor_print_json(struct doctor *doctor);

/* ---- asking (doctor_ask.c) ---- */

/* The address of a path of the site, as clients are told it. */
const char *doctor_url_of(struct doctor *doctor, const char *path);

struct web_answer doctor_send(struct doctor *doctor,
    const struct web_request *request);
struct web_answer doctor_get(struct doctor *doctor, const char *path);

/* POST a form or JSON; authorization is the header's value or NULL. */
struct web_answer doctor_post_form(struct doctor *doctor, const char *url,
    const char *form, const char *authorization);
struct web_answer doctor_post_json(struct doctor *doctor, const char *url,
    const char *json, const char *authorization);

bool doctor_is_json(const struct web_answer *answer);

/* ": " and what a refusal says, as far as it fits; "" for anything else, which
 * may hold tokens. */
const char *doctor_reason(struct doctor *doctor,
    const struct web_answer *answer);

/* An access token of nobody's for a resource, made here without asking the
 * database, good for a minute; NULL when the key cannot be used. */
const char *doctor_token(struct doctor *doctor,
    const struct resource_setting *resource, const char *scope);

/* ---- causes that show in any answer (doctor_cause.c) ----
 *
 * Asked for what is meant to be JSON: no answer, a redirect, a page in place of
 * JSON, an endpoint that cannot work.  True when one of them was told, once for
 * all answers alike; false when the answer shows none of them. */
bool doctor_cause(struct doctor *doctor, const char *what,
    const struct web_answer *answer);

/* ---- the groups of checks, in this order ---- */
void doctor_files(struct doctor *doctor); /* also loads the settings */
void doctor_modes(struct doctor *doctor);
void doctor_database(struct doctor *doctor);
void doctor_connections(struct doctor *doctor);
void doctor_replication(struct doctor *doctor);
/* False when nothing of ours answers: then the others below are of no use. */
bool doctor_address(struct doctor *doctor);
void doctor_clock(struct doctor *doctor);
void doctor_authorization(struct doctor *doctor);
void doctor_documents(struct doctor *doctor);
void doctor_guarded(struct doctor *doctor);
void doctor_answers(struct doctor *doctor);
void doctor_pages(struct doctor *doctor);
void doctor_login(struct doctor *doctor);
void doctor_rules(struct doctor *doctor);
void doctor_backend(struct doctor *doctor);

#endif
