/* SPDX-License-Identifier: MIT */
#include "oauth/grant_types.h"

#include "base/buf.h"

const char *
grant_types_supported(struct arena *arena, const struct settings *settings)
{
	struct buf list = buf_in(arena);

	buf_add(&list, "authorization_code refresh_token");
	if (settings->device_authorization)
		buf_add(&list, " " GRANT_TYPE_DEVICE_CODE);
	if (settings->client_credentials)
		buf_add(&list, " client_credentials");
	if (settings->n_id_jag_issuers > 0)
		buf_add(&list, " " GRANT_TYPE_JWT_BEARER);
	return buf_text(&list);
}
