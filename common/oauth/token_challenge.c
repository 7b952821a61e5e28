/* SPDX-License-Identifier: MIT */
#include "oauth/token_challenge.h"

#include "oauth/dpop.h"

static void
add_error(struct buf *value, const struct token_challenge *challenge, bool dpop)
{
	if (challenge->error && challenge->dpop == dpop)
		buf_addf(value, "error=\"%s\", error_description=\"%s\", ",
		    challenge->error, challenge->description);
}

void
token_challenge_add(struct request *rq, const struct token_challenge *challenge)
{
	struct buf value = buf_in(rq->arena);

	buf_add(&value, "Bearer ");
	add_error(&value, challenge, false);
	buf_add(&value, challenge->params);
	if (rq->settings->dpop) {
		buf_add(&value, ", DPoP ");
		add_error(&value, challenge, true);
		buf_add(&value, "algs=\"" DPOP_ALGS "\"");
	}
	reply_header(rq, "WWW-Authenticate", buf_text(&value));
}
