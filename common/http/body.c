/* SPDX-License-Identifier: MIT */
#include "http/body.h"

#include <string.h>
#include <strings.h>

#include "base/text.h"

enum { READ_BYTES = 8192 };

/* What the client announced; false for none or nonsense, which is as none. */
static bool
announced(struct request *rq, int64_t *ret)
{
	const char *length = request_variable(rq, "CONTENT_LENGTH");

	return length && text_to_int64(length, INT64_MAX, ret);
}

static enum body_result
read_to_end(struct request *rq, size_t ceiling_bytes)
{
	struct buf body = buf_in(rq->arena);
	char *piece = arena_alloc(rq->arena, READ_BYTES);
	size_t n;

	while ((n = io_read(rq->io, piece, READ_BYTES)) > 0) {
		if (n > ceiling_bytes - body.len)
			return BODY_TOO_LARGE;
		buf_add_n(&body, piece, n);
	}
	rq->body = buf_text(&body);
	rq->body_bytes = body.len;
	return BODY_READ;
}

static enum body_result
read_announced(struct request *rq, size_t bytes)
{
	char *body = arena_alloc(rq->arena, bytes + 1);
	size_t have = 0, n;

	while (have < bytes) {
		n = io_read(rq->io, body + have, bytes - have);
		if (n == 0)
			return BODY_CUT;
		have += n;
	}
	rq->body = body;
	rq->body_bytes = bytes;
	return BODY_READ;
}

enum body_result
body_read(struct request *rq, size_t ceiling_bytes)
{
	int64_t length;

	if (!announced(rq, &length))
		return read_to_end(rq, ceiling_bytes);
	if (length > (int64_t)ceiling_bytes)
		return BODY_TOO_LARGE;
	return read_announced(rq, (size_t)length);
}

bool
body_is(struct request *rq, const char *media_type)
{
	const char *type = request_variable(rq, "CONTENT_TYPE");
	size_t len = strlen(media_type);

	if (!type)
		return false;
	type += strspn(type, " \t");
	return strncasecmp(type, media_type, len) == 0 &&
	    strchr("; \t", type[len]) != NULL;
}
