/* SPDX-License-Identifier: MIT */
/*
 * account_page.h - the pages about a person's own account.
 *
 * They are for whoever is signed in by the login cookie; others are led
 * through sign-in and back.  The way back is the page's name, one of a few
 * that stand where otherwise a request id does: never an address.
 */
#ifndef OAUTH_ACCOUNT_PAGE_H
#define OAUTH_ACCOUNT_PAGE_H

#include "http/refuse.h"
#include "oauth/browser.h"

/* Is it the name of such a page, and no id of an authorization request? */
bool account_page_named(const char *request_id);

/* 303 to the page, or to sign-in and then to the page. */
enum oauth_error account_page_go_to(struct request *rq, const char *page);
enum oauth_error account_page_sign_in(struct request *rq, const char *page);

/* The browser, its login_digest set; NULL when it has no login cookie.  Whether
 * the cookie is good for anybody only the database knows. */
struct browser *account_page_browser(struct request *rq);

/* Check a form that was posted to the page: refused with 403 unless it was made
 * for this browser and this login.  OAUTH_OK fills *browser likewise. */
enum oauth_error account_page_form(struct request *rq, const char *page,
    const char *csrf, struct browser **browser)
    __attribute__((__warn_unused_result__));

/* The anti-forgery token of a form that posts to the page, as HTML. */
const char *account_page_csrf(struct request *rq, const char *page,
    const struct browser *browser);

/* Who is signed in, for a field that tells the password manager whose password
 * is meant; "" when that cannot be had. */
const char *account_page_email(struct request *rq,
    const struct browser *browser);

/* After signing out, as HTML: that the web server may know the person all the
 * same, where it is what signs people in. */
const char *account_page_remote_note(struct request *rq);

/* A link to such a page, as HTML. */
const char *account_page_link(struct request *rq, const char *page,
    enum word text);

#endif
