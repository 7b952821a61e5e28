/* SPDX-License-Identifier: MIT */
/*
 * trouble.h - the page that says why something does not work: what happened,
 * whose doing it is, what to do next, and the reference by which whoever runs
 * the server finds it in the log.
 */
#ifndef HTTP_TROUBLE_H
#define HTTP_TROUBLE_H

#include "http/page.h"

enum trouble {
	TROUBLE_UNAVAILABLE,
	TROUBLE_APPLICATION, /* it asked for something wrong */
	TROUBLE_DOCUMENT,    /* what describes it cannot be used */
	TROUBLE_UNKNOWN_CLIENT,
	TROUBLE_UNKNOWN_REQUEST,
	TROUBLE_EXPIRED,
	TROUBLE_DECIDED,
	TROUBLE_OTHER_BROWSER,
	TROUBLE_FORM, /* made for another browser or another sign-in */
	TROUBLE_NOTHING_ALLOWED,
	TROUBLE_NOT_FOUND,
	TROUBLE_NO_DEVICES,
	TROUBLE_LINK,
	TROUBLE_NOT_SET_UP,
	TROUBLE_WEB_SERVER, /* it signs people in, not we */
	TROUBLE_REMOTE_NAME,
	TROUBLE_REMOTE_UNKNOWN,
	TROUBLE_REMOTE_NO_EMAIL,
	TROUBLE_REMOTE_TAKEN,
	TROUBLE_REMOTE_DISABLED,
};

/*
 * Make the page the reply and return error.  detail is a reason in English for
 * those who mend things, or NULL; more is HTML that follows what to do, or "".
 * The log is not written: see refuse.h.
 */
enum oauth_error trouble_show(struct request *rq, int status,
    enum oauth_error error, enum trouble trouble, const char *detail,
    const char *more);

#endif
