/* SPDX-License-Identifier: MIT */
#include "oauth/client_auth.h"

#include <string.h>
#include <strings.h>

#include "base/log.h"
#include "base/text.h"
#include "base/uri.h"
#include "crypto/encode.h"
#include "oauth/client_assertion.h"
#include "oauth/client_document.h"

static const char basic[] = "client_secret_basic";

static enum oauth_error
refuse_basic(struct request *rq, const char *reason)
{
	struct client_credentials client = {.method = basic};

	log_text("reason", reason);
	return client_auth_refuse(rq, &client);
}

static void
set_secret(struct client_credentials *client, const char *method,
    const char *secret)
{
	if (!secret || !*secret)
		return; /* an empty secret is none */
	client->method = method;
	client->has_secret = true;
	client->client_secret_digest = sha256_of_text(secret);
}

/* RFC 7617, with both halves form-encoded (RFC 6749 s2.3.1).  Ids and secrets
 * of ours hold nothing that decoding would change, so raw ones work as well. */
static enum oauth_error
parse_basic(struct request *rq, const char *header,
    struct client_credentials *ret)
{
	const char *encoded = header + strcspn(header, " ");
	char *pair, *colon;
	const char *secret;

	encoded += strspn(encoded, " ");
	pair = base64_decode_text(rq->arena, encoded);
	colon = pair ? strchr(pair, ':') : NULL;
	if (!colon)
		return refuse_basic(rq,
		    "the Authorization header is malformed");
	*colon = '\0';
	ret->client_id = uri_decode(rq->arena, pair, strlen(pair), true);
	if (!ret->client_id || !*ret->client_id)
		return refuse_basic(rq,
		    "the Authorization header names no client");
	secret = uri_decode(rq->arena, colon + 1, strlen(colon + 1), true);
	if (!secret) /* one that cannot be read is not as if absent */
		return refuse_basic(rq,
		    "the Authorization header is malformed");
	set_secret(ret, basic, secret);
	return OAUTH_OK;
}

static enum oauth_error
parse_header(struct request *rq, struct client_credentials *ret)
{
	const char *header = request_authorization(rq);

	if (!header)
		return OAUTH_OK;
	if (strncasecmp(header, "Basic ", 6) != 0)
		return refuse_basic(rq,
		    "the Authorization scheme is not Basic");
	return parse_basic(rq, header, ret);
}

/* RFC 7521 s4.2. */
static enum oauth_error
parse_assertion(struct request *rq, const char *client_id,
    struct client_credentials *client)
{
	static const char jwt_bearer[] =
	    "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
	const char *assertion = request_param_named(rq, "client_assertion");
	const char *type = request_param_named(rq, "client_assertion_type");

	if (!assertion && !type)
		return OAUTH_OK;
	if (client->client_id || request_param_named(rq, "client_secret"))
		return refuse(rq, OAUTH_INVALID_REQUEST,
		    "the client authenticates by two methods at once");
	if (!assertion || !type || !text_equal(type, jwt_bearer))
		return refuse(rq, OAUTH_INVALID_CLIENT,
		    "client_assertion and client_assertion_type "
		    "urn:ietf:params:oauth:client-assertion-type:jwt-bearer "
		    "belong together");
	switch (client_assertion_check(rq, assertion, client_id, client)) {
	case CLIENT_ASSERTION_GOOD:
		return OAUTH_OK;
	case CLIENT_ASSERTION_REFUSED:
		return client_auth_refuse(rq, client);
	case CLIENT_ASSERTION_STORE_DOWN:
		break;
	}
	return refuse_unavailable(rq, "could not reach the session store");
}

enum oauth_error
client_auth(struct request *rq, struct client_credentials *ret)
{
	struct client_credentials client = {.method = "none"};
	const char *client_id = request_param_named(rq, "client_id");
	const char *client_secret = request_param_named(rq, "client_secret");
	enum oauth_error error = parse_header(rq, &client);

	if (!error)
		error = parse_assertion(rq, client_id, &client);
	if (error)
		return error;
	if (client.client_id && client_secret)
		return refuse(rq, OAUTH_INVALID_REQUEST,
		    "the client authenticates by two methods at once");
	if (client.client_id && client_id &&
	    !text_equal(client.client_id, client_id))
		return refuse(rq, OAUTH_INVALID_REQUEST,
		    "client_id differs from the Authorization header");
	if (client_secret && !client_id)
		return refuse(rq, OAUTH_INVALID_REQUEST,
		    "client_secret without client_id");
	if (client_id)
		client.client_id = client_id;
	set_secret(&client, "client_secret_post", client_secret);
	log_text("client_id", client.client_id);
	if (client.client_id &&
	    client_document_kept_out(rq->arena, rq->settings,
	        client.client_id)) {
		log_text("reason", "the client's host is not let in");
		return client_auth_refuse(rq, &client);
	}
	*ret = client;
	return OAUTH_OK;
}

enum oauth_error
client_auth_refuse(struct request *rq, const struct client_credentials *client)
{
	if (text_equal(client->method, basic))
		reply_header(rq, "WWW-Authenticate",
		    "Basic realm=\"mcp-oauth\", charset=\"UTF-8\"");
	return refuse(rq, OAUTH_INVALID_CLIENT,
	    "the client is unknown or its credentials are wrong; a public "
	    "client sends no client_secret");
}
