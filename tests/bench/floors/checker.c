/* SPDX-License-Identifier: MIT */
/* checker.c - an authorizer that always says yes. */
#include "floor_serve.h"

static void
answer(FCGX_Request *request)
{
	static const char yes[] = "Status: 200\r\n"
	                          "Variable-MCP_SUBJECT: nobody\r\n\r\n";

	(void)FCGX_PutStr(yes, sizeof(yes) - 1, request->out);
}

int
main(void)
{
	return floor_serve(answer);
}
