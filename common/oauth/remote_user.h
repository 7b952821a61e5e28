/* SPDX-License-Identifier: MIT */
/*
 * remote_user.h - signing in whom the web server vouches for
 * (OAUTH_LOGIN=remote_user): REMOTE_USER of RFC 3875 s4.1.11 names them.
 *
 * Nothing else is looked at but REMOTE_EMAIL_VARIABLE and
 * REMOTE_GROUPS_VARIABLE, and those are read from the web server's variables,
 * never from a header of the client.  REMOTE_USER is believed only where the
 * web server alone can have said it (io_is_private()) and is never empty.
 *
 * It is a GET that signs in, since that is where a browser's credentials for
 * the web server go.  That is harmless for two reasons.  Whoever gets in does so
 * as whom the browser has credentials for itself, and either started an
 * authorization request in it or comes to a page about their own account.  And
 * should somebody else's link have given it theirs, the login is
 * unconfirmed: nothing is allowed by it before the consent page has said whose
 * account it is, not even what was allowed before.
 */
#ifndef OAUTH_REMOTE_USER_H
#define OAUTH_REMOTE_USER_H

#include "http/refuse.h"

/*
 * The login page of this mode: sign this browser in as REMOTE_USER, by a new
 * login cookie, on the way to consent to request_id, or to the page about the
 * account that is named in its place.
 *
 * Returns OAUTH_OK; anything else was refused already: 503 where the web server
 *         is not set up for it, 403 for somebody who has no account or may not
 *         use it, login_required to the client with prompt=none.
 */
enum oauth_error remote_user_login(struct request *rq, const char *request_id);

/* A page about passwords or second factors, of which there are none: 404. */
enum oauth_error remote_user_refuse_page(struct request *rq);

/* There is no form: 405. */
enum oauth_error remote_user_refuse_form(struct request *rq);

#endif
