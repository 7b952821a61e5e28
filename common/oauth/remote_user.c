/* SPDX-License-Identifier: MIT */
#include "oauth/remote_user.h"

#include <string.h>

#include "base/log.h"
#include "base/text.h"
#include "http/html.h"
#include "oauth/account_page.h"
#include "oauth/authorization_response.h"
#include "oauth/facts.h"
#include "oauth/group_scope.h"
#include "oauth/pending.h"
#include "store/identity.h"

enum { NAME_MAX_BYTES = 255 };

/* ---- whom the web server names ---- */

static enum oauth_error
refuse_set_up(struct request *rq, const char *fault)
{
	log_text("fault", fault);
	return refuse_person(rq, 503, OAUTH_TEMPORARILY_UNAVAILABLE,
	    TROUBLE_NOT_SET_UP, "sign-in is not set up");
}

static bool
name_allowed(const char *name)
{
	size_t len = strlen(name);

	return len <= NAME_MAX_BYTES && text_is_utf8(name, len) &&
	    !text_has_control(name) && name[0] != ' ' && name[len - 1] != ' ';
}

static enum oauth_error
find_name(struct request *rq, const char **ret)
{
	const char *name = request_variable(rq, "REMOTE_USER");

	if (!io_is_private(rq->io))
		return refuse_set_up(rq,
		    "OAUTH_LOGIN=remote_user is not for TCP, where any program "
		    "can claim to be the web server: let mod_fcgid start this "
		    "one, or listen on a unix socket");
	if (!name || !*name)
		return refuse_set_up(rq,
		    "REMOTE_USER is empty: with OAUTH_LOGIN=remote_user the "
		    "web server must ask for a sign-in at /api/oauth/login");
	if (!name_allowed(name))
		return refuse_person(rq, 403, OAUTH_ACCESS_DENIED,
		    TROUBLE_REMOTE_NAME,
		    "REMOTE_USER is too long, no UTF-8, or holds control "
		    "characters or blanks around it");
	*ret = name;
	return OAUTH_OK;
}

/* Their address, as far as it is known and is one. */
static const char *
email_of(struct request *rq, const char *name)
{
	const char *variable = rq->settings->remote_email_variable;
	const char *email = variable ? request_variable(rq, variable) : NULL;

	if (rq->settings->remote_user_is_email)
		email = name;
	return email && text_is_email(email) ? email : NULL;
}

static const char *
scope_given(struct request *rq)
{
	if (!rq->settings->remote_scope_ruled)
		return NULL;
	return group_scope_given(rq->arena, rq->settings,
	    request_variable(rq, rq->settings->remote_groups_variable));
}

/* ---- somebody who does not get in ---- */

/* What to tell whoever runs the server. */
static const char *
facts(struct request *rq, const char *name)
{
	struct buf html = buf_in(rq->arena);

	buf_add(&html, "<dl>\n");
	facts_add(&html, word(rq, WORD_REMOTE_NAME), name);
	facts_add(&html, word(rq, WORD_REMOTE_SOURCE),
	    rq->settings->remote_source);
	buf_add(&html, "</dl>\n<p class=\"soft\">");
	html_add(&html,
	    word_with(rq, WORD_REMOTE_COMMAND, "command",
	        "mcp-oauth identity add NAME EMAIL"));
	buf_add(&html, "</p>\n");
	return buf_text(&html);
}

static enum oauth_error
refuse_name(struct request *rq, const char *name, const char *reason,
    enum trouble trouble)
{
	log_raise(LOG_NOTICE);
	log_event("sign-in refused");
	log_text("reason", reason);
	browser_sign_out(rq);
	return trouble_show(rq, 403, OAUTH_ACCESS_DENIED, trouble, NULL,
	    facts(rq, name));
}

/* ---- signing in ---- */

static enum oauth_error
answer(struct request *rq, enum identity_result result, const char *name,
    const char *user_id)
{
	switch (result) {
	case IDENTITY_SIGNED_IN:
		log_event("signed in");
		log_text("user_id", user_id);
		return OAUTH_OK;
	case IDENTITY_UNKNOWN:
		return refuse_name(rq, name, "no account of this name",
		    TROUBLE_REMOTE_UNKNOWN);
	case IDENTITY_NO_EMAIL:
		return refuse_name(rq, name, "no e-mail address is known",
		    TROUBLE_REMOTE_NO_EMAIL);
	case IDENTITY_EMAIL_TAKEN:
		return refuse_name(rq, name,
		    "the e-mail address is another account's",
		    TROUBLE_REMOTE_TAKEN);
	case IDENTITY_DISABLED:
		return refuse_name(rq, name, "the user is disabled",
		    TROUBLE_REMOTE_DISABLED);
	case IDENTITY_STORE_DOWN:
		break;
	}
	return pending_refuse_unreachable(rq);
}

static enum oauth_error
sign_in(struct request *rq, const struct browser *browser, const char *name)
{
	const struct settings *settings = rq->settings;
	struct sha256 login_digest;
	const char *cookie = browser_login_cookie(rq, &login_digest);
	const char *user_id = NULL;
	enum identity_result result;
	struct identity_sign_in sign_in = {
	    .source = settings->remote_source,
	    .name = name,
	    .email = email_of(rq, name),
	    .join = settings->remote_user_is_email,
	    .provision = settings->remote_provision,
	    .scope_ruled = settings->remote_scope_ruled,
	    .scope_given = scope_given(rq),
	    .login_digest = &login_digest,
	    .previous_digest = browser->login_digest,
	    .expires_s = settings->login_expires_s,
	    .session_expires_s = settings->remote_session_expires_s,
	    .remote = request_remote(rq),
	    .user_agent = request_header(rq, "HTTP_USER_AGENT"),
	};

	log_text("remote_user", name);
	browser_sign_in(rq, cookie);
	result = identity_sign_in(rq->store, rq->arena, &sign_in, &user_id);
	return answer(rq, result, name, user_id);
}

enum oauth_error
remote_user_login(struct request *rq, const char *request_id)
{
	struct authorization_request request;
	struct browser *browser;
	const char *name = NULL;
	enum oauth_error error = find_name(rq, &name);

	if (error)
		return error;
	if (account_page_named(request_id)) {
		error = sign_in(rq, browser_of(rq), name);
		return error ? error : account_page_go_to(rq, request_id);
	}
	error = pending_request(rq, request_id, &browser, &request);
	if (error)
		return error;
	if (pending_prompts(&request, "none"))
		return authorization_response_error(rq, request.redirect_uri,
		    request.state, OAUTH_LOGIN_REQUIRED,
		    "the sign-in expired, and prompt=none forbids asking");
	error = sign_in(rq, browser, name);
	return error ? error : pending_go_to(rq, "consent", request_id);
}

enum oauth_error
remote_user_refuse_page(struct request *rq)
{
	return refuse_person(rq, 404, OAUTH_NOT_FOUND, TROUBLE_WEB_SERVER,
	    "the web server signs people in");
}

enum oauth_error
remote_user_refuse_form(struct request *rq)
{
	reply_header(rq, "Allow", "GET, HEAD, OPTIONS");
	return refuse_person(rq, 405, OAUTH_INVALID_REQUEST, TROUBLE_WEB_SERVER,
	    "the web server signs people in");
}
