/* SPDX-License-Identifier: MIT */
/* responder.c - the least a FastCGI responder can do: one fixed document. */
#include "floor.h"
#include "floor_serve.h"

static char body[8192];
static size_t len;

static void
answer(FCGX_Request *request)
{
	(void)FCGX_PutS("Status: 200\r\n"
	                "Content-Type: application/json\r\n\r\n",
	    request->out);
	(void)FCGX_PutStr(body, (int)len, request->out);
}

int
main(void)
{
	len = floor_file("document", body, sizeof(body));
	return floor_serve(answer);
}
