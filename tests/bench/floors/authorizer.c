/* SPDX-License-Identifier: MIT */
/* authorizer.c - an authorizer that verifies an Ed25519 signature of a JWT by
 * one key, and looks at no claim. */
#include <fcgiapp.h>
#include <sodium.h>

#include "floor.h"

enum { VARIANT = sodium_base64_VARIANT_URLSAFE_NO_PADDING };

static unsigned char key[crypto_sign_PUBLICKEYBYTES];

static int
good(const char *authorization)
{
	unsigned char signature[crypto_sign_BYTES];
	const char *token = authorization ? authorization + strlen("Bearer ")
	                                  : "";
	const char *dot = strrchr(token, '.');
	size_t len;

	return dot &&
	    sodium_base642bin(signature, sizeof(signature), dot + 1,
	        strlen(dot + 1), NULL, &len, NULL, VARIANT) == 0 &&
	    len == sizeof(signature) &&
	    crypto_sign_verify_detached(signature, (const unsigned char *)token,
	        (unsigned long long)(dot - token), key) == 0;
}

int
main(void)
{
	char text[64];
	FCGX_Request request;
	size_t len = floor_file("key", text, sizeof(text));

	if (sodium_init() < 0 ||
	    sodium_base642bin(key, sizeof(key), text, len, NULL, NULL, NULL,
	        VARIANT) != 0 ||
	    FCGX_Init() != 0 || FCGX_InitRequest(&request, 0, 0) != 0)
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
