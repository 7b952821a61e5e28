/* SPDX-License-Identifier: MIT */
/* authorizer.c - an authorizer that verifies an Ed25519 signature of a JWT by
 * one key, and looks at no claim. */
#include <fcgiapp.h>

#include "floor_jwt.h"

static unsigned char key[crypto_sign_PUBLICKEYBYTES];

static int
good(const char *authorization)
{
	return authorization &&
	    strncmp(authorization, "Bearer ", strlen("Bearer ")) == 0 &&
	    floor_jwt_good(authorization + strlen("Bearer "), key);
}

int
main(void)
{
	FCGX_Request request;

	floor_key(key);
	if (FCGX_Init() != 0 || FCGX_InitRequest(&request, 0, 0) != 0)
		return 1;
	while (FCGX_Accept_r(&request) == 0) {
		(void)FCGX_PutS(good(FCGX_GetParam("HTTP_AUTHORIZATION",
		                    request.envp))
		        ? "Status: 200\r\nVariable-MCP_SUBJECT: nobody\r\n\r\n"
		        : "Status: 401\r\n\r\n",
		    request.out);
		FCGX_Finish_r(&request);
	}
	return 0;
}
