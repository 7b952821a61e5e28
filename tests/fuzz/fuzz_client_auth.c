/* SPDX-License-Identifier: MIT */
/* How a client says who it is: a line for its Authorization header, and a form. */
#include <string.h>

#include "base/text.h"
#include "crypto/encode.h"
#include "fuzz.h"
#include "http/form.h"
#include "oauth/client_auth.h"

/* Does Basic hold an id and an empty secret, which is as none? */
static bool
ends_in_colon(struct arena *arena, const char *header)
{
	const char *encoded = header + strcspn(header, " ");
	const char *pair = base64_decode_text(arena,
	    encoded + strspn(encoded, " "));

	return pair && text_ends(pair, ":");
}

void
fuzz_one(struct arena *arena, const char *text, size_t len_bytes)
{
	static struct store *store;
	struct request rq = fuzz_request(arena);
	struct client_credentials client = {0};
	const char *rest = text, *header = fuzz_line(arena, &rest);

	(void)len_bytes;
	if (!store)
		store = store_open(rq.settings);
	rq.store = store;
	fuzz_variable("HTTP_AUTHORIZATION", header);
	if (form_read(&rq, rest, strlen(rest)) != FORM_GOOD || rq.doubled)
		return;
	if (client_auth(&rq, &client) != OAUTH_OK) {
		fuzz_must(rq.reply.status >= 400);
		return;
	}
	/* A header that is there either says who the client is or is refused:
	 * it never makes a client public. */
	fuzz_must(!client.has_secret || client.client_id);
	fuzz_must(!*header || client.client_id);
	fuzz_must(
	    !*header || client.has_secret || ends_in_colon(arena, header));
}
