/* SPDX-License-Identifier: MIT */
/*
 * device_authorization.c - the device authorization endpoint (RFC 8628 s3.1).
 *
 * POST [scope] [resource] and the client's authentication: 200 with a
 * device_code to poll the token endpoint with, and a user_code that a person
 * types at verification_uri.  DEVICE_AUTHORIZATION=off: 404.
 */
#include "base/json.h"
#include "base/log.h"
#include "base/text.h"
#include "crypto/encode.h"
#include "http/endpoint.h"
#include "oauth/client_authenticated.h"
#include "oauth/flow.h"
#include "oauth/grant_types.h"
#include "oauth/requested_access.h"
#include "oauth/user_code.h"
#include "store/device.h"

enum { SCOPE, RESOURCE };

enum {
	DEVICE_CODE_BYTES = 32,
	EXPIRES_S = 600,
	INTERVAL_S = 5,
	TRIES = 3, /* for a user_code that is not in use */
};

/* What is not listed is not logged. */
static const struct param params[] = {
    [SCOPE] = {"scope", PARAM_LOGGED},
    [RESOURCE] = {"resource", PARAM_LOGGED | PARAM_REPEATABLE},
    {"client_id", PARAM_LOGGED},
    {0},
};

static enum oauth_error
answer_created(struct request *rq, const char *device_code,
    const char *user_code)
{
	AUTO_JSON *o = json_new_object();
	const char *shown = user_code_shown(rq->arena, user_code);
	const char *verification_uri = arena_printf(rq->arena,
	    "%s/api/oauth/device", rq->settings->oauth_base_url);

	json_add_string(o, "device_code", device_code);
	json_add_string(o, "user_code", shown);
	json_add_string(o, "verification_uri", verification_uri);
	json_add_string(o, "verification_uri_complete",
	    arena_printf(rq->arena, "%s?user_code=%s", verification_uri,
	        shown));
	json_add_int64(o, "expires_in", EXPIRES_S);
	json_add_int64(o, "interval", INTERVAL_S);
	return reply_json(rq, 200, o);
}

static enum oauth_error
keep(struct request *rq, struct device_authorization *device)
{
	const char *device_code, *user_code;
	int i;

	for (i = 0; i < TRIES; i++) {
		device_code = random_text(rq->arena, DEVICE_CODE_BYTES);
		device->device_code_digest = sha256_of_text(device_code);
		user_code = user_code_of(rq->arena, rq->settings,
		    hex_encode(rq->arena, device->device_code_digest.bytes,
		        SHA256_BYTES));
		device->user_code_digest = user_code_digest(rq->settings,
		    user_code);
		switch (
		    device_authorization_create(rq->store, rq->arena, device)) {
		case DEVICE_CREATED:
			flow_log_device(rq, &device->device_code_digest);
			return answer_created(rq, device_code, user_code);
		case DEVICE_DUPLICATE:
			continue;
		case DEVICE_UNKNOWN_CLIENT: /* deleted this moment */
		case DEVICE_CREATE_STORE_DOWN:
			break;
		}
		break;
	}
	return refuse_unavailable(rq, "could not store the request");
}

static enum oauth_error
post_device_authorization(struct request *rq)
{
	struct client client = {0};
	struct requested_access access;
	struct device_authorization device;
	const char *reason;
	enum oauth_error error;

	if (!rq->settings->device_authorization)
		return refuse(rq, OAUTH_NOT_FOUND,
		    "devices cannot be connected here");
	error = client_authenticated(rq, &client);
	if (error)
		return error;
	if (!text_has_word(client.grant_types, GRANT_TYPE_DEVICE_CODE))
		return refuse(rq, OAUTH_UNAUTHORIZED_CLIENT,
		    "the client may not use the device code grant");
	error = requested_access_settle(rq, &client, SCOPE, RESOURCE, &access,
	    &reason);
	if (error)
		return refuse(rq, error, reason);
	device = (struct device_authorization){
	    .client_id = client.client_id,
	    .scope = access.scope,
	    .resource = access.resource,
	    .interval_s = INTERVAL_S,
	    .expires_s = EXPIRES_S,
	};
	return keep(rq, &device);
}

static const char *const paths[] = {"/api/oauth/device_authorization", NULL};

static const struct endpoint device_authorization = {
    .name = "device_authorization",
    .paths = paths,
    .params = params,
    .post = post_device_authorization,
    .cors = CORS_ANY_ORIGIN,
    .fetches = true,
    .settings = SETTINGS_SERVER,
    .store_open = store_open,
    .store_close = store_close,
};

int
main(void)
{
	return endpoint_run(&device_authorization);
}
