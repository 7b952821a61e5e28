/* SPDX-License-Identifier: MIT */
#include "http/request_id.h"

#include <string.h>

#include "base/text.h"
#include "crypto/digest.h"

enum { UNIQUE_ID_MAX_BYTES = 64, RANDOM_BYTES = 12 };

/* It goes into logs, pages and a header as it stands. */
static bool
usable(const char *unique_id)
{
	return *unique_id && strlen(unique_id) <= UNIQUE_ID_MAX_BYTES &&
	    text_only(unique_id,
	        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	        "0123456789@-_.");
}

const char *
request_id_of(struct request *rq)
{
	const char *unique_id = request_variable(rq, "UNIQUE_ID");

	if (unique_id && usable(unique_id))
		return arena_strdup(rq->arena, unique_id);
	return random_text(rq->arena, RANDOM_BYTES);
}
