/* SPDX-License-Identifier: MIT */
#include "http/request.h"

#include "base/text.h"
#include "http/endpoint.h"

const char *
request_variable(struct request *rq, const char *name)
{
	return io_variable(rq->io, name);
}

const char *
request_header(struct request *rq, const char *cgi_name)
{
	const char *value = io_variable(rq->io, cgi_name);

	return value && *value ? value : NULL;
}

const char *
request_authorization(struct request *rq)
{
	const char *value = request_header(rq, "HTTP_AUTHORIZATION");

	return value ? value
	             : request_header(rq, "REDIRECT_HTTP_AUTHORIZATION");
}

static const char *
next_value(struct request *rq, const char *name, size_t *at)
{
	const struct pair *pair;

	while (*at < rq->n_pairs) {
		pair = &rq->pairs[(*at)++];
		if (*pair->value && text_equal(pair->name, name))
			return pair->value;
	}
	return NULL;
}

const char *
request_next_value(struct request *rq, int i, size_t *at)
{
	return next_value(rq, rq->endpoint->params[i].name, at);
}

const char *
request_param(struct request *rq, int i)
{
	size_t at = 0;

	return request_next_value(rq, i, &at);
}

const char *
request_param_named(struct request *rq, const char *name)
{
	size_t at = 0;

	return next_value(rq, name, &at);
}

bool
request_doubled(struct request *rq, int i)
{
	size_t n, count = 0;

	for (n = 0; n < rq->n_pairs; n++)
		count += text_equal(rq->pairs[n].name,
		    rq->endpoint->params[i].name);
	return count > 1;
}

const char *
request_remote(struct request *rq)
{
	const char *remote = request_header(rq, "REMOTE_ADDR");

	return remote ? remote : "";
}
