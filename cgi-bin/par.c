/* SPDX-License-Identifier: MIT */
/*
 * par.c - the pushed authorization request endpoint (RFC 9126).
 *
 * POST the parameters of an authorization request and the client's
 * authentication: 201 with a request_uri that authorize takes once, from this
 * client, within expires_in seconds.  Whatever authorize would refuse is
 * refused here, with the same code.  PUSHED_AUTHORIZATION_REQUESTS=off: 404.
 */
#include "base/log.h"
#include "base/text.h"
#include "oauth/authorization_request.h"
#include "oauth/client_authenticated.h"
#include "oauth/dpop_endpoint.h"
#include "oauth/request_uri.h"
#include "store/pushed_request.h"

enum { CLIENT_SECRET = N_AUTHORIZATION_PARAMS, REQUEST_URI };

enum {
	REQUEST_URI_EXPIRES_S = 90,    /* s2.2: 5 to 600 */
	PAR_BODY_MAX_BYTES = 32 << 10, /* each is stored for a while */
};

static const struct param params[] = {
    AUTHORIZATION_REQUEST_PARAMS,
    [CLIENT_SECRET] = {"client_secret", PARAM_OPTIONAL},
    [REQUEST_URI] = {"request_uri", PARAM_OPTIONAL},
    {0},
};

static enum oauth_error
answer_created(struct request *rq, const char *request_uri)
{
	AUTO_JSON *o = json_new_object();

	json_add_string(o, "request_uri", request_uri);
	json_add_int64(o, "expires_in", REQUEST_URI_EXPIRES_S);
	return reply_json(rq, 201, o);
}

/* A proof says the same as dpop_jkt (RFC 9449 s10.1). */
static enum oauth_error
bind_code(struct request *rq, const struct dpop_proof *proof,
    struct authorization_request *request)
{
	if (!proof->jkt)
		return OAUTH_OK;
	if (request->dpop_jkt && !text_equal(request->dpop_jkt, proof->jkt))
		return refuse(rq, OAUTH_INVALID_DPOP_PROOF,
		    "dpop_jkt is not the DPoP proof's key");
	request->dpop_jkt = proof->jkt;
	return dpop_header_take(rq, proof);
}

static enum oauth_error
keep(struct request *rq, const struct authorization_request *request)
{
	const char *request_uri = request_uri_draw(rq);
	struct sha256 digest = sha256_of_text(request_uri);

	switch (pushed_request_create(rq->store, rq->arena, &digest, request,
	    REQUEST_URI_EXPIRES_S)) {
	case PUSHED_CREATED:
		return answer_created(rq, request_uri);
	case PUSHED_UNKNOWN_CLIENT: /* deleted this moment */
	case PUSHED_CREATE_STORE_DOWN:
		break;
	}
	return refuse_unavailable(rq, "could not store the request");
}

static enum oauth_error
post_par(struct request *rq)
{
	struct authorization_request request;
	struct authorization_fault fault;
	struct client client = {0};
	struct dpop_proof proof;
	enum oauth_error error;

	if (!rq->settings->pushed_authorization_requests)
		return refuse(rq, OAUTH_NOT_FOUND,
		    "authorization requests cannot be pushed here");
	if ((error = dpop_header_judge(rq, &proof)) ||
	    (error = client_authenticated(rq, &client)))
		return error;
	if (request_param(rq, REQUEST_URI)) /* s2.1 */
		return refuse(rq, OAUTH_INVALID_REQUEST,
		    "request_uri must not be pushed");
	if (!authorization_request_read(rq, &client, &request, &fault))
		return refuse(rq, fault.error, fault.reason);
	error = bind_code(rq, &proof, &request);
	return error ? error : keep(rq, &request);
}

static const char *const paths[] = {"/api/oauth/par", NULL};

static const struct endpoint par = {
    .name = "par",
    .paths = paths,
    .params = params,
    .post = post_par,
    .body_max_bytes = PAR_BODY_MAX_BYTES,
    .cors = CORS_ANY_ORIGIN,
    .fetches = true,
    .settings = SETTINGS_SERVER,
    .store_open = store_open,
    .store_close = store_close,
};

int
main(void)
{
	return endpoint_run(&par);
}
