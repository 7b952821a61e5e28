/* SPDX-License-Identifier: MIT */
#include "oauth/client_document.h"

#include <string.h>
#include <strings.h>

#include "base/log.h"
#include "base/text.h"
#include "base/uri.h"
#include "http/fetch.h"
#include "oauth/registration_document.h"
#include "store/client_document.h"

enum { RETRY_S = 60 }; /* after a fetch that failed, with a copy in hand */

/* ---- the URL ---- */

bool
client_document_claimed(const char *client_id)
{
	return strncasecmp(client_id, "https:", 6) == 0 ||
	    strncasecmp(client_id, "http:", 5) == 0;
}

/*
 * May it be one?  An https URL in its plain form (lower case, no default
 * port) with a path other than "/", no userinfo, fragment or dot segments.
 */
static bool
url_allowed(struct arena *arena, const char *client_id)
{
	const char *origin = fetch_origin(arena, client_id);
	struct uri uri;

	return origin && strlen(client_id) <= CLIENT_ID_URL_MAX_BYTES &&
	    text_starts(client_id, origin) &&
	    uri_parse(arena, client_id, &uri) && uri.path[0] == '/' &&
	    uri.path[1] != '\0' &&
	    text_starts(client_id + strlen(origin), uri.path);
}

/* ".example.com" names example.com and every host below it. */
static bool
host_listed(struct arena *arena, const char *host, const char *list)
{
	const char **words = text_split(arena, list, " ,", NULL);

	for (; *words; words++) {
		if (text_equal_nocase(*words, host))
			return true;
		if ((*words)[0] == '.' &&
		    (text_equal_nocase(*words + 1, host) ||
		        text_ends(host, text_lower(arena, *words))))
			return true;
	}
	return false;
}

/* Does the operator let clients of this host in?  CLIENT_METADATA_DOCUMENTS,
 * CLIENT_METADATA_ALLOW and CLIENT_METADATA_BLOCK. */
static bool
trusted(struct arena *arena, const struct settings *settings,
    const char *client_id)
{
	struct uri uri;

	if (!settings->client_metadata_documents ||
	    !uri_parse(arena, client_id, &uri))
		return false;
	if (settings->client_metadata_block &&
	    host_listed(arena, uri.host, settings->client_metadata_block))
		return false;
	return !settings->client_metadata_allow ||
	    host_listed(arena, uri.host, settings->client_metadata_allow);
}

bool
client_document_kept_out(struct arena *arena, const struct settings *settings,
    const char *client_id)
{
	return client_document_claimed(client_id) &&
	    !trusted(arena, settings, client_id);
}

/* ---- the document ---- */

/* What a registration says, as a client; the copy is as fresh as can be. */
static struct client
client_of(const struct client_registration *registration)
{
	return (struct client){
	    .client_id = registration->client_id,
	    .client_name = registration->client_name,
	    .client_uri = registration->client_uri,
	    .redirect_uris = registration->redirect_uris,
	    .grant_types = registration->grant_types,
	    .scope = registration->scope,
	    .token_endpoint_auth_method = registration
	                                      ->token_endpoint_auth_method,
	    .fresh = true,
	    .usable = true,
	    .registration = "metadata",
	};
}

static enum client_find_result
keep(struct request *rq, const struct client_registration *registration,
    int64_t fresh_s, struct client *ret)
{
	switch (
	    client_document_put(rq->store, rq->arena, registration, fresh_s)) {
	case DOCUMENT_STORED:
		*ret = client_of(registration);
		return CLIENT_FOUND;
	case DOCUMENT_REGISTERED_OTHERWISE: /* this moment */
	case DOCUMENT_STORE_DOWN:
		break;
	}
	return CLIENT_FIND_STORE_DOWN;
}

/* Count the fetch against what one origin and all together may cost. */
static enum client_find_result
take_budget(struct request *rq, const char *client_id, const char **reason)
{
	const struct fetch_limits limits = {
	    .per_origin = rq->settings->fetch_limit_origin,
	    .total = rq->settings->fetch_limit,
	};
	int64_t retry_after_s;

	switch (
	    fetch_take(rq->store, rq->arena, fetch_origin(rq->arena, client_id),
	        request_remote(rq), &limits, &retry_after_s)) {
	case FETCH_TAKEN:
		return CLIENT_FOUND;
	case FETCH_THROTTLED:
		*reason = "The application's description was asked for too "
		          "often. Try again in a minute.";
		return CLIENT_FIND_AWAY;
	case FETCH_TAKE_STORE_DOWN:
		break;
	}
	return CLIENT_FIND_STORE_DOWN;
}

static enum client_find_result
read_document(struct request *rq, const char *client_id,
    struct json_object *document, int64_t fresh_s, struct client *ret,
    const char **reason)
{
	struct client_registration registration;
	const char *fault;

	if (registration_read_document(rq->arena, rq->settings, client_id,
	        document, &registration, &fault) == OAUTH_OK)
		return keep(rq, &registration, fresh_s, ret);
	log_text("fault", fault);
	*reason = "The application's description, which its client_id points "
	          "to, is not acceptable.";
	return CLIENT_FIND_REFUSED;
}

static enum client_find_result
fetch_document(struct request *rq, const char *client_id,
    enum fetch_about about, struct client *ret, const char **reason)
{
	enum client_find_result result = CLIENT_FOUND;
	struct fetched fetched = {0};
	const char *fault = NULL;

	if (about == FETCH_ABOUT_STRANGER)
		result = take_budget(rq, client_id, reason);
	if (result != CLIENT_FOUND)
		return result;
	switch (fetch_json(rq->arena, rq->settings, client_id, about,
	    FETCH_DOCUMENT_MAX_BYTES, &fetched, &fault)) {
	case FETCH_GOOD:
		result = read_document(rq, client_id, fetched.document,
		    fetched.fresh_s, ret, reason);
		json_object_put(fetched.document);
		return result;
	case FETCH_REFUSED:
	case FETCH_FAILED:
		log_text("fault", fault);
		*reason = "The application's description cannot be had from "
		          "where its client_id points to.";
		return CLIENT_FIND_REFUSED;
	case FETCH_BUSY:
		break;
	}
	log_text("fault", fault);
	*reason = "The application's description cannot be had at this moment. "
	          "Try again later.";
	return CLIENT_FIND_AWAY;
}

/* What is wanted is a new copy; an old one will do for a day.  The budget is
 * for strangers: a client in use has no more than a fetch a minute, and nobody
 * shall spend what it needs. */
static enum client_find_result
renew(struct request *rq, struct client *old, struct client *ret,
    const char **reason)
{
	enum client_find_result result = fetch_document(rq, old->client_id,
	    old->known ? FETCH_ABOUT_KNOWN : FETCH_ABOUT_STRANGER, ret, reason);

	if ((result != CLIENT_FIND_REFUSED && result != CLIENT_FIND_AWAY) ||
	    !old->usable)
		return result;
	if (!client_document_missed(rq->store, rq->arena, old->client_id,
	        RETRY_S))
		return CLIENT_FIND_STORE_DOWN;
	log_raise(LOG_WARNING);
	log_event("client metadata from an old copy");
	*ret = *old;
	return CLIENT_FOUND;
}

enum client_find_result
client_find(struct request *rq, const char *client_id, struct client *ret,
    const char **reason)
{
	struct client client = {0};

	*reason = "This server does not take applications of that description "
	          "(client_id).";
	if (client_document_claimed(client_id) &&
	    (!url_allowed(rq->arena, client_id) ||
	        !trusted(rq->arena, rq->settings, client_id)))
		return CLIENT_FIND_REFUSED;
	switch (client_get(rq->store, rq->arena, client_id, &client)) {
	case CLIENT_OK:
		if (!client.fresh)
			return renew(rq, &client, ret, reason);
		*ret = client;
		return CLIENT_FOUND;
	case CLIENT_UNKNOWN:
		return client_document_claimed(client_id)
		    ? fetch_document(rq, client_id, FETCH_ABOUT_STRANGER, ret,
		          reason)
		    : CLIENT_FIND_UNKNOWN;
	case CLIENT_REFUSED: /* disabled */
		return CLIENT_FIND_UNKNOWN;
	case CLIENT_STORE_DOWN:
		break;
	}
	return CLIENT_FIND_STORE_DOWN;
}
