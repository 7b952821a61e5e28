/* SPDX-License-Identifier: MIT */
/*
 * refresh.c - the least that a refresh with rotation and reuse detection can
 * do: one call of a PL/pgSQL function that checks the client and keeps the
 * previous hash, and one Ed25519 signature.
 */
#include "floor_database.h"
#include "floor_form.h"
#include "floor_serve.h"

enum {
	VARIANT = sodium_base64_VARIANT_URLSAFE_NO_PADDING,
	TOKEN_BYTES = 48,
	TOKEN_LEN = 64, /* in base64url */
};

static PGconn *conn;
static unsigned char secret_key[crypto_sign_SECRETKEYBYTES];

/* The user of the session; NULL when the token was not good. */
static PGresult *
rotate(const char *token, const char *successor)
{
	char spent[FLOOR_HASH_SIZE], next[FLOOR_HASH_SIZE];
	const char *const values[] = {"client", spent, next};

	floor_hash(token, spent);
	floor_hash(successor, next);
	return floor_ask(conn, 3, values);
}

static void
sign(const char *user_id, char *ret, size_t size)
{
	char claims[512], text[768];
	unsigned char signature[crypto_sign_BYTES];
	size_t len;
	int n = snprintf(claims, sizeof(claims),
	    "{\"iss\":\"http://127.0.0.1:8080\",\"sub\":\"%s\","
	    "\"aud\":\"http://127.0.0.1:8080/mcp\",\"client_id\":\"client\","
	    "\"scope\":\"email profile\",\"iat\":1700000000,"
	    "\"exp\":1700003600,\"jti\":\"%s\"}",
	    user_id, user_id);

	(void)sodium_bin2base64(text, sizeof(text),
	    (const unsigned char *)claims, (size_t)n, VARIANT);
	len = (size_t)snprintf(ret, size, "eyJhbGciOiJFZERTQSJ9.%s", text);
	(void)crypto_sign_detached(signature, NULL, (unsigned char *)ret, len,
	    secret_key);
	ret[len++] = '.';
	(void)sodium_bin2base64(ret + len, size - len, signature,
	    sizeof(signature), VARIANT);
}

static void
answer(FCGX_Request *request)
{
	char body[FLOOR_BODY_SIZE], successor[TOKEN_LEN + 1];
	char access_token[1024];
	const char *token = floor_last_value(request, "refresh_token=", body);
	unsigned char random[TOKEN_BYTES];
	PGresult *result;

	randombytes_buf(random, sizeof(random));
	(void)sodium_bin2base64(successor, sizeof(successor), random,
	    sizeof(random), VARIANT);
	result = token && strlen(token) == TOKEN_LEN ? rotate(token, successor)
	                                             : NULL;
	if (!result) {
		FCGX_FPrintF(request->out, "Status: 400\r\n\r\n");
		return;
	}
	sign(PQgetvalue(result, 0, 0), access_token, sizeof(access_token));
	PQclear(result);
	FCGX_FPrintF(request->out,
	    "Status: 200\r\nContent-Type: application/json\r\n"
	    "Cache-Control: no-store\r\n\r\n"
	    "{\"access_token\":\"%s\",\"token_type\":\"Bearer\","
	    "\"expires_in\":3600,\"refresh_token\":\"%s\"}",
	    access_token, successor);
}

int
main(void)
{
	unsigned char public_key[crypto_sign_PUBLICKEYBYTES];

	if (sodium_init() < 0 ||
	    crypto_sign_keypair(public_key, secret_key) != 0)
		return 1;
	conn = floor_database("SELECT floor.rotate($1, $2, $3)");
	return floor_serve(answer);
}
