/* SPDX-License-Identifier: MIT */
/* floor_serve.h - the loop of a floor that is a FastCGI program. */
#ifndef BENCH_FLOOR_SERVE_H
#define BENCH_FLOOR_SERVE_H

#include <fcgiapp.h>

/* Answer one request after the other, to the end; what main() returns. */
static inline int
floor_serve(void (*answer)(FCGX_Request *request))
{
	FCGX_Request request;

	if (FCGX_Init() != 0 || FCGX_InitRequest(&request, 0, 0) != 0)
		return 1;
	while (FCGX_Accept_r(&request) == 0) {
		answer(&request);
		FCGX_Finish_r(&request);
	}
	return 0;
}

#endif
