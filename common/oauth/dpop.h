/* SPDX-License-Identifier: MIT */
/*
 * dpop.h - DPoP proofs (RFC 9449): a signed word of whoever sends a request
 * that they hold a key.  Judged here by themselves; what must not be seen
 * twice, and which key a token is bound to, others look after.
 */
#ifndef OAUTH_DPOP_H
#define OAUTH_DPOP_H

#include <stdbool.h>
#include <stdint.h>

#include "crypto/digest.h"

/* What may sign a proof (s5.1): EdDSA under either of its names. */
#define DPOP_ALGS "ES256 RS256 EdDSA Ed25519"

enum {
	DPOP_WINDOW_S = 300, /* how far iat may be from now, either way */
	DPOP_JTI_MAX_BYTES = 256,
};

/* The request that a proof came with. */
struct dpop_request {
	const char *header; /* the value of its DPoP header */
	const char *method;
	const char *url; /* as the client calls it, built from our settings */
	const char *access_token;       /* NULL: none is presented */
	const struct sha256 *nonce_key; /* NULL: no nonce is demanded */
	int64_t now_s;
};

struct dpop_proof {
	const char *jkt;   /* the key's thumbprint (RFC 7638); NULL: no proof */
	struct sha256 id;  /* the same for another proof with this jti, by the
	                      same key, for the same URL (s11.1) */
	int64_t expires_s; /* from then on it is refused for its age */
	bool nonce_ageing; /* a fresh nonce is due (s8.2) */
};

enum dpop_result {
	DPOP_GOOD,
	DPOP_MALFORMED, /* no JWT; two headers, joined by a comma, are none */
	DPOP_TYP,
	DPOP_ALG,
	DPOP_KEY, /* no public key of that algorithm */
	DPOP_SIGNATURE,
	DPOP_JTI,
	DPOP_METHOD,
	DPOP_URL,
	DPOP_NONCE, /* missing, too old or not ours: use_dpop_nonce */
	DPOP_TIME,
	DPOP_ACCESS_TOKEN,
};

/*
 * Judge the proof of a request as s4.3 has it.  URLs are compared in their
 * normal form, without query and fragment.  A nonce of ours tells when a proof
 * was made, whatever the client's clock says: with one iat must be there but
 * may be any time (s11.1).
 *
 * DPOP_GOOD fills *ret; its strings live in the arena.
 */
enum dpop_result dpop_judge(struct arena *arena,
    const struct dpop_request *request, struct dpop_proof *ret)
    __attribute__((__warn_unused_result__));

/* A few words on a result, fit for the client. */
const char *dpop_reason(enum dpop_result result);

/* What a thumbprint looks like: 43 characters of base64url. */
bool dpop_jkt_allowed(const char *jkt);

#endif
