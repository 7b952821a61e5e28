/* SPDX-License-Identifier: MIT */
#include "progress.h"

#include <signal.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

static volatile sig_atomic_t stopped;

static struct {
	const char *what;
	int64_t count;
	time_t since;
	bool shown;
} progress;

static void
stop(int signal_number)
{
	(void)signal_number;
	stopped = 1;
}

static void
handle(void (*handler)(int))
{
	struct sigaction action = {.sa_handler = handler};

	(void)sigemptyset(&action.sa_mask);
	(void)sigaction(SIGINT, &action, NULL);
	(void)sigaction(SIGTERM, &action, NULL);
}

static void
show(void)
{
	long seconds = (long)(time(NULL) - progress.since);

	if (!isatty(STDERR_FILENO) || seconds < 1)
		return;
	(void)fprintf(stderr, "\r%s", progress.what);
	if (progress.count > 0)
		(void)fprintf(stderr, ", %lld", (long long)progress.count);
	(void)fprintf(stderr, ", %ld s ", seconds);
	progress.shown = true;
}

static bool
tick(void *arg)
{
	(void)arg;
	show();
	return !stopped;
}

void
progress_begin(struct store *store, const char *what)
{
	progress.what = what;
	progress.count = 0;
	progress.since = time(NULL);
	handle(stop);
	store_be_patient(store, tick, NULL);
}

void
progress_count(int64_t n)
{
	progress.count = n;
	show();
}

bool
progress_stopped(void)
{
	return stopped;
}

void
progress_end(void)
{
	if (progress.shown)
		(void)fputs("\r\033[K", stderr);
	progress.shown = false;
	handle(SIG_DFL);
}
