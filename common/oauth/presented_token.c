/* SPDX-License-Identifier: MIT */
#include "oauth/presented_token.h"

#include <string.h>
#include <strings.h>

#include "base/text.h"

#define B64TOKEN_CHARACTERS \
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~+/" \
	"="

/* What follows the scheme; NULL when the header is of another. */
static const char *
after_scheme(const char *header, const char *scheme)
{
	size_t len = strlen(scheme);

	if (strncasecmp(header, scheme, len) != 0 ||
	    (header[len] != ' ' && header[len] != '\0'))
		return NULL;
	return header + len + strspn(header + len, " ");
}

enum presented_result
presented_token_read(struct request *rq, struct presented_token *ret)
{
	const char *header = request_authorization(rq), *token = NULL;

	*ret = (struct presented_token){0};
	if (!header)
		return PRESENTED_NOTHING;
	if (rq->settings->dpop)
		token = after_scheme(header, "DPoP");
	ret->dpop = token != NULL;
	if (!token)
		token = after_scheme(header, "Bearer");
	if (!token)
		return PRESENTED_NOTHING;
	if (!*token || !text_only(token, B64TOKEN_CHARACTERS))
		return PRESENTED_MALFORMED;
	ret->text = token;
	return PRESENTED_TOKEN;
}
