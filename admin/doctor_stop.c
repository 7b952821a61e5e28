/* SPDX-License-Identifier: MIT */
#include "doctor_stop.h"

static volatile sig_atomic_t stopped;

static void
stop(int signal_number)
{
	(void)signal_number;
	stopped = 1;
}

void
doctor_stop_begin(struct doctor *doctor)
{
	static const int signals[] = {SIGINT, SIGTERM, SIGHUP};
	struct sigaction action = {.sa_handler = stop};
	size_t i;

	(void)sigemptyset(&action.sa_mask);
	for (i = 0; i < sizeof(signals) / sizeof(*signals); i++)
		(void)sigaction(signals[i], &action, NULL);
	action.sa_handler = SIG_IGN;
	(void)sigaction(SIGPIPE, &action, NULL);
	doctor->web.stop = &stopped;
}

bool
doctor_stopped(void)
{
	return stopped;
}

void
doctor_stop_ignore(struct doctor *doctor)
{
	doctor->web.stop = NULL;
}
