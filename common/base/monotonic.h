/* SPDX-License-Identifier: MIT */
/* monotonic.h - time that only goes forward: for whatever waits, since the
 * host's clock may be set while it does. */
#ifndef BASE_MONOTONIC_H
#define BASE_MONOTONIC_H

#include <pthread.h>
#include <stdint.h>
#include <time.h>

/* Now, since some moment in the past. */
int64_t monotonic_ms(void);

/* So long after now: for a condition of the next function. */
struct timespec monotonic_after(int ms);

/* A condition whose waits end by this clock; it is never destroyed. */
void monotonic_condition(pthread_cond_t *ret);

#endif
