/* SPDX-License-Identifier: MIT */
/* authorizer.c - an authorizer that verifies an Ed25519 signature of a JWT by
 * one key, and looks at no claim. */
#include "floor_jwt.h"
#include "floor_serve.h"

static unsigned char key[crypto_sign_PUBLICKEYBYTES];

static int
good(const char *authorization)
{
	return authorization &&
	    strncmp(authorization, "Bearer ", strlen("Bearer ")) == 0 &&
	    floor_jwt_good(authorization + strlen("Bearer "), key);
}

static void
answer(FCGX_Request *request)
{
	(void)FCGX_PutS(good(FCGX_GetParam("HTTP_AUTHORIZATION", request->envp))
	        ? "Status: 200\r\nVariable-MCP_SUBJECT: nobody\r\n\r\n"
	        : "Status: 401\r\n\r\n",
	    request->out);
}

int
main(void)
{
	floor_key(key);
	return floor_serve(answer);
}
