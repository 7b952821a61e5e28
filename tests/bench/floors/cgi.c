/* SPDX-License-Identifier: MIT */
/* cgi.c - hello world as plain CGI, with a database connection of its own. */
#include <libpq-fe.h>

#include "floor.h"

int
main(void)
{
	char url[512];
	PGconn *conn;
	PGresult *result;

	(void)floor_file("database", url, sizeof(url));
	conn = PQconnectdb(url);
	result = PQexec(conn, "SELECT 'hello'");
	(void)printf("Status: %d\r\nContent-Type: text/plain\r\n\r\n%s",
	    PQntuples(result) == 1 ? 200 : 503,
	    PQntuples(result) == 1 ? PQgetvalue(result, 0, 0) : "");
	PQclear(result);
	PQfinish(conn);
	return 0;
}
