/* SPDX-License-Identifier: MIT */
#include "oauth/facts.h"

#include "base/text.h"
#include "base/uri.h"
#include "http/html.h"
#include "oauth/redirect_uri.h"
#include "oauth/resource.h"

void
facts_add(struct buf *page, const char *term, const char *text)
{
	buf_add(page, "<dt>");
	html_add(page, term);
	buf_add(page, "</dt><dd>");
	html_add(page, text);
	buf_add(page, "</dd>\n");
}

const char *
facts_client_title(struct request *rq, const char *client_name)
{
	return client_name ? client_name : word(rq, WORD_UNNAMED);
}

/* ---- who it is ---- */

enum client_identity
facts_identity(struct request *rq, const char *registration,
    const char *client_id, const char *redirect_uri)
{
	struct uri document, receiver;

	if (text_equal(registration, "admin"))
		return CLIENT_IS_ADDED;
	if (!text_equal(registration, "metadata") ||
	    !uri_parse(rq->arena, client_id, &document))
		return CLIENT_IS_UNVERIFIED;
	if (!redirect_uri || !uri_parse(rq->arena, redirect_uri, &receiver) ||
	    !text_equal(receiver.scheme, "https") ||
	    !text_equal(receiver.host, document.host))
		return CLIENT_IS_DESCRIBED;
	return CLIENT_IS_VERIFIED;
}

const char *
facts_identity_text(struct request *rq, enum client_identity identity,
    const char *client_id)
{
	struct uri uri = {.host = ""};

	switch (identity) {
	case CLIENT_IS_VERIFIED:
		(void)!uri_parse(rq->arena, client_id, &uri);
		return word_with(rq, WORD_IDENTITY_VERIFIED, "host", uri.host);
	case CLIENT_IS_DESCRIBED:
		(void)!uri_parse(rq->arena, client_id, &uri);
		return word_with(rq, WORD_IDENTITY_DESCRIBED, "host", uri.host);
	case CLIENT_IS_ADDED:
		return word(rq, WORD_IDENTITY_OPERATOR);
	case CLIENT_IS_UNVERIFIED:
		break;
	}
	return word(rq, WORD_IDENTITY_SELF);
}

void
facts_add_website(struct request *rq, struct buf *page,
    enum client_identity identity, const char *client_uri)
{
	struct uri uri;

	if (identity == CLIENT_IS_VERIFIED || identity == CLIENT_IS_DESCRIBED)
		return;
	if (client_uri && uri_parse(rq->arena, client_uri, &uri))
		facts_add(page, word(rq, WORD_WEBSITE), uri.host);
}

const char *
facts_receiver(struct request *rq, const char *redirect_uri)
{
	struct uri uri;
	const char *host;

	if (!uri_parse(rq->arena, redirect_uri, &uri))
		return redirect_uri;
	if (!text_equal(uri.scheme, "https") && !text_equal(uri.scheme, "http"))
		return word_with(rq, WORD_SENT_TO_SCHEME, "scheme", uri.scheme);
	host = uri_has_default_port(&uri)
	    ? uri.host
	    : arena_printf(rq->arena, "%s:%s", uri.host, uri.port);
	return redirect_uri_is_loopback(rq->arena, redirect_uri)
	    ? word_with(rq, WORD_SENT_TO_COMPUTER, "host", host)
	    : host;
}

/* ---- what it gets ---- */

void
facts_add_resource(struct request *rq, struct buf *page, const char *uri)
{
	const struct resource_setting *resource = resource_find(rq->arena,
	    rq->settings, uri);

	if (resource && resource->name)
		uri = arena_printf(rq->arena, "%s (%s)", resource->name, uri);
	facts_add(page, word(rq, WORD_MCP_SERVER), uri);
}

/* What the operator says of it in that language, or to whoever has none; NULL
 * when nothing is said. */
static const char *
description(const struct settings *settings, const char *scope,
    const char *language)
{
	const struct scope_description *d = settings->scope_descriptions;
	size_t i;

	for (i = 0; i < settings->n_scope_descriptions; i++)
		if (text_equal(d[i].scope, scope) &&
		    text_equal(d[i].language, language))
			return d[i].text;
	return NULL;
}

/* The operator's words first. */
static const char *
scope_in_words(struct request *rq, const char *scope)
{
	const char *text = description(rq->settings, scope,
	    language_of(rq)->tag);

	if (!text)
		text = description(rq->settings, scope, "");
	if (text)
		return text;
	if (text_equal(scope, "openid"))
		return word(rq, WORD_SCOPE_OPENID);
	if (text_equal(scope, "email"))
		return word(rq, WORD_SCOPE_EMAIL);
	if (text_equal(scope, "profile"))
		return word(rq, WORD_SCOPE_PROFILE);
	return word_with(rq, WORD_SCOPE_OTHER, "scope", scope);
}

static void
add_item(struct buf *page, const char *text)
{
	buf_add(page, "<li>");
	html_add(page, text);
	buf_add(page, "</li>\n");
}

void
facts_add_scope(struct request *rq, struct buf *page, const char *scope)
{
	const char **tokens = text_split(rq->arena, scope, " ", NULL);

	buf_add(page, "<dt>");
	html_add(page, word(rq, WORD_IT_MAY));
	buf_add(page, "</dt><dd><ul>\n");
	add_item(page, word(rq, WORD_SCOPE_USE));
	for (; *tokens; tokens++)
		add_item(page, scope_in_words(rq, *tokens));
	buf_add(page, "</ul></dd>\n");
}
