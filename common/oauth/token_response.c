/* SPDX-License-Identifier: MIT */
#include "oauth/token_response.h"

#include <time.h>

#include "base/log.h"
#include "base/text.h"
#include "crypto/digest.h"
#include "crypto/keyring.h"
#include "http/refuse.h"
#include "oauth/access_token.h"
#include "oauth/id_token.h"

enum { JTI_BYTES = 16 };

static const char no_key[] = "tokens cannot be signed at this moment";

static const char *
sign(struct request *rq, const struct client_credentials *client,
    const struct session_grant *grant)
{
	struct access_token token = {
	    .sub = grant->user_id ? grant->user_id : grant->client_id,
	    .client_id = grant->client_id,
	    .scope = grant->scope,
	    .sid = grant->session_id,
	    .jti = random_text(rq->arena, JTI_BYTES),
	    .aud = grant->resource,
	    .email = text_has_word(grant->scope, "email") ? grant->email : NULL,
	    .jkt = client->dpop_jkt,
	    .iat_s = grant->now_s,
	    .exp_s = grant->now_s + rq->settings->access_token_expires_s,
	};

	log_text("jti", token.jti);
	return access_token_sign(rq->arena, rq->settings, &token);
}

/* After a person signed in, not at a refresh. */
static bool
id_token_due(struct request *rq, const struct session_grant *grant)
{
	return rq->settings->openid && grant->signed_in &&
	    text_has_word(grant->scope, "openid");
}

enum oauth_error
token_response_possible(struct request *rq)
{
	struct jwt_key key;
	const char *fault;

	if (keyring_signing_key(rq->arena, rq->settings, time(NULL), &key,
	        &fault) &&
	    (!rq->settings->openid ||
	        keyring_id_token_key(rq->settings, &key, &fault)))
		return OAUTH_OK;
	log_text("fault", fault);
	return refuse_unavailable(rq, no_key);
}

enum oauth_error
token_response(struct request *rq, const struct client_credentials *client,
    const struct session_grant *grant, const char *refresh_token)
{
	AUTO_JSON *o = json_new_object();
	const char *access_token = sign(rq, client, grant), *id_token = NULL;

	log_text("client_id", grant->client_id);
	log_text("user_id", grant->user_id);
	log_text("session_id", grant->session_id);
	if (access_token && id_token_due(rq, grant)) {
		id_token = id_token_sign(rq->arena, rq->settings, grant,
		    access_token);
		if (!id_token)
			return refuse_unavailable(rq, no_key);
	}
	if (!access_token)
		return refuse_unavailable(rq, no_key);
	log_event("token issued");
	json_add_string(o, "access_token", access_token);
	json_add_string(o, "token_type", client->dpop_jkt ? "DPoP" : "Bearer");
	json_add_int64(o, "expires_in", rq->settings->access_token_expires_s);
	json_add_string(o, "refresh_token", refresh_token);
	json_add_string(o, "id_token", id_token);
	if (*grant->scope)
		json_add_string(o, "scope", grant->scope);
	return reply_json(rq, 200, o);
}
