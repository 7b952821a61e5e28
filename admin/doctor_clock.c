/* SPDX-License-Identifier: MIT */
/*
 * doctor_clock.c - do the clocks agree?  Tokens bear the database's time, and
 * the guards judge them by their own.
 */
#include <curl/curl.h>
#include <stdlib.h>
#include <time.h>

#include "doctor.h"
#include "oauth/claims.h"
#include "store/status.h"

static const char fix[] = "timedatectl set-ntp true";

/* Half of what is forgiven, so that it is told before it hurts. */
enum { TOLERANCE_S = CLOCK_LEEWAY_S / 2 };

static bool
agrees(int64_t their_s)
{
	return llabs((long long)(their_s - time(NULL))) <= TOLERANCE_S;
}

static const char *
difference(struct doctor *doctor, int64_t their_s)
{
	long long ahead_s = (long long)(their_s - time(NULL));

	return arena_printf(doctor->arena,
	    "%lld seconds %s this host's: past %d, tokens are refused",
	    llabs(ahead_s), ahead_s > 0 ? "ahead of" : "behind",
	    CLOCK_LEEWAY_S);
}

static void
check_web(struct doctor *doctor)
{
	struct web_answer answer = doctor_get(doctor, "/api/oauth/health");
	time_t date = curl_getdate(web_header(doctor->arena, &answer, "date"),
	    NULL);

	if (date == -1)
		return;
	if (agrees(date))
		doctor_ok(doctor, "clock-web",
		    "the clock of the web server agrees with this one");
	else
		doctor_problem(doctor, "clock-web", fix,
		    "the clock of the web server is %s",
		    difference(doctor, date));
}

static void
check_database(struct doctor *doctor)
{
	struct store *store = store_open(doctor->server);
	struct store_status status;
	bool here = store_status(store, doctor->arena, &status);

	store_close(store);
	if (!here)
		return; /* told already */
	if (agrees(status.now_s))
		doctor_ok(doctor, "clock-database",
		    "the clock of the database agrees with this one");
	else
		doctor_problem(doctor, "clock-database", fix,
		    "the clock of the database is %s",
		    difference(doctor, status.now_s));
}

void
doctor_clock(struct doctor *doctor)
{
	check_web(doctor);
	check_database(doctor);
}
