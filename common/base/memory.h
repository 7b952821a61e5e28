/* SPDX-License-Identifier: MIT */
/* memory.h - what happens when malloc() fails: the process ends, before an answer
 * is sent that lacks something. */
#ifndef BASE_MEMORY_H
#define BASE_MEMORY_H

/* Memory as it is; NULL ends the process. */
void *memory_must(void *memory) __attribute__((__returns_nonnull__));

/* A copy of text, to be freed; the process ends when there is no room for it. */
char *memory_must_copy(const char *text) __attribute__((__returns_nonnull__));

/* Say so and end the process. */
void memory_out(void) __attribute__((__noreturn__));

#endif
