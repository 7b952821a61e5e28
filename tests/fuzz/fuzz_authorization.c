/* SPDX-License-Identifier: MIT */
/* Authorization headers of resources: Bearer and DPoP. */
#include <string.h>

#include "base/text.h"
#include "fuzz.h"
#include "oauth/bearer.h"
#include "oauth/presented_token.h"

void
fuzz_one(struct arena *arena, const char *text, size_t len_bytes)
{
	struct request rq = fuzz_request(arena);
	struct presented_token token;
	enum presented_result result;

	(void)len_bytes;
	fuzz_variable("HTTP_AUTHORIZATION", text);
	result = presented_token_read(&rq, &token);
	fuzz_must((result == PRESENTED_TOKEN) == (token.text != NULL));
	if (token.text)
		fuzz_must(*token.text && text_ends(text, token.text) &&
		    !strpbrk(token.text, " ,;\"\r\n"));
	fuzz_must(!bearer_token(&rq) || !token.dpop);
	(void)bearer_refuse(&rq, "not good", "not good");
}
