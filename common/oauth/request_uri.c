/* SPDX-License-Identifier: MIT */
#include "oauth/request_uri.h"

#include <string.h>

#include "crypto/digest.h"

enum { REQUEST_URI_BYTES = 32 };

const char *
request_uri_draw(struct request *rq)
{
	const struct language *asked = language_asked(rq);

	return arena_printf(rq->arena,
	    "urn:ietf:params:oauth:request_uri:%s%s%s",
	    random_text(rq->arena, REQUEST_URI_BYTES), asked ? "." : "",
	    asked ? asked->tag : "");
}

const struct language *
request_uri_language(struct request *rq, const char *request_uri)
{
	const char *dot = strrchr(request_uri, '.');

	return dot ? language_lookup(rq->arena,
	                 rq->settings->ui_locales_supported, dot + 1)
	           : NULL;
}
