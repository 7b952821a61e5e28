/* SPDX-License-Identifier: MIT */
#include "interrupt.h"

#include <errno.h>
#include <signal.h>

static PGcancel *running;

/* PQcancel is safe in a signal handler. */
static void
cancel(int signal_number)
{
	char why[256];
	int before = errno;

	(void)signal_number;
	if (running)
		(void)PQcancel(running, why, sizeof(why));
	errno = before;
}

static void
handle(void (*handler)(int))
{
	struct sigaction action = {.sa_handler = handler,
	    .sa_flags = SA_RESTART};

	(void)sigemptyset(&action.sa_mask);
	(void)sigaction(SIGINT, &action, NULL);
	(void)sigaction(SIGTERM, &action, NULL);
}

void
interrupt_cancels(PGconn *conn)
{
	running = PQgetCancel(conn);
	handle(cancel);
}

void
interrupt_as_usual(void)
{
	handle(SIG_DFL);
	PQfreeCancel(running);
	running = NULL;
}
