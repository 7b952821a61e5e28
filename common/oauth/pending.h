/* SPDX-License-Identifier: MIT */
/* pending.h - the authorization request that a page is about, or the page that
 * says why there is none. */
#ifndef OAUTH_PENDING_H
#define OAUTH_PENDING_H

#include "http/refuse.h"
#include "oauth/browser.h"

/*
 * Find the request that request_id names in this browser.
 *
 * Returns OAUTH_OK with *browser and *ret filled; anything else was refused
 *         already with a page.
 */
enum oauth_error pending_request(struct request *rq, const char *request_id,
    struct browser **browser, struct authorization_request *ret)
    __attribute__((__warn_unused_result__));

/* Check the anti-forgery token of a posted form, and nothing else: 403 unless
 * it was made for this browser and request. */
enum oauth_error pending_form(struct request *rq, const char *request_id,
    const char *csrf, struct browser **browser)
    __attribute__((__warn_unused_result__));

/* Is word one of the request's prompt (OpenID Connect Core s3.1.2.1)? */
bool pending_prompts(const struct authorization_request *request,
    const char *word);

/* Say on the log line which authorization it belongs to (flow.h), unless a page
 * about the account is named in place of a request. */
void pending_log(struct request *rq, const char *request_id);

/* The pages for a request that cannot go on. */
enum oauth_error pending_refuse_unknown(struct request *rq);
enum oauth_error pending_refuse_expired(struct request *rq);
enum oauth_error pending_refuse_decided(struct request *rq);
enum oauth_error pending_refuse_other_browser(struct request *rq);
enum oauth_error pending_refuse_unreachable(struct request *rq);

/* 303 to a page of ours about this request. */
enum oauth_error pending_go_to(struct request *rq, const char *page,
    const char *request_id);

/* 303 to where a person goes who is signed in now: to consent, or to the page
 * about their account that is named in place of a request. */
enum oauth_error pending_go_on(struct request *rq, const char *request_id);

/* Hidden fields of a form, as HTML in the arena: any; the two that every form
 * about a request carries; and the second of those alone, the anti-forgery
 * token, for a form about something else. */
const char *pending_field(struct request *rq, const char *name,
    const char *value);
const char *pending_fields(struct request *rq, const struct browser *browser,
    const char *request_id);
const char *pending_csrf(struct request *rq, const struct browser *browser,
    const char *about);

#endif
