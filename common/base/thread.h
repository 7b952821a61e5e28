/* SPDX-License-Identifier: MIT */
/* thread.h - threads that work beside the one that serves. */
#ifndef BASE_THREAD_H
#define BASE_THREAD_H

#include <stdbool.h>

/*
 * Start run(arg) in a thread that nobody waits for.  Signals are for the thread
 * that serves, whose wait for a request they end; but one that the sandbox raises
 * is for whoever made the call.  Returns false when there is no room for a
 * thread: arg is then still the caller's.
 */
bool thread_start(void *(*run)(void *), void *arg);

#endif
