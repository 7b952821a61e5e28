/* SPDX-License-Identifier: MIT */
/*
 * crash.h - the steps of a request at which a test may end or stop the process.
 * Only "make CRASH=1" knows them; of any other build they are no part.
 */
#ifndef BASE_CRASH_H
#define BASE_CRASH_H

#ifdef CRASH
/* Does a test wait for the step of that name?  tests/faults/crash.c */
void crash_point(const char *step);
#else
#define crash_point(step) ((void)0)
#endif

#endif
