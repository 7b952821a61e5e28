/* SPDX-License-Identifier: MIT */
/* origin.h - which request this thread is at, and whose: for the rows that the
 * database writes about it. */
#ifndef BASE_ORIGIN_H
#define BASE_ORIGIN_H

struct origin {
	const char *request_id; /* as in the logs */
	const char *remote;     /* address; NULL when it is not known */
};

/* From now on; the strings are not copied.  NULL: at no request. */
void origin_set(const struct origin *origin);

/* NULL at no request: a command, or a thread beside the loop. */
const struct origin *origin_get(void);

#endif
