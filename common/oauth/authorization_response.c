/* SPDX-License-Identifier: MIT */
#include "oauth/authorization_response.h"

#include <string.h>

#include "base/log.h"
#include "base/uri.h"

static void
add_pair(struct buf *location, const char *name, const char *value)
{
	if (!value)
		return;
	buf_add_char(location,
	    strchr(buf_text(location), '?') == NULL ? '?' : '&');
	buf_add(location, name);
	buf_add_char(location, '=');
	uri_encode(location, value);
}

static struct buf
location_of(struct request *rq, const char *redirect_uri)
{
	struct buf location = buf_in(rq->arena);

	buf_add(&location, redirect_uri);
	return location;
}

static enum oauth_error
send(struct request *rq, struct buf *location, const char *state)
{
	add_pair(location, "state", state);
	add_pair(location, "iss", rq->settings->oauth_issuer);
	return reply_redirect(rq, buf_text(location));
}

enum oauth_error
authorization_response_code(struct request *rq, const char *redirect_uri,
    const char *state, const char *code)
{
	struct buf location = location_of(rq, redirect_uri);

	add_pair(&location, "code", code);
	return send(rq, &location, state);
}

enum oauth_error
authorization_response_error(struct request *rq, const char *redirect_uri,
    const char *state, enum oauth_error error, const char *reason)
{
	struct buf location = location_of(rq, redirect_uri);

	log_raise(LOG_NOTICE);
	log_event("refused");
	log_text("error", oauth_error_name(error));
	log_text("reason", reason);
	add_pair(&location, "error", oauth_error_name(error));
	add_pair(&location, "error_description", reason);
	(void)send(rq, &location, state);
	return error;
}
