/* SPDX-License-Identifier: MIT */
/* floor_form.h - the last value of a form, which nothing follows. */
#ifndef BENCH_FLOOR_FORM_H
#define BENCH_FLOOR_FORM_H

#include <fcgiapp.h>

#include "floor.h"

enum { FLOOR_BODY_SIZE = 2048 };

/* What stands behind the name and "="; NULL without it.  It lies in the body. */
static inline const char *
floor_last_value(FCGX_Request *request, const char *name, char *body)
{
	int n = FCGX_GetStr(body, FLOOR_BODY_SIZE - 1, request->in);
	char *found;

	body[n > 0 ? n : 0] = '\0';
	found = strstr(body, name);
	return found ? found + strlen(name) : NULL;
}

#endif
