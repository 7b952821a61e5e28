/* SPDX-License-Identifier: MIT */
#include "http/words.h"

#include <string.h>
#include <strings.h>

#include "base/text.h"

enum { MINUTE_S = 60, HOUR_S = 3600, DAY_S = 86400 };

#define WORD(key, text) [WORD_##key] = (text),

static const char *const words_en[N_WORDS] = {
#include "http/words/en.def"
};

static const char *const words_de[N_WORDS] = {
#include "http/words/de.def"
};

static const char *const words_fr[N_WORDS] = {
#include "http/words/fr.def"
};

static const char *const words_es[N_WORDS] = {
#include "http/words/es.def"
};

static const char *const words_pt[N_WORDS] = {
#include "http/words/pt.def"
};

static const char *const words_ja[N_WORDS] = {
#include "http/words/ja.def"
};

static const char *const words_zh[N_WORDS] = {
#include "http/words/zh.def"
};

static const char *const words_ar[N_WORDS] = {
#include "http/words/ar.def"
};

#undef WORD

#define WORD(key, text) [WORD_##key] = #key,

static const char *const keys[N_WORDS] = {
#include "http/words/en.def"
};

#undef WORD

const struct language languages[] = {
    {"en", words_en, false},
    {"de", words_de, false},
    {"fr", words_fr, false},
    {"es", words_es, false},
    {"pt", words_pt, false},
    {"ja", words_ja, false},
    {"zh", words_zh, false},
    {"ar", words_ar, true},
    {0},
};

const char *
word(struct request *rq, enum word key)
{
	return language_of(rq)->words[key];
}

const char *
words_fill(struct arena *arena, const char *text, const char *name,
    const char *value)
{
	const char *place = strstr(text, arena_printf(arena, "{%s}", name));

	if (!place)
		return text;
	return arena_printf(arena, "%.*s%s%s", (int)(place - text), text, value,
	    place + strlen(name) + 2);
}

/* U+2068 FIRST STRONG ISOLATE and U+2069 POP DIRECTIONAL ISOLATE around it. */
static const char *
kept_apart(struct request *rq, const char *value)
{
	if (!language_of(rq)->right_to_left)
		return value;
	return arena_printf(rq->arena, "\xE2\x81\xA8%s\xE2\x81\xA9", value);
}

const char *
word_with(struct request *rq, enum word key, const char *name,
    const char *value)
{
	return words_fill(rq->arena, word(rq, key), name,
	    kept_apart(rq, value));
}

/* Only Arabic has a form for few, 3 to 10, among the languages here. */
static enum word
form_of(enum word one, int64_t n)
{
	if (n == 1)
		return one;
	return n % 100 >= 3 && n % 100 <= 10 ? one + 1 : one + 2;
}

const char *
word_number(struct request *rq, enum word one, int64_t n)
{
	return words_fill(rq->arena, word(rq, form_of(one, n)), "n",
	    arena_printf(rq->arena, "%lld", (long long)n));
}

const char *
word_span(struct request *rq, int64_t seconds)
{
	if (seconds >= DAY_S)
		return word_number(rq, WORD_DAYS_ONE, seconds / DAY_S);
	if (seconds >= HOUR_S)
		return word_number(rq, WORD_HOURS_ONE, seconds / HOUR_S);
	return word_number(rq, WORD_MINUTES_ONE,
	    (seconds + MINUTE_S - 1) / MINUTE_S);
}

enum word
word_named(const char *name, size_t len)
{
	int key;

	for (key = 0; key < N_WORDS; key++)
		if (strlen(keys[key]) == len &&
		    strncasecmp(keys[key], name, len) == 0)
			break;
	return (enum word)key;
}
