/* SPDX-License-Identifier: MIT */
/*
 * facts.h - what pages tell people about a client, an MCP server and scopes,
 * each as an entry of a list of terms (<dl>).
 */
#ifndef OAUTH_FACTS_H
#define OAUTH_FACTS_H

#include "base/buf.h"
#include "http/request.h"

/* One entry; both are escaped. */
void facts_add(struct buf *page, const char *term, const char *text);

/* What the client calls itself; client_name may be NULL. */
const char *facts_client_title(const char *client_name);

/*
 * Who vouches for the client, if anybody.  One that is known by the URL of its
 * metadata (registration "metadata") is vouched for by whoever holds that host;
 * client_uri (or NULL) is the client's own word.
 */
void facts_add_identity(struct request *rq, struct buf *page,
    const char *registration, const char *client_id, const char *client_uri);

/* The MCP server: its name is the operator's word, the address tells two of one
 * name apart. */
void facts_add_resource(struct request *rq, struct buf *page, const char *uri);

/* What the scope lets a client do, in words. */
void facts_add_scope(struct request *rq, struct buf *page, const char *scope);

#endif
