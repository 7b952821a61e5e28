/* SPDX-License-Identifier: MIT */
/* Query strings and form bodies. */
#include <string.h>

#include "base/text.h"
#include "base/uri.h"
#include "fuzz.h"
#include "http/form.h"

/* What was read, written as a form again. */
static struct buf
written(struct arena *arena, const struct request *rq)
{
	struct buf form = buf_in(arena);
	size_t i;

	for (i = 0; i < rq->n_pairs; i++) {
		uri_encode(&form, rq->pairs[i].name);
		buf_add(&form, "=");
		uri_encode(&form, rq->pairs[i].value);
		buf_add(&form, "&");
	}
	return form;
}

void
fuzz_one(struct arena *arena, const char *text, size_t len_bytes)
{
	struct request rq = fuzz_request(arena), again = rq;
	struct buf form;
	size_t i;

	if (form_read(&rq, text, len_bytes) != FORM_GOOD)
		return;
	form = written(arena, &rq);
	fuzz_must(form_read(&again, buf_text(&form), form.len) == FORM_GOOD);
	fuzz_must(again.n_pairs == rq.n_pairs && rq.n_pairs <= PARAMS_MAX);
	fuzz_must(!again.doubled == !rq.doubled);
	for (i = 0; i < rq.n_pairs; i++) {
		fuzz_must(
		    text_is_utf8(rq.pairs[i].value, strlen(rq.pairs[i].value)));
		fuzz_must(text_equal(rq.pairs[i].name, again.pairs[i].name));
		fuzz_must(text_equal(rq.pairs[i].value, again.pairs[i].value));
	}
}
