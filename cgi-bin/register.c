/* SPDX-License-Identifier: MIT */
/*
 * register.c - dynamic client registration (RFC 7591).
 *
 * POST a JSON object of client metadata.  Answers 201 with a client_id of our
 * choosing and what was stored.  A body without redirect_uris gets a preset of
 * loopback and editor URIs.  With OAUTH_REGISTRATION=off: 404.
 */
#include "base/log.h"
#include "base/text.h"
#include "crypto/digest.h"
#include "http/endpoint.h"
#include "oauth/registration.h"

static enum oauth_error
answer_registered(struct request *rq,
    const struct client_registration *registration, int64_t issued_s,
    const char *client_secret)
{
	AUTO_JSON *response = registration_response(registration, issued_s,
	    client_secret);

	log_text("client_id", registration->client_id);
	log_text("client_name", registration->client_name);
	return reply_json(rq, 201, response);
}

static enum oauth_error
store_registration(struct request *rq, struct client_registration *registration)
{
	const char *client_secret = registration_draw(rq->arena, registration);
	int64_t issued_s, retry_after_s;

	switch (client_register(rq->store, rq->arena, registration,
	    request_remote(rq), rq->settings->registration_limit, &issued_s,
	    &retry_after_s)) {
	case CLIENT_REGISTERED:
		return answer_registered(rq, registration, issued_s,
		    client_secret);
	case CLIENT_THROTTLED:
		return refuse_too_many(rq, (long)retry_after_s,
		    "too many registrations from this address");
	case CLIENT_DUPLICATE: /* of a random id: next to impossible */
	case CLIENT_REGISTER_STORE_DOWN:
		break;
	}
	return refuse_unavailable(rq, "could not store the client");
}

static enum oauth_error
post_register(struct request *rq)
{
	struct client_registration registration;
	const char *reason = NULL;
	enum oauth_error error;

	if (!rq->settings->registration_open)
		return refuse(rq, OAUTH_NOT_FOUND,
		    "clients are registered by the operator here");
	error = registration_read(rq->arena, rq->settings, rq->json,
	    &registration, &reason);
	if (error)
		return refuse(rq, error, reason);
	return store_registration(rq, &registration);
}

static const char *const paths[] = {"/api/oauth/register",
    "/.well-known/oauth-dynamic-client-registration", "/register", NULL};

static const struct endpoint registration_endpoint = {
    .name = "register",
    .paths = paths,
    .post = post_register,
    .body = BODY_JSON,
    .body_error = OAUTH_INVALID_CLIENT_METADATA,
    .cors = CORS_ANY_ORIGIN,
    .settings = SETTINGS_SERVER,
    .store_open = store_open,
    .store_close = store_close,
};

int
main(void)
{
	return endpoint_run(&registration_endpoint);
}
