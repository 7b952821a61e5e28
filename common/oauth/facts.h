/* SPDX-License-Identifier: MIT */
/*
 * facts.h - what pages tell people about a client, an MCP server and scopes,
 * most of it as an entry of a list of terms (<dl>).
 */
#ifndef OAUTH_FACTS_H
#define OAUTH_FACTS_H

#include "base/buf.h"
#include "http/words.h"

/* One entry; both are escaped. */
void facts_add(struct buf *page, const char *term, const char *text);

/* What the client calls itself; client_name may be NULL. */
const char *facts_client_title(struct request *rq, const char *client_name);

/* Who vouches for a client. */
enum client_identity {
	CLIENT_IS_VERIFIED, /* who holds the host, where the answer goes, too */
	CLIENT_IS_DESCRIBED, /* who holds the host; where the answer goes anybody
	                     may be */
	CLIENT_IS_ADDED,     /* the operator */
	CLIENT_IS_UNVERIFIED, /* nobody */
};

/*
 * registration is how it came.  One that is known by the URL of its metadata
 * ("metadata") is vouched for by whoever holds that host, and verified if
 * redirect_uri (or NULL) leads to that host as well.
 */
enum client_identity facts_identity(struct request *rq,
    const char *registration, const char *client_id, const char *redirect_uri);

/* The same in a sentence, not escaped. */
const char *facts_identity_text(struct request *rq,
    enum client_identity identity, const char *client_id);

/* client_uri (or NULL) is the client's own word; nothing is said of it where
 * the client is vouched for by a host. */
void facts_add_website(struct request *rq, struct buf *page,
    enum client_identity identity, const char *client_uri);

/* Who gets what is sent to the redirect_uri. */
const char *facts_receiver(struct request *rq, const char *redirect_uri);

/* The MCP server: its name is the operator's word, the address tells two of one
 * name apart. */
void facts_add_resource(struct request *rq, struct buf *page, const char *uri);

/* What the scope lets a client do, in words. */
void facts_add_scope(struct request *rq, struct buf *page, const char *scope);

#endif
