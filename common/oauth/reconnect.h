/* SPDX-License-Identifier: MIT */
/* reconnect.h - how a well-known application is made to forget a registration
 * that is gone here. */
#ifndef OAUTH_RECONNECT_H
#define OAUTH_RECONNECT_H

#include "http/words.h"

/*
 * What to do, as HTML: the recipe of the application that client_id and
 * redirect_uri (each may be NULL) give away by host, scheme or port; where they
 * fit several, those of each.  Nothing of it is taken for proof of anything.
 */
const char *reconnect_recipe(struct request *rq, const char *client_id,
    const char *redirect_uri);

#endif
