/* SPDX-License-Identifier: MIT */
#include "oauth/authorization_code.h"

#include <string.h>

#include "crypto/encode.h"
#include "crypto/keyring.h"

const char *
authorization_code_of(struct arena *arena, const struct settings *settings,
    const char *request_id)
{
	struct sha256 code = keyring_mac(settings, ROOT_CURRENT,
	    "authorization code", request_id, strlen(request_id));

	return base64url_encode(arena, code.bytes, SHA256_BYTES);
}
