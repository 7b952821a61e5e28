/* SPDX-License-Identifier: MIT */
#include "oauth/client_authenticated.h"

#include "oauth/client_assertion.h"
#include "oauth/client_auth.h"
#include "oauth/client_document.h"

static enum oauth_error
refuse_unreachable(struct request *rq)
{
	return refuse_unavailable(rq, "could not reach the database");
}

static enum oauth_error
find(struct request *rq, const struct client_credentials *client,
    struct client *ret)
{
	const char *reason;

	switch (client_find(rq, client->client_id, ret, &reason)) {
	case CLIENT_FOUND:
		return OAUTH_OK;
	case CLIENT_FIND_UNKNOWN:
		return client_auth_refuse(rq, client);
	case CLIENT_FIND_REFUSED:
		return refuse(rq, OAUTH_INVALID_CLIENT, reason);
	case CLIENT_FIND_AWAY:
		return refuse_unavailable(rq, reason);
	case CLIENT_FIND_STORE_DOWN:
		break;
	}
	return refuse_unreachable(rq);
}

static enum oauth_error
check(struct request *rq, const struct client_credentials *client)
{
	switch (client_check(rq->store, rq->arena, client)) {
	case CLIENT_OK:
		return OAUTH_OK;
	case CLIENT_UNKNOWN:
	case CLIENT_REFUSED:
		return client_auth_refuse(rq, client);
	case CLIENT_STORE_DOWN:
		break;
	}
	return refuse_unreachable(rq);
}

enum oauth_error
client_authenticated_meet(struct request *rq)
{
	const char *assertion = request_param_named(rq, "client_assertion");
	struct client_credentials client = {
	    .client_id = request_param_named(rq, "client_id"),
	    .method = "none",
	};
	struct client found;

	if (!client.client_id && assertion)
		client.client_id = client_assertion_subject(rq, assertion);
	if (!client.client_id || !client_document_claimed(client.client_id))
		return OAUTH_OK;
	return find(rq, &client, &found);
}

enum oauth_error
client_authenticated(struct request *rq, struct client *ret)
{
	struct client_credentials client;
	enum oauth_error error;

	if ((error = client_authenticated_meet(rq)) ||
	    (error = client_auth(rq, &client)))
		return error;
	if (!client.client_id)
		return refuse(rq, OAUTH_INVALID_REQUEST,
		    "missing parameter: client_id");
	error = find(rq, &client, ret);
	return error ? error : check(rq, &client);
}
