/* SPDX-License-Identifier: MIT */
#include "oauth/flow.h"

#include "base/log.h"
#include "crypto/encode.h"
#include "oauth/authorization_code.h"

enum { LOGGED_DIGITS = 16 };

static void
log_hex(struct request *rq, const char *key, const char *digest)
{
	log_text(key, arena_strndup(rq->arena, digest, LOGGED_DIGITS));
}

static void
log_digest(struct request *rq, const char *key, const struct sha256 *digest)
{
	log_hex(rq, key, hex_encode(rq->arena, digest->bytes, SHA256_BYTES));
}

void
flow_log_request(struct request *rq, const char *request_id)
{
	struct sha256 digest = sha256_of_text(
	    authorization_code_of(rq->arena, rq->settings, request_id));

	flow_log_code(rq, &digest);
}

void
flow_log_code(struct request *rq, const struct sha256 *code_digest)
{
	log_digest(rq, "request", code_digest);
}

void
flow_log_device(struct request *rq, const struct sha256 *device_code_digest)
{
	log_digest(rq, "device", device_code_digest);
}

void
flow_log_device_hex(struct request *rq, const char *device_code_digest)
{
	log_hex(rq, "device", device_code_digest);
}
