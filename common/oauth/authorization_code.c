/* SPDX-License-Identifier: MIT */
#include "oauth/authorization_code.h"

#include <string.h>

#include "crypto/encode.h"
#include "crypto/keyring.h"

const char *
authorization_code_of(struct arena *arena, const struct settings *settings,
    const char *request_id)
{
	struct sha256 key = keyring_key(settings, ROOT_CURRENT,
	    "authorization code");
	struct sha256 code = hmac_sha256(key.bytes, SHA256_BYTES, request_id,
	    strlen(request_id));

	return base64url_encode(arena, code.bytes, SHA256_BYTES);
}
