/* SPDX-License-Identifier: MIT */
/*
 * client_document.h - clients whose client_id is the URL of their metadata
 * (OAuth Client ID Metadata Document).
 *
 * The document is fetched when a person is about to decide about the client,
 * never at a refresh, and kept in the database for as long as its headers say,
 * between five minutes and a day.  A copy of up to a day stands in for a
 * document that cannot be had.
 */
#ifndef OAUTH_CLIENT_DOCUMENT_H
#define OAUTH_CLIENT_DOCUMENT_H

#include "http/request.h"
#include "store/client.h"

enum { CLIENT_ID_URL_MAX_BYTES = 1024 };

/* Does it claim to be the URL of a document (anything with a scheme of http or
 * https)?  Other ids are names that registration gave out. */
bool client_document_claimed(const char *client_id);

/* Is it the URL of a document whose host is not, or no longer, let in? */
bool client_document_kept_out(struct arena *arena,
    const struct settings *settings, const char *client_id);

enum client_find_result {
	CLIENT_FOUND,
	CLIENT_FIND_UNKNOWN, /* not registered, or disabled */
	CLIENT_FIND_REFUSED, /* its document or its host is not acceptable */
	CLIENT_FIND_AWAY,    /* its document cannot be had at this moment */
	CLIENT_FIND_STORE_DOWN,
};

/*
 * The client of any kind, its document fetched where that is due.
 * CLIENT_FOUND fills *ret; REFUSED and AWAY set *reason, fit to be shown.
 */
enum client_find_result client_find(struct request *rq, const char *client_id,
    struct client *ret, const char **reason)
    __attribute__((__warn_unused_result__));

#endif
