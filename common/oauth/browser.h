/* SPDX-License-Identifier: MIT */
/*
 * browser.h - what ties an authorization request to the browser that started
 * it: two cookies, and the anti-forgery token of every form.
 *
 * The browser cookie has no authority; it only makes a request id useless
 * elsewhere.  The login cookie says who is signed in.  Both are random and
 * known to the database by their SHA-256 alone.
 */
#ifndef OAUTH_BROWSER_H
#define OAUTH_BROWSER_H

#include "http/request.h"
#include "store/authorization.h"

/* The browser as its cookies tell; a new browser cookie is set when there is
 * none.  Lives in the arena. */
struct browser *browser_of(struct request *rq);

/* The same without setting one; NULL when there is no browser cookie. */
struct browser *browser_known(struct request *rq);

/* A fresh login cookie, in the arena, to be handed out once the database keeps
 * what stands for it, *ret. */
const char *browser_login_cookie(struct request *rq, struct sha256 *ret);

void browser_sign_in(struct request *rq, const char *cookie);

void browser_sign_out(struct request *rq);

/* The anti-forgery token of a form about request_id in this browser. */
const char *browser_csrf(struct request *rq, const struct browser *browser,
    const char *request_id);

/* Does csrf belong to this browser and request_id? */
bool browser_csrf_fits(struct request *rq, const struct browser *browser,
    const char *request_id, const char *csrf);

#endif
