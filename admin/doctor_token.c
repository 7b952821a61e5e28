/* SPDX-License-Identifier: MIT */
/* doctor_token.c - a token of nobody's, to see whether guards take it. */
#include <time.h>

#include "crypto/digest.h"
#include "doctor.h"
#include "oauth/access_token.h"

enum { TOKEN_LIVES_S = 60, JTI_BYTES = 16 };

const char *
doctor_token(struct doctor *doctor, const struct resource_setting *resource,
    const char *scope)
{
	struct access_token token = {
	    .sub = "mcp-oauth-doctor",
	    .client_id = "mcp-oauth-doctor",
	    .scope = scope,
	    .sid = random_uuid(doctor->arena),
	    .jti = random_text(doctor->arena, JTI_BYTES),
	    .aud = resource->uri,
	    .iat_s = time(NULL),
	};

	token.exp_s = token.iat_s + TOKEN_LIVES_S;
	return access_token_sign(doctor->arena, doctor->server, &token);
}
