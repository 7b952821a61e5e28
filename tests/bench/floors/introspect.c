/* SPDX-License-Identifier: MIT */
/*
 * introspect.c - the least that an introspection can do: one Ed25519 signature
 * verified, and one look of a PL/pgSQL function at client and session.
 */
#include "floor_database.h"
#include "floor_form.h"
#include "floor_jwt.h"
#include "floor_serve.h"

static PGconn *conn;
static unsigned char key[crypto_sign_PUBLICKEYBYTES];

static void
answer(FCGX_Request *request)
{
	char body[FLOOR_BODY_SIZE], hash[FLOOR_HASH_SIZE];
	const char *token = floor_last_value(request, "&token=", body);
	const char *const values[] = {"client", hash};
	PGresult *result = NULL;

	if (token && floor_jwt_good(token, key)) {
		floor_hash(token, hash);
		result = floor_ask(conn, 2, values);
	}
	FCGX_FPrintF(request->out,
	    "Status: 200\r\nContent-Type: application/json\r\n"
	    "Cache-Control: no-store\r\n\r\n"
	    "{\"active\":%s,\"sub\":\"%s\",\"scope\":\"email profile\"}",
	    result ? "true" : "false", result ? PQgetvalue(result, 0, 0) : "");
	PQclear(result);
}

int
main(void)
{
	floor_key(key);
	conn = floor_database("SELECT floor.look($1, $2)");
	return floor_serve(answer);
}
