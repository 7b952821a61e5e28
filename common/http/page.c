/* SPDX-License-Identifier: MIT */
#include "http/page.h"

#include <string.h>

#include "base/text.h"
#include "crypto/digest.h"
#include "crypto/encode.h"
#include "http/html.h"

/*
 * The one style sheet, inline so that a page is one request; the content
 * security policy admits it by its hash.
 */
static const char style[] =
    ":root{color-scheme:light dark;--back:#f4f5f7;--card:#fff;--ink:#1b1f24;"
    "--soft:#57606a;--line:#d0d7de;--go:#0b5cad;--go-ink:#fff;--warn:#7a4100;"
    "--warn-back:#fff4d6;--bad:#a40e26}"
    "@media(prefers-color-scheme:dark){:root{--back:#0f1216;--card:#181c22;"
    "--ink:#e8ecf1;--soft:#a3adb8;--line:#3a424d;--go:#6cb0ff;--go-ink:#08131f;"
    "--warn:#ffd479;--warn-back:#33270a;--bad:#ff9492}}"
    "*{box-sizing:border-box}"
    "body{margin:0;background:var(--back);color:var(--ink);"
    "font:16px/1.5 system-ui,sans-serif}"
    "main{max-width:30rem;margin:2rem "
    "auto;padding:1.5rem;background:var(--card);"
    "border:1px solid var(--line);border-radius:.75rem;overflow-wrap:anywhere}"
    "@media(max-width:32rem){main{margin:0;border:0;border-radius:0;"
    "min-height:100vh}}"
    "h1{font-size:1.35rem;line-height:1.3;margin:0 0 1rem}"
    "h2{font-size:1.1rem;line-height:1.3;margin:0 0 .5rem}"
    "section{margin:1.5rem 0 0}section form+form{margin-top:1rem}"
    "p{margin:0 0 1rem}"
    "label{display:block;font-weight:600;margin:0 0 .25rem}"
    "input[type=email],input[type=password],input[type=text]{width:100%;"
    "padding:.6rem;"
    "margin:0 0 1rem;font:inherit;color:inherit;background:var(--back);"
    "border:1px solid var(--soft);border-radius:.4rem}"
    "button{font:inherit;font-weight:600;padding:.6rem 1.2rem;"
    "border-radius:.4rem;border:1px solid var(--go);background:var(--go);"
    "color:var(--go-ink);cursor:pointer;min-height:2.75rem}"
    "button.other{background:transparent;color:var(--ink);"
    "border-color:var(--soft)}"
    ".tick{font-weight:400;margin:0}"
    "details{margin-top:1.5rem}summary{cursor:pointer;margin:0 0 .75rem}"
    ".secret{font:1.1rem/1.8 ui-monospace,monospace;list-style:none;"
    "padding:0}"
    "svg{display:block;width:100%;max-width:15rem;height:auto;margin:0 0 1rem}"
    ":focus-visible{outline:3px solid var(--go);outline-offset:2px}"
    ".choices{display:flex;flex-wrap:wrap;gap:.75rem;margin-top:1.25rem}"
    "dl{margin:0 0 1rem;border-top:1px solid var(--line)}"
    "dt{color:var(--soft);font-size:.875rem;margin-top:.6rem}"
    "dd{margin:0;font-weight:600}"
    "dl:after{content:'';display:block;border-bottom:1px solid var(--line);"
    "margin-top:.75rem}"
    "ul{margin:.25rem 0 0;padding-left:1.2rem;font-weight:400}"
    ".warning{padding:.75rem;border-radius:.4rem;color:var(--warn);"
    "background:var(--warn-back)}"
    ".error{color:var(--bad);font-weight:600}"
    ".soft{color:var(--soft);font-size:.875rem;margin:1rem 0 0}";

struct buf
page_begin(struct request *rq, const char *title)
{
	struct buf page = buf_in(rq->arena);

	buf_add(&page,
	    "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n"
	    "<meta charset=\"utf-8\">\n"
	    "<meta name=\"viewport\" content=\"width=device-width, "
	    "initial-scale=1\">\n"
	    "<meta name=\"robots\" content=\"noindex\">\n<title>");
	html_add(&page, title);
	buf_add(&page, "</title>\n<style>");
	buf_add(&page, style);
	buf_add(&page, "</style>\n</head>\n<body>\n<main>\n<h1>");
	html_add(&page, title);
	buf_add(&page, "</h1>\n");
	return page;
}

void
page_add_error(struct buf *page, const char *error)
{
	if (!error)
		return;
	buf_add(page, "<p class=\"error\" role=\"alert\">");
	html_add(page, error);
	buf_add(page, "</p>\n");
}

void
page_add_password(struct buf *page, const char *name, const char *label,
    const char *autocomplete)
{
	buf_addf(page,
	    "<label for=\"%s\">%s</label>\n"
	    "<input id=\"%s\" name=\"%s\" type=\"password\" "
	    "autocomplete=\"%s\" required>\n",
	    name, label, name, name, autocomplete);
}

static const char *
style_hash(struct request *rq)
{
	struct sha256 digest = sha256_of_text(style);

	return base64_encode(rq->arena, digest.bytes, SHA256_BYTES);
}

/*
 * No form-action: browsers apply it along the whole chain of redirects, and a
 * client may hop from https to a scheme of its own.
 */
static void
page_headers(struct request *rq)
{
	reply_header(rq, "Content-Security-Policy",
	    arena_printf(rq->arena,
	        "default-src 'none'; style-src 'sha256-%s'; "
	        "frame-ancestors 'none'; base-uri 'none'",
	        style_hash(rq)));
	reply_header(rq, "X-Frame-Options", "DENY");
}

enum oauth_error
page_end(struct request *rq, int status, struct buf *page)
{
	buf_add(page, "</main>\n</body>\n</html>\n");
	page_headers(rq);
	return reply_text(rq, status, "text/html; charset=utf-8",
	    buf_text(page));
}
