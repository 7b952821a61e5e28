/* SPDX-License-Identifier: MIT */
#include "oauth/token_response.h"

#include "base/log.h"
#include "base/text.h"
#include "crypto/digest.h"
#include "oauth/access_token.h"

enum { JTI_BYTES = 16 };

static const char *
sign(struct request *rq, const struct session_grant *grant)
{
	struct access_token token = {
	    .sub = grant->user_id,
	    .client_id = grant->client_id,
	    .scope = grant->scope,
	    .sid = grant->session_id,
	    .jti = random_text(rq->arena, JTI_BYTES),
	    .aud = grant->resource,
	    .email = text_has_word(grant->scope, "email") ? grant->email : NULL,
	    .iat_s = grant->now_s,
	    .exp_s = grant->now_s + rq->settings->access_token_expires_s,
	};

	log_text("jti", token.jti);
	return access_token_sign(rq->arena, rq->settings, &token);
}

enum oauth_error
token_response(struct request *rq, const struct session_grant *grant,
    const char *refresh_token)
{
	AUTO_JSON *o = json_object_new_object();

	log_text("client_id", grant->client_id);
	log_text("user_id", grant->user_id);
	log_text("session_id", grant->session_id);
	json_add_string(o, "access_token", sign(rq, grant));
	json_add_string(o, "token_type", "Bearer");
	json_add_int64(o, "expires_in", rq->settings->access_token_expires_s);
	json_add_string(o, "refresh_token", refresh_token);
	json_add_string(o, "scope", grant->scope);
	return reply_json(rq, 200, o);
}
