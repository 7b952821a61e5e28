/* SPDX-License-Identifier: MIT */
/*
 * seen.h - what was seen a while ago, remembered by all processes of a host
 * until it no longer matters: one file of a fixed size that they map.
 *
 * A thing is known by its digest and stands in one of the few places that the
 * digest points to, so that a look costs no more when much is remembered.
 * Nothing is ever forgotten before its time: where all those places are taken,
 * the answer is SEEN_FULL, and the caller has to refuse.
 */
#ifndef BASE_SEEN_H
#define BASE_SEEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	SEEN_KEY_BYTES = 12,   /* of a digest are kept, so much must it have */
	SEEN_PLACES = 1 << 20, /* 16 MiB; a power of two */
	SEEN_NEIGHBOURS = 64,  /* places that a digest points to */
};

enum seen_result {
	SEEN_NEW,
	SEEN_BEFORE,
	SEEN_FULL,
	SEEN_UNUSABLE, /* the file cannot be made, mapped or locked */
};

struct seen;

/* The table in this file, which is made when it is not there or is none.
 * Never NULL: a file that cannot be used shows in the results, and is tried
 * anew. */
struct seen *seen_open(const char *path);
void seen_close(struct seen *seen);

/* Is it remembered at now_s?  Nothing is noted. */
enum seen_result seen_look(struct seen *seen,
    const unsigned char key[SEEN_KEY_BYTES], int64_t now_s)
    __attribute__((__warn_unused_result__));

/* The same and, if it is new, remember it until expires_s.  Of several at once
 * one is new. */
enum seen_result seen_note(struct seen *seen,
    const unsigned char key[SEEN_KEY_BYTES], int64_t now_s, int64_t expires_s)
    __attribute__((__warn_unused_result__));

#endif
