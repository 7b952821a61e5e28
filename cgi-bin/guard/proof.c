/* SPDX-License-Identifier: MIT */
#include "proof.h"

#include <limits.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "base/shared_file.h"
#include "oauth/dpop_nonce.h"

static struct {
	struct seen *used;
	char key_path[PATH_MAX];
	int key_file; /* -1: not open */
	struct sha256 key;
} state = {.key_file = -1};

/* ---- nonces ---- */

static void
forget_key(void)
{
	if (state.key_file >= 0)
		(void)close(state.key_file);
	state.key_file = -1;
}

static bool
load_key(void)
{
	unsigned char drawn[SHA256_BYTES];

	random_bytes(drawn, sizeof(drawn));
	state.key_file = shared_file_open(state.key_path, sizeof(drawn), drawn);
	if (state.key_file < 0)
		return false;
	if (pread(state.key_file, state.key.bytes, SHA256_BYTES, 0) ==
	    SHA256_BYTES)
		return true;
	forget_key();
	return false;
}

/* NULL when STATE_DIRECTORY cannot be written. */
static const struct sha256 *
nonce_key(void)
{
	if (state.key_file >= 0 && !shared_file_there(state.key_file))
		forget_key();
	return state.key_file >= 0 || load_key() ? &state.key : NULL;
}

const char *
proof_nonce(struct request *rq)
{
	const struct sha256 *key = nonce_key();

	return key ? dpop_nonce(rq->arena, key, time(NULL)) : NULL;
}

/* ---- requests ---- */

void
proof_use(const char *state_directory)
{
	char path[PATH_MAX];

	forget_key();
	(void)snprintf(state.key_path, sizeof(state.key_path),
	    "%s/dpop-nonce-key", state_directory);
	if (state.used)
		seen_close(state.used);
	(void)snprintf(path, sizeof(path), "%s/dpop-proofs", state_directory);
	state.used = seen_open(path);
}

bool
proof_request(struct request *rq, const char *method, const char *access_token,
    struct dpop_request *ret)
{
	const char *header = original_header(rq, "HTTP_DPOP");
	struct dpop_request request = {
	    .header = header,
	    .method = method ? method : "",
	    .url = header ? arena_printf(rq->arena, "%s%s",
	                        rq->settings->oauth_base_url, rq->path)
	                  : "",
	    .access_token = access_token,
	    .now_s = time(NULL),
	};

	if (rq->settings->dpop_nonce && request.header &&
	    !(request.nonce_key = nonce_key()))
		return false;
	*ret = request;
	return true;
}

/* ---- used once ---- */

enum seen_result
proof_look(const struct dpop_proof *proof)
{
	return seen_look(state.used, proof->id.bytes, time(NULL));
}

enum seen_result
proof_note(const struct dpop_proof *proof)
{
	return seen_note(state.used, proof->id.bytes, time(NULL),
	    proof->expires_s);
}
