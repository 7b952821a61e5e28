/* SPDX-License-Identifier: MIT */
/* doctor_client_tidy.c - nothing is left of what the doctor made but the lines
 * in logs and audit. */
#include "doctor_client.h"
#include "doctor_form.h"
#include "store/act.h"

/* The way of RFC 7592 s2.3 needs no right in the database. */
static bool
deregister(struct walk *walk)
{
	const char *headers[] = {
	    arena_printf(walk->arena, "Authorization: Bearer %s",
	        walk->registration_access_token),
	    NULL,
	};
	struct web_answer answer;

	if (!walk->registration_client_uri)
		return false;
	answer = doctor_send(walk->doctor,
	    &(struct web_request){.url = walk->registration_client_uri,
	        .method = "DELETE",
	        .headers = headers});
	return answer.status == 204;
}

static bool
act(struct walk *walk, enum act what, const char *to)
{
	struct store *store = client_operator_store(walk);
	enum act_result result;
	int64_t sessions;

	if (!store)
		return false;
	result = act_do(store, walk->arena, what, to, NULL, &sessions);
	return result == ACT_DONE || result == ACT_UNKNOWN;
}

static void
remove_client(struct walk *walk)
{
	if (!walk->client_id || deregister(walk) ||
	    act(walk, ACT_CLIENT_DELETE, walk->client_id))
		return;
	doctor_problem(walk->doctor, "left-behind",
	    arena_printf(walk->arena,
	        "mcp-oauth client delete %s --database "
	        "postgresql://OWNER@/DB",
	        walk->client_id),
	    "the client that was registered could not be removed");
}

static void
remove_user(struct walk *walk)
{
	if (!walk->made_user || act(walk, ACT_USER_DELETE, walk->email))
		return;
	doctor_problem(walk->doctor, "left-behind",
	    arena_printf(walk->arena,
	        "mcp-oauth user delete %s --database postgresql://OWNER@/DB",
	        walk->email),
	    "the user that was made could not be removed: %s",
	    store_last_fault());
}

/* A user who was there before stays; this browser is signed out. */
static void
sign_out(struct walk *walk)
{
	const char *url = doctor_url_of(walk->doctor, "/api/oauth/logout");
	struct browser_page page;
	const char *form;

	if (walk->made_user || walk->browser.n_cookies == 0)
		return;
	page = browser_open(&walk->browser, url, CLIENT_REDIRECT_URI);
	form = form_hidden(walk->arena, page.answer.body);
	if (*form)
		(void)browser_send(&walk->browser, url, form,
		    CLIENT_REDIRECT_URI);
}

void
client_tidy(struct walk *walk)
{
	sign_out(walk);
	remove_client(walk);
	remove_user(walk);
}
