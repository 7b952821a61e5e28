/* SPDX-License-Identifier: MIT */
#include "oauth/facts.h"

#include "base/text.h"
#include "base/uri.h"
#include "http/html.h"
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
facts_client_title(const char *client_name)
{
	return client_name ? client_name : "An application without a name";
}

void
facts_add_identity(struct request *rq, struct buf *page,
    const char *registration, const char *client_id, const char *client_uri)
{
	struct uri uri;

	if (text_equal(registration, "metadata")) {
		if (uri_parse(rq->arena, client_id, &uri))
			facts_add(page, "Its description is published by",
			    uri.host);
		return;
	}
	if (client_uri && uri_parse(rq->arena, client_uri, &uri))
		facts_add(page, "It says its website is", uri.host);
}

void
facts_add_resource(struct request *rq, struct buf *page, const char *uri)
{
	const struct resource_setting *resource = resource_find(rq->arena,
	    rq->settings, uri);

	if (resource && resource->name)
		uri = arena_printf(rq->arena, "%s (%s)", resource->name, uri);
	facts_add(page, "MCP server", uri);
}

/* The operator's words first. */
static const char *
scope_in_words(const struct settings *settings, const char *scope)
{
	size_t i;

	for (i = 0; i < settings->n_scope_descriptions; i++)
		if (text_equal(settings->scope_descriptions[i].scope, scope))
			return settings->scope_descriptions[i].text;
	if (text_equal(scope, "openid"))
		return "know that you signed in here, and when";
	if (text_equal(scope, "email"))
		return "know your email address";
	if (text_equal(scope, "profile"))
		return "know your name";
	return NULL;
}

void
facts_add_scope(struct request *rq, struct buf *page, const char *scope)
{
	const char **tokens = text_split(rq->arena, scope, " ", NULL);
	const char *words;

	buf_add(page,
	    "<dt>It may</dt><dd><ul>\n<li>use this MCP server as you</li>\n");
	for (; *tokens; tokens++) {
		words = scope_in_words(rq->settings, *tokens);
		buf_add(page, "<li>");
		html_add(page,
		    words
		        ? words
		        : arena_printf(rq->arena, "use the scope %s", *tokens));
		buf_add(page, "</li>\n");
	}
	buf_add(page, "</ul></dd>\n");
}
