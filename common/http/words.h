/* SPDX-License-Identifier: MIT */
/*
 * words.h - every text of the pages, in the languages they come in.
 *
 * Each language is a file words/TAG.def of lines WORD(KEY, "text"), which the
 * compiler reads: a key that English lacks does not compile, one that stands
 * twice is warned of, and a unit test finds those that are missing and {braces}
 * that differ.  What operators read, the log and the command, is English.
 */
#ifndef HTTP_WORDS_H
#define HTTP_WORDS_H

#include "http/request.h"

enum word {
#define WORD(key, text) WORD_##key,
#include "http/words/en.def"
#undef WORD
	N_WORDS,
};

struct language {
	const char *tag;          /* BCP 47, in lower case */
	const char *const *words; /* by enum word */
	bool right_to_left;
};

/* All of them; the first is the one for whoever reads none.  The last entry is
 * {0}. */
extern const struct language languages[];

/* The language for the person who sent the request (language.h). */
const struct language *language_of(struct request *rq);

/* A text in the language of the request; not escaped. */
const char *word(struct request *rq, enum word key);

/*
 * The same with {name} replaced by value, which is the program's or a
 * stranger's; in a language from right to left it is kept apart, so that it
 * cannot change the direction of what stands around it.  Lives in the arena.
 */
const char *word_with(struct request *rq, enum word key, const char *name,
    const char *value);

/* A whole number of something: keys one, one + 1 and one + 2 are its forms for
 * one, for few where a language has that, and for many. */
const char *word_number(struct request *rq, enum word one, int64_t n);

/* A span of time in the largest whole unit: days, hours or minutes. */
const char *word_span(struct request *rq, int64_t seconds);

/* The key of that name, in any case; N_WORDS when there is none. */
enum word word_named(const char *name, size_t len);

/* Put value in the place of {name} in text; lives in the arena. */
const char *words_fill(struct arena *arena, const char *text, const char *name,
    const char *value);

#endif
