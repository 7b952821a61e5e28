/* SPDX-License-Identifier: MIT */
/*
 * log.h - one structured line a request, and the rare line beside it.
 *
 *	2026-11-23T10:20:30.123Z revoke: notice: refused status=400 error=...
 *
 * A line is one write(2).  Values from outside are quoted and escaped, control
 * bytes too.  Only the endpoint loop and what runs without a request start
 * lines; everything else adds fields to the line of the request in hand.
 * Tokens, codes, verifiers, secrets, passwords and cookies are never passed
 * here at any level.
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include <stdbool.h>
#include <stdint.h>

enum log_level { LOG_ERROR, LOG_WARNING, LOG_NOTICE, LOG_DONE, LOG_DEBUG };

/*
 * Where lines go from now on: "stderr", "syslog" or the absolute path of a
 * file (appended to, opened anew when it was renamed), the least important
 * level still written, and the name that opens each line.  Strings are copied.
 */
void log_open(const char *name, const char *log_to, enum log_level least);

/* "error", "warning", "notice", "info" or "debug"; false for anything else. */
bool log_level_from(const char *text, enum log_level *ret);
const char *log_level_name(enum log_level level);

/* Begin the line of a request; fields of the one before are dropped. */
void log_begin(void);

/* Raise the line to a more important level; it starts at info. */
void log_raise(enum log_level level);

/* Lower the line to debug: another line will tell of the same request. */
void log_quiet(void);

/* What the line says first, such as "refused"; the first word given stays. */
void log_event(const char *event);

/* What the line would say first; NULL when log_quiet() left that to another. */
const char *log_said(void);

/* Add a field.  NULL and "" are left out; the first value of a key stays. */
void log_text(const char *key, const char *value);
void log_number(const char *key, int64_t value);

/* Write the line. */
void log_end(void);

/* A line of its own, outside any request. */
void log_alone(enum log_level level, const char *format, ...)
    __attribute__((__format__(__printf__, 2, 3)));

#endif
