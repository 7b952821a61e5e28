/* SPDX-License-Identifier: MIT */
#include "http/ending.h"

#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <unistd.h>

#include "base/monotonic.h"

enum {
	/* mod_fcgid's sleep of a second, and what a busy host adds to it. */
	IDLE_MS = 1150,
	/* Workers that share a socket find requests on it for ever. */
	AFTER_SIGTERM_MS = 3000,
	/* A host that stands still, as virtual ones do, takes one slice of the
	 * wait, not all of it: who slept meanwhile comes after it. */
	SLICE_MS = 50,
};

static volatile sig_atomic_t told;
static int64_t told_ms, served_ms;

/* A signal that arrives between the look at it and accept() interrupts
 * nothing; the alarm a second later does. */
static void
note(int signal)
{
	if (signal != SIGALRM) {
		told = 1;
		(void)alarm(1);
	}
}

void
ending_may_interrupt(bool may)
{
	sigset_t set;

	(void)sigemptyset(&set);
	(void)sigaddset(&set, SIGTERM);
	(void)sigaddset(&set, SIGUSR1);
	(void)sigaddset(&set, SIGALRM);
	(void)sigprocmask(may ? SIG_UNBLOCK : SIG_BLOCK, &set, NULL);
}

void
ending_watch(void)
{
	struct sigaction action = {.sa_handler = note};

	ending_may_interrupt(false);
	(void)sigemptyset(&action.sa_mask);
	/* FastCGI's managers send either of the first two. */
	(void)sigaction(SIGTERM, &action, NULL);
	(void)sigaction(SIGUSR1, &action, NULL);
	(void)sigaction(SIGALRM, &action, NULL);
	/* A worker is started for somebody who waits. */
	served_ms = monotonic_ms();
}

bool
ending_wanted(void)
{
	return told;
}

void
ending_served(void)
{
	served_ms = monotonic_ms();
}

/* Does a request come within a slice of the wait? */
static bool
one_comes(void)
{
	struct pollfd socket = {.fd = STDIN_FILENO, .events = POLLIN};

	return poll(&socket, 1, SLICE_MS) > 0;
}

/* Does one come before the worker was idle for long enough? */
static bool
one_comes_late(void)
{
	int64_t now = monotonic_ms(), idle_ms = now - served_ms;

	if (told_ms == 0)
		told_ms = now;
	for (; idle_ms < IDLE_MS; idle_ms += SLICE_MS) {
		if (monotonic_ms() - told_ms >= AFTER_SIGTERM_MS)
			return false;
		if (one_comes())
			return true;
	}
	return false;
}

bool
ending_now(void)
{
	if (!told)
		return false;
	if (!one_comes_late())
		return true;
	/* Another worker may be faster: no wait without end. */
	(void)alarm(1);
	return false;
}
