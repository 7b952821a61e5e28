/* SPDX-License-Identifier: MIT */
/* checker.c - an authorizer that always says yes. */
#include <fcgiapp.h>

#include "floor.h"

int
main(void)
{
	static const char yes[] = "Status: 200\r\n"
	                          "Variable-MCP_SUBJECT: nobody\r\n\r\n";
	FCGX_Request request;

	if (FCGX_Init() != 0 || FCGX_InitRequest(&request, 0, 0) != 0)
		return 1;
	while (FCGX_Accept_r(&request) == 0) {
		(void)FCGX_PutStr(yes, sizeof(yes) - 1, request.out);
		FCGX_Finish_r(&request);
	}
	return 0;
}
