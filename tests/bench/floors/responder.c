/* SPDX-License-Identifier: MIT */
/* responder.c - the least a FastCGI responder can do: one fixed document. */
#include <fcgiapp.h>

#include "floor.h"

int
main(void)
{
	static char body[8192];
	FCGX_Request request;
	size_t len = floor_file("document", body, sizeof(body));

	if (FCGX_Init() != 0 || FCGX_InitRequest(&request, 0, 0) != 0)
		return 1;
	while (FCGX_Accept_r(&request) == 0) {
		(void)FCGX_PutS("Status: 200\r\n"
		                "Content-Type: application/json\r\n\r\n",
		    request.out);
		(void)FCGX_PutStr(body, (int)len, request.out);
		FCGX_Finish_r(&request);
	}
	return 0;
}
