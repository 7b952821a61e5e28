/* SPDX-License-Identifier: MIT */
#include "oauth/access_token.h"

#include <string.h>

#include "base/log.h"
#include "base/text.h"
#include "crypto/keyring.h"
#include "oauth/claims.h"
#include "oauth/dpop.h"

static const char at_jwt[] = "at+jwt";

/* MCP_SERVER_AUDIENCE stands for the only resource. */
static const char *
audience_of(const struct settings *settings, const char *uri)
{
	return settings->mcp_server_audience &&
	        text_equal(uri, settings->mcp_resources[0].uri)
	    ? settings->mcp_server_audience
	    : uri;
}

/* With openid granted the token is good at the userinfo endpoint too. */
static void
add_audience(struct arena *arena, struct json_object *claims,
    const struct settings *settings, const struct access_token *token)
{
	const char *resource = audience_of(settings, token->aud);
	const char *userinfo;
	struct json_object *list;

	if (!settings->openid || !text_has_word(token->scope, "openid")) {
		json_add_string(claims, "aud", resource);
		return;
	}
	userinfo = access_token_userinfo(arena, settings);
	list = json_new_array();
	json_append_string(list, resource, strlen(resource));
	json_append_string(list, userinfo, strlen(userinfo));
	json_add(claims, "aud", list);
}

void
access_token_add_confirmation(struct json_object *claims,
    const struct access_token *token)
{
	struct json_object *cnf;

	if (!token->jkt)
		return;
	cnf = json_new_object();
	json_add_string(cnf, "jkt", token->jkt);
	json_add(claims, "cnf", cnf);
}

const char *
access_token_userinfo(struct arena *arena, const struct settings *settings)
{
	return arena_printf(arena, "%s" USERINFO_PATH,
	    settings->oauth_base_url);
}

const char *
access_token_sign(struct arena *arena, const struct settings *settings,
    const struct access_token *token)
{
	AUTO_JSON *claims = json_new_object();
	struct jwt_key key;
	const char *fault;

	json_add_string(claims, "iss", settings->oauth_issuer);
	json_add_string(claims, "sub", token->sub);
	add_audience(arena, claims, settings, token);
	json_add_string(claims, "client_id", token->client_id);
	if (*token->scope)
		json_add_string(claims, "scope", token->scope);
	json_add_int64(claims, "iat", token->iat_s);
	json_add_int64(claims, "exp", token->exp_s);
	json_add_string(claims, "jti", token->jti);
	json_add_string(claims, "sid", token->sid);
	json_add_string(claims, "email", token->email);
	access_token_add_confirmation(claims, token);
	if (!keyring_signing_key(arena, settings, token->iat_s, &key, &fault)) {
		log_text("fault", fault);
		return NULL;
	}
	return jwt_sign(arena, &key, at_jwt, claims);
}

/* A token that is bound in a way not known here must not pass for an unbound
 * one (RFC 7800 s3.1). */
static bool
read_confirmation(struct arena *arena, struct json_object *claims,
    struct access_token *ret)
{
	struct json_object *cnf = NULL;

	if (!json_object_object_get_ex(claims, "cnf", &cnf))
		return true;
	if (!json_object_is_type(cnf, json_type_object) ||
	    json_object_object_length(cnf) != 1)
		return false;
	ret->jkt = claims_text(arena, cnf, "jkt");
	return ret->jkt && dpop_jkt_allowed(ret->jkt);
}

static bool
read_claims(struct arena *arena, struct json_object *claims,
    struct access_token *ret)
{
	ret->sub = claims_text(arena, claims, "sub");
	ret->client_id = claims_text(arena, claims, "client_id");
	ret->scope = claims_text(arena, claims, "scope");
	if (!ret->scope && !json_object_object_get_ex(claims, "scope", NULL))
		ret->scope = ""; /* a machine's may be without */
	ret->sid = claims_text(arena, claims, "sid");
	ret->jti = claims_text(arena, claims, "jti");
	ret->email = claims_text(arena, claims, "email");
	return ret->sub && ret->client_id && ret->scope && ret->sid &&
	    ret->jti && read_confirmation(arena, claims, ret) &&
	    claims_time(claims, "exp", &ret->exp_s) &&
	    claims_time(claims, "iat", &ret->iat_s);
}

static enum access_token_result
judge_times(struct json_object *claims, const struct access_token *token,
    int64_t now_s)
{
	if (claims_early(claims, now_s))
		return ACCESS_TOKEN_EARLY;
	return token->exp_s <= now_s ? ACCESS_TOKEN_EXPIRED : ACCESS_TOKEN_GOOD;
}

/* Header, signature, issuer and the shape of the claims, which the caller
 * owns. */
static enum access_token_result
verify(struct arena *arena, const struct settings *settings, const char *token,
    const struct jwt_key *keys, size_t n_keys, struct json_object **claims,
    struct access_token *ret)
{
	const char *iss;

	switch (jwt_verify(arena, token, at_jwt, keys, n_keys, claims)) {
	case JWT_MALFORMED:
	case JWT_HEADER:
		return ACCESS_TOKEN_MALFORMED;
	case JWT_KEY_UNKNOWN:
		return ACCESS_TOKEN_KEY_UNKNOWN;
	case JWT_SIGNATURE:
		return ACCESS_TOKEN_SIGNATURE;
	case JWT_GOOD:
		break;
	}
	if (!*claims)
		return ACCESS_TOKEN_MALFORMED;
	iss = json_string(*claims, "iss");
	if (!iss || !text_equal(iss, settings->oauth_issuer))
		return ACCESS_TOKEN_ISSUER;
	return read_claims(arena, *claims, ret) ? ACCESS_TOKEN_GOOD
	                                        : ACCESS_TOKEN_MALFORMED;
}

enum access_token_result
access_token_judge(struct arena *arena, const struct settings *settings,
    const char *token, const struct jwt_key *keys, size_t n_keys,
    const char *audience, int64_t now_s, struct access_token *ret)
{
	AUTO_JSON *claims = NULL;
	struct access_token judged = {0};
	enum access_token_result result;

	result = verify(arena, settings, token, keys, n_keys, &claims, &judged);
	if (result != ACCESS_TOKEN_GOOD)
		return result;
	judged.aud = audience;
	if (!claims_aud_holds(claims, audience_of(settings, audience)))
		return ACCESS_TOKEN_AUDIENCE;
	result = judge_times(claims, &judged, now_s);
	if (result == ACCESS_TOKEN_GOOD)
		*ret = judged;
	return result;
}

/* The resource of ours that the token is for, or NULL. */
static const char *
resource_of(const struct settings *settings, struct json_object *claims)
{
	size_t i;

	for (i = 0; i < settings->n_mcp_resources; i++)
		if (claims_aud_holds(claims,
		        audience_of(settings, settings->mcp_resources[i].uri)))
			return settings->mcp_resources[i].uri;
	return NULL;
}

enum access_token_result
access_token_judge_any(struct arena *arena, const struct settings *settings,
    const char *token, const struct jwt_key *keys, size_t n_keys, int64_t now_s,
    struct access_token *ret)
{
	AUTO_JSON *claims = NULL;
	struct access_token judged = {0};
	enum access_token_result result;

	result = verify(arena, settings, token, keys, n_keys, &claims, &judged);
	if (result != ACCESS_TOKEN_GOOD)
		return result;
	judged.aud = resource_of(settings, claims);
	if (!judged.aud)
		return ACCESS_TOKEN_AUDIENCE;
	result = judge_times(claims, &judged, now_s);
	if (result == ACCESS_TOKEN_GOOD || result == ACCESS_TOKEN_EXPIRED)
		*ret = judged;
	return result;
}

const char *
access_token_reason(enum access_token_result result)
{
	static const char *const reasons[] = {
	    [ACCESS_TOKEN_GOOD] = "good",
	    [ACCESS_TOKEN_MALFORMED] = "the access token is malformed",
	    [ACCESS_TOKEN_KEY_UNKNOWN] =
	        "no key of ours signed the access token",
	    [ACCESS_TOKEN_SIGNATURE] = "the access token's signature is wrong",
	    [ACCESS_TOKEN_ISSUER] = "the access token is of another issuer",
	    [ACCESS_TOKEN_AUDIENCE] =
	        "the access token is for another resource",
	    [ACCESS_TOKEN_EXPIRED] = "the access token expired",
	    [ACCESS_TOKEN_EARLY] = "the access token is not valid yet",
	};

	return reasons[result];
}
