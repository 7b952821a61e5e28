/* SPDX-License-Identifier: MIT */
/*
 * counter.h - how often what happened, counted by all processes of the host in
 * one mapped file, for the metrics.
 *
 * The names of what is counted are all our own, so there is a small number of
 * them; whatever finds no room is not counted.
 */
#ifndef BASE_COUNTER_H
#define BASE_COUNTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { COUNTERS_MAX = 512 };

/* The times that a program answered with a status, and what its log line said
 * first. */
struct counter {
	char program[24];
	char event[64];
	int status;
	uint64_t requests, duration_us;
};

/* Count in this folder from now on; where that cannot be, nothing is counted.
 */
void counter_open(const char *directory);

void counter_add(const char *program, const char *event, int status,
    int64_t duration_us);

/* The i-th of COUNTERS_MAX as it stands; false when there is none. */
bool counter_get(size_t i, struct counter *ret);

#endif
