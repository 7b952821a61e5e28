/* SPDX-License-Identifier: MIT */
/*
 * register.c - dynamic client registration (RFC 7591) and its management
 * (RFC 7592).
 *
 * POST a JSON object of client metadata.  Answers 201 with a client_id of our
 * choosing and what was stored.  A body without redirect_uris gets a preset of
 * loopback and editor URIs.  With OAUTH_REGISTRATION=token an initial access
 * token is needed (RFC 7591 s3): 401 without.
 *
 * GET, PUT and DELETE at the registration_client_uri of that answer, with its
 * registration_access_token: 200 with what is registered, 200 after metadata
 * was replaced, 204 after the client was removed.  401 whatever else is at that
 * address or nothing at all.
 *
 * With OAUTH_REGISTRATION=off: 404.
 */
#include "base/log.h"
#include "base/text.h"
#include "crypto/digest.h"
#include "http/endpoint.h"
#include "oauth/bearer.h"
#include "oauth/redirect_uri.h"
#include "oauth/registration.h"
#include "oauth/registration_response.h"
#include "oauth/registration_update.h"
#include "store/client_configuration.h"

static enum oauth_error
refuse_off(struct request *rq)
{
	return refuse(rq, OAUTH_NOT_FOUND,
	    "clients are registered by the operator here");
}

static enum oauth_error
answer(struct request *rq, int status,
    const struct client_registration *registration,
    const struct registration_issue *issue)
{
	AUTO_JSON *response = registration_response(rq->arena, rq->settings,
	    registration, issue);

	log_text("client_name", registration->client_name);
	return reply_json(rq, status, response);
}

/* ---- registering (RFC 7591 s3) ---- */

static enum oauth_error
store_registration(struct request *rq, struct client_registration *registration)
{
	struct registration_issue issue = {
	    .client_secret = registration_draw(rq->arena, registration),
	    .registration_access_token = registration_draw_token(rq->arena,
	        registration),
	};
	int64_t retry_after_s;

	switch (client_register(rq->store, rq->arena, registration,
	    request_remote(rq),
	    redirect_uri_receivers(rq->arena, registration->redirect_uris),
	    rq->settings->registration_limit, &issue.issued_s,
	    &retry_after_s)) {
	case CLIENT_REGISTERED:
		log_event("client registered");
		log_text("client_id", registration->client_id);
		return answer(rq, 201, registration, &issue);
	case CLIENT_THROTTLED:
		log_raise(LOG_WARNING);
		log_event("registration throttled");
		return refuse_too_many(rq, (long)retry_after_s,
		    "too many registrations from this address");
	case CLIENT_DUPLICATE: /* of a random id: next to impossible */
	case CLIENT_REGISTER_STORE_DOWN:
		break;
	}
	return refuse_unavailable(rq, "could not store the client");
}

/* Compared by digest: neither length nor content shows in the time it takes. */
static bool
initial_access_token_given(struct request *rq)
{
	const char *token = bearer_token(rq);
	struct sha256 given, wanted;

	if (!token)
		return false;
	given = sha256_of_text(token);
	wanted = sha256_of_text(rq->settings->initial_access_token);
	return bytes_equal(given.bytes, wanted.bytes, SHA256_BYTES);
}

static enum oauth_error
post_register(struct request *rq)
{
	struct client_registration registration;
	const char *reason = NULL;
	enum oauth_error error;

	if (rq->settings->oauth_registration == REGISTRATION_OFF)
		return refuse_off(rq);
	if (rq->settings->oauth_registration == REGISTRATION_TOKEN &&
	    !initial_access_token_given(rq))
		return bearer_refuse(rq,
		    "registration needs the initial access token",
		    "initial access token missing or wrong");
	error = registration_read(rq->arena, rq->settings, rq->json,
	    &registration, &reason);
	if (error)
		return refuse(rq, error, reason);
	return store_registration(rq, &registration);
}

/* ---- managing (RFC 7592 s2): rq->name is the client_id ---- */

/* One answer, so that nobody learns which clients there are. */
static enum oauth_error
refuse_token(struct request *rq, const char *reason)
{
	return bearer_refuse(rq,
	    "the registration access token is missing, wrong or no longer good",
	    reason);
}

/* The digest of the token that the request bears.  Anything but OAUTH_OK was
 * refused already. */
static enum oauth_error
read_token(struct request *rq, struct sha256 *ret)
{
	const char *token = bearer_token(rq);

	if (rq->settings->oauth_registration == REGISTRATION_OFF)
		return refuse_off(rq);
	log_text("client_id", rq->name);
	if (!token)
		return refuse_token(rq, "no registration access token");
	if (!text_is_base64url(rq->name)) /* as all that are drawn here */
		return refuse_token(rq, "no such dynamic client");
	*ret = sha256_of_text(token);
	return OAUTH_OK;
}

/* What is answered to anything but CONFIGURATION_DONE. */
static enum oauth_error
refuse_configuration(struct request *rq, enum configuration_result result)
{
	switch (result) {
	case CONFIGURATION_UNKNOWN_CLIENT: /* s2.1: 401 as well */
		return refuse_token(rq, "no such dynamic client");
	case CONFIGURATION_DISABLED:
		return refuse_token(rq, "the client is disabled");
	case CONFIGURATION_WRONG_TOKEN:
		return refuse_token(rq, "wrong registration access token");
	case CONFIGURATION_WRONG_SECRET: /* s2.2 */
		return refuse(rq, OAUTH_INVALID_CLIENT_METADATA,
		    "client_secret is not the client's: it cannot be chosen");
	case CONFIGURATION_DONE:
	case CONFIGURATION_STORE_DOWN:
		break;
	}
	return refuse_unavailable(rq, "could not reach the store of clients");
}

static enum oauth_error
get_client(struct request *rq)
{
	struct registration_issue issue = {
	    .registration_access_token = bearer_token(rq)};
	struct client_registration registration;
	enum configuration_result result;
	struct sha256 token;
	enum oauth_error error = read_token(rq, &token);

	if (error)
		return error;
	result = client_configuration_get(rq->store, rq->arena, rq->name,
	    &token, &registration, &issue.issued_s);
	if (result != CONFIGURATION_DONE)
		return refuse_configuration(rq, result);
	return answer(rq, 200, &registration, &issue);
}

static enum oauth_error
replace_client(struct request *rq, struct client_registration *registration,
    const struct sha256 *token, const char *client_secret)
{
	struct registration_issue issue = {
	    .registration_access_token = bearer_token(rq)};
	const char *drawn = registration_draw(rq->arena, registration);
	struct sha256 presented;
	bool secret_issued;
	enum configuration_result result;

	if (client_secret)
		presented = sha256_of_text(client_secret);
	result = client_configuration_put(rq->store, rq->arena, registration,
	    token, client_secret ? &presented : NULL, &issue.issued_s,
	    &secret_issued);
	if (result != CONFIGURATION_DONE)
		return refuse_configuration(rq, result);
	if (secret_issued)
		issue.client_secret = drawn;
	log_event("client replaced");
	return answer(rq, 200, registration, &issue);
}

static enum oauth_error
put_client(struct request *rq)
{
	struct client_registration registration;
	const char *reason = NULL, *client_secret = NULL;
	struct sha256 token;
	enum oauth_error error = read_token(rq, &token);

	if (error)
		return error;
	error = registration_read_update(rq->arena, rq->settings, rq->json,
	    rq->name, &registration, &client_secret, &reason);
	if (error)
		return refuse(rq, error, reason);
	return replace_client(rq, &registration, &token, client_secret);
}

static enum oauth_error
delete_client(struct request *rq)
{
	enum configuration_result result;
	struct sha256 token;
	enum oauth_error error = read_token(rq, &token);

	if (error)
		return error;
	result = client_configuration_delete(rq->store, rq->arena, rq->name,
	    &token, request_remote(rq));
	if (result != CONFIGURATION_DONE)
		return refuse_configuration(rq, result);
	log_event("client deleted");
	return reply_empty(rq, 204);
}

static const char *const paths[] = {"/api/oauth/register",
    "/.well-known/oauth-dynamic-client-registration", "/register", NULL};

static const struct methods client_configuration = {
    .get = get_client,
    .put = put_client,
    .delete = delete_client,
};

static const struct endpoint registration_endpoint = {
    .name = "register",
    .paths = paths,
    .post = post_register,
    .below = &client_configuration,
    .body = BODY_JSON,
    .body_error = OAUTH_INVALID_CLIENT_METADATA,
    .cors = CORS_ANY_ORIGIN,
    .fetches = true,
    .settings = SETTINGS_SERVER,
    .store_open = store_open,
    .store_close = store_close,
};

int
main(void)
{
	return endpoint_run(&registration_endpoint);
}
