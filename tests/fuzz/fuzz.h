/* SPDX-License-Identifier: MIT */
/*
 * fuzz.h - what the fuzz targets share.  A target is fuzz_NAME.c with one
 * function fuzz_one(); libFuzzer has main().
 */
#ifndef FUZZ_FUZZ_H
#define FUZZ_FUZZ_H

#include "http/request.h"

/*
 * Try one input: len_bytes of text with a NUL behind them.  Parsers of strings
 * see it up to its first NUL, as they would over the wire.
 */
void fuzz_one(struct arena *arena, const char *text, size_t len_bytes);

/* What must hold whatever the input: the fuzzer stops where it does not. */
#define fuzz_must(condition) fuzz_check((condition), #condition)
void fuzz_check(bool holds, const char *condition);

/* Settings of a site with everything on. */
const struct settings *fuzz_settings(void);

/* What settings_load() makes of a file with this text. */
const struct settings *fuzz_load(struct arena *arena, enum settings_kind kind,
    const char *text, size_t len_bytes);

/* A request with these settings and none of fuzz_variable(). */
struct request fuzz_request(struct arena *arena);

/* Let request_variable() find it; the strings are not copied. */
void fuzz_variable(const char *name, const char *value);
void fuzz_variables_forget(void);

/* The text up to the end of line in the arena, *rest behind it; "" at its end.
 */
const char *fuzz_line(struct arena *arena, const char **rest);

#endif
