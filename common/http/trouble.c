/* SPDX-License-Identifier: MIT */
#include "http/trouble.h"

#include "http/html.h"

static const struct {
	enum word title, why, next;
} troubles[] = {
    [TROUBLE_UNAVAILABLE] = {WORD_UNAVAILABLE, WORD_UNAVAILABLE_WHY,
        WORD_UNAVAILABLE_NEXT},
    [TROUBLE_APPLICATION] = {WORD_APPLICATION, WORD_APPLICATION_WHY,
        WORD_CONNECT_NEXT},
    [TROUBLE_DOCUMENT] = {WORD_DOCUMENT, WORD_DOCUMENT_WHY, WORD_DOCUMENT_NEXT},
    [TROUBLE_UNKNOWN_CLIENT] = {WORD_UNKNOWN_CLIENT, WORD_UNKNOWN_CLIENT_WHY,
        WORD_UNKNOWN_CLIENT_NEXT},
    [TROUBLE_UNKNOWN_REQUEST] = {WORD_UNKNOWN_REQUEST, WORD_UNKNOWN_REQUEST_WHY,
        WORD_EXPIRED_NEXT},
    [TROUBLE_EXPIRED] = {WORD_EXPIRED, WORD_EXPIRED_WHY, WORD_EXPIRED_NEXT},
    [TROUBLE_DECIDED] = {WORD_DECIDED, WORD_DECIDED_WHY, WORD_DECIDED_NEXT},
    [TROUBLE_OTHER_BROWSER] = {WORD_OTHER_BROWSER, WORD_OTHER_BROWSER_WHY,
        WORD_OTHER_BROWSER_NEXT},
    [TROUBLE_FORM] = {WORD_FORM, WORD_FORM_WHY, WORD_FORM_NEXT},
    [TROUBLE_NOTHING_ALLOWED] = {WORD_NOTHING_ALLOWED, WORD_NOTHING_ALLOWED_WHY,
        WORD_NOTHING_ALLOWED_NEXT},
    [TROUBLE_NOT_FOUND] = {WORD_NOT_FOUND, WORD_NOT_FOUND_WHY,
        WORD_NOT_FOUND_NEXT},
    [TROUBLE_NO_DEVICES] = {WORD_NO_DEVICES, WORD_NO_DEVICES_WHY,
        WORD_ASK_NEXT},
    [TROUBLE_LINK] = {WORD_LINK, WORD_LINK_WHY, WORD_LINK_NEXT},
    [TROUBLE_NOT_SET_UP] = {WORD_NOT_SET_UP, WORD_UNAVAILABLE_WHY,
        WORD_UNAVAILABLE_NEXT},
    [TROUBLE_WEB_SERVER] = {WORD_WEB_SERVER, WORD_WEB_SERVER_WHY,
        WORD_WEB_SERVER_NEXT},
    [TROUBLE_REMOTE_NAME] = {WORD_REMOTE_REFUSED, WORD_REMOTE_NAME_WHY,
        WORD_ASK_NEXT},
    [TROUBLE_REMOTE_UNKNOWN] = {WORD_REMOTE_REFUSED, WORD_REMOTE_UNKNOWN_WHY,
        WORD_REMOTE_NEXT},
    [TROUBLE_REMOTE_NO_EMAIL] = {WORD_REMOTE_REFUSED, WORD_REMOTE_NO_EMAIL_WHY,
        WORD_REMOTE_NEXT},
    [TROUBLE_REMOTE_TAKEN] = {WORD_REMOTE_REFUSED, WORD_REMOTE_TAKEN_WHY,
        WORD_REMOTE_NEXT},
    [TROUBLE_REMOTE_DISABLED] = {WORD_REMOTE_REFUSED, WORD_REMOTE_DISABLED_WHY,
        WORD_REMOTE_NEXT},
};

static const char *
detail_of(struct request *rq, const char *detail)
{
	if (!detail)
		return "";
	return arena_printf(rq->arena,
	    "<details><summary>%s</summary><p lang=\"en\" dir=\"ltr\">%s</p>"
	    "</details>",
	    html_escape(rq->arena, word(rq, WORD_DETAIL)),
	    html_escape(rq->arena, detail));
}

enum oauth_error
trouble_show(struct request *rq, int status, enum oauth_error error,
    enum trouble trouble, const char *detail, const char *more)
{
	struct page *page = page_new(rq, PAGE_ERROR,
	    word(rq, troubles[trouble].title));

	page_put(page, "why", word(rq, troubles[trouble].why));
	page_put(page, "next", word(rq, troubles[trouble].next));
	page_put_html(page, "more", more);
	page_put_html(page, "detail", detail_of(rq, detail));
	page_put(page, "reference",
	    word_with(rq, WORD_REFERENCE, "id", rq->request_id));
	page_put(page, "error_code",
	    word_with(rq, WORD_ERROR_CODE, "code", oauth_error_name(error)));
	(void)page_send(page, status);
	return error;
}
