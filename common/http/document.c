/* SPDX-License-Identifier: MIT */
#include "http/document.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "crypto/digest.h"
#include "crypto/encode.h"

enum { KEPT_MAX = 16, ETAG_BYTES = 12 };

/* Past KEPT_MAX the oldest makes room: a site may have any number. */
static struct kept {
	char *name, *text, *etag;
} kept[KEPT_MAX];
static size_t n_kept;

/* ---- the condition ---- */

bool
etag_named(const char *if_none_match, const char *etag)
{
	const char *p = if_none_match ? if_none_match : "", *end;

	if (text_equal(p, "*"))
		return true;
	for (;;) {
		p += strspn(p, " \t,");
		if (text_starts(p, "W/"))
			p += 2;
		end = *p == '"' ? strchr(p + 1, '"') : NULL;
		if (!end)
			return false;
		if ((size_t)(end + 1 - p) == strlen(etag) &&
		    text_starts(p, etag))
			return true;
		p = end + 1;
	}
}

/* ---- keeping ---- */

static void
forget(struct kept *document)
{
	free(document->name);
	free(document->text);
	free(document->etag);
	*document = (struct kept){0};
}

void
documents_forget(const struct settings *settings, const struct io *io)
{
	size_t i;

	(void)settings, (void)io;
	for (i = 0; i < KEPT_MAX; i++)
		forget(&kept[i]);
}

static const struct kept *
find(const char *name)
{
	size_t i;

	for (i = 0; i < KEPT_MAX; i++)
		if (kept[i].name && text_equal(kept[i].name, name))
			return &kept[i];
	return NULL;
}

static const struct kept *
keep(struct request *rq, const char *name, struct json_object *object)
{
	struct kept *place = &kept[n_kept++ % KEPT_MAX];
	const char *text = json_text(rq->arena, object);
	struct sha256 digest = sha256_of_text(text);

	forget(place);
	place->name = memory_must_copy(name);
	place->text = memory_must_copy(text);
	place->etag = memory_must_copy(arena_printf(rq->arena, "\"%s\"",
	    base64url_encode(rq->arena, digest.bytes, ETAG_BYTES)));
	return place;
}

bool
reply_document(struct request *rq, const char *name, document_maker *make)
{
	const struct kept *document = find(name);
	AUTO_JSON *object = NULL;

	if (!document) {
		object = make(rq);
		if (!object)
			return false;
		document = keep(rq, name, object);
	}
	reply_header(rq, "ETag", document->etag);
	if (etag_named(request_header(rq, "HTTP_IF_NONE_MATCH"),
	        document->etag))
		(void)reply_empty(rq, 304);
	else
		(void)reply_text(rq, 200, "application/json", document->text);
	return true;
}
