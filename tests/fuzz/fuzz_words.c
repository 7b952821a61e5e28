/* SPDX-License-Identifier: MIT */
/* Small texts that strangers send: scopes, verifiers, user codes, names. */
#include <string.h>

#include "base/scope_token.h"
#include "base/text.h"
#include "crypto/encode.h"
#include "fuzz.h"
#include "oauth/client_name.h"
#include "oauth/mcp_header.h"
#include "oauth/pkce.h"
#include "oauth/scope.h"
#include "oauth/user_code.h"

static void
try_scopes(struct arena *arena, const char *text)
{
	const char *common = scope_intersect(arena, text,
	    "openid email files:* profile");
	const char **words = text_split(arena, common, " ", NULL);

	for (; *words; words++)
		fuzz_must(
		    scope_token_allowed(*words) && text_has_word(text, *words));
	(void)scope_covers(arena, "files:*", text);
	(void)scope_union(arena, text, "email");
	(void)scope_without_habits(arena, text);
}

void
fuzz_one(struct arena *arena, const char *text, size_t len_bytes)
{
	const char *name = text_is_utf8(text, strlen(text))
	    ? client_name_clean(arena, text)
	    : NULL;
	size_t bytes;
	unsigned char *data = base64url_decode(arena, text, len_bytes, &bytes);

	try_scopes(arena, text);
	fuzz_must(!name ||
	    (*name && text_is_utf8(name, strlen(name)) &&
	        !text_has_control(name)));
	fuzz_must(!pkce_verifier_allowed(text) ||
	    pkce_challenge_allowed(pkce_challenge(arena, text)));
	/* One value has one spelling. */
	fuzz_must(
	    !data || text_equal(base64url_encode(arena, data, bytes), text));
	(void)base64_decode_text(arena, text);
	(void)user_code_read(arena, text);
	(void)mcp_name_decode(arena, text);
	(void)text_is_email(text);
}
