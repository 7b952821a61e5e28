/* SPDX-License-Identifier: MIT */
/*
 * watch.h - what one guard of a host keeps up to date for all of them.
 *
 * Every guard runs one thread for it, so that whoever is slow to answer never
 * holds up a request.  Whichever guard of the host holds the lock does a round
 * again and again; the others only try the lock.
 */
#ifndef GUARD_WATCH_H
#define GUARD_WATCH_H

#include <stdbool.h>

/* What is to be done; constant. */
struct watch_duty {
	int pause_ms; /* between two rounds */
	/* One round; false after log_text() said why as "fault". */
	bool (*round)(void *work);
	void (*release)(void *work); /* frees it */
	/* log_event() for rounds that fail from now on, or are good again. */
	void (*tell)(bool good);
	const char *no_thread; /* what the log says when there is none */
};

/* One duty of this process; all zero but for duty at first. */
struct watch {
	const struct watch_duty *duty;
	struct watch_thread *current;
	bool first_known; /* the current thread's first try has ended */
};

/*
 * Start the thread, or let a new one take over after settings changed.  lock
 * names a file in state_directory; both are copied.  work is the thread's own
 * from now on, which releases it.
 */
void watch_start(struct watch *watch, const char *state_directory,
    const char *lock, void *work);

/* Let the thread end; nothing when there is none. */
void watch_stop(struct watch *watch);

/*
 * Wait until a round ended, well or not, or until it is clear that another
 * guard does them, at most wait_ms; only a thread's first one is waited for.
 */
void watch_wait_first(struct watch *watch, int wait_ms);

#endif
