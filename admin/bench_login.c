/* SPDX-License-Identifier: MIT */
/*
 * bench_login.c - how many passwords this machine checks a second, and what
 * that means: checks are slow on purpose, and the host does only so many at
 * once.
 */
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "base/monotonic.h"
#include "base/slot.h"
#include "crypto/password.h"
#include "listing.h"
#include "oauth/login_attempt.h"
#include "verb.h"

enum {
	SECONDS = 3, /* as the table of verbs says */
	SECONDS_MAX = 600,
	THREADS_MAX = 256,
	MS = 1000,
};

struct bench {
	const char *hash;
	int64_t until_ms;
	pthread_t thread;
	int64_t checks;
};

/* At least one check, whatever it takes. */
static void *
check_until(void *arg)
{
	struct bench *bench = arg;

	do {
		(void)password_matches(bench->hash, "not the password");
		bench->checks++;
	} while (monotonic_ms() < bench->until_ms);
	return NULL;
}

/* Checks a second of n threads at once; 0 when not all could be started. */
static double
measure(const char *hash, int n, int64_t seconds)
{
	struct bench benches[THREADS_MAX] = {0};
	int64_t start_ms = monotonic_ms(), checks = 0;
	int i, started = 0;

	for (i = 0; i < n; i++) {
		benches[i].hash = hash;
		benches[i].until_ms = start_ms + seconds * MS;
		if (pthread_create(&benches[i].thread, NULL, check_until,
		        &benches[i]) == 0)
			started++;
		else
			break;
	}
	for (i = 0; i < started; i++) {
		(void)pthread_join(benches[i].thread, NULL);
		checks += benches[i].checks;
	}
	return started < n
	    ? 0
	    : (double)checks * MS / (double)(monotonic_ms() - start_ms);
}

static void
add_number(struct json_object *object, const char *name, double value)
{
	char text[64];

	(void)snprintf(text, sizeof(text), "%.1f", value);
	json_add(object, name, json_build(text, strlen(text)));
}

/* What follows from it for the settings in force, or for those that come when
 * nothing is set. */
static void
add_meaning(struct command *command, struct json_object *object, double rate)
{
	const char *error = NULL;
	const struct settings *settings = settings_load(command->arena,
	    SETTINGS_SERVER, command_config_file(command), NULL, &error);

	add_number(object, "wait_s_when_all_places_are_taken",
	    LOGIN_PLACES / rate);
	if (!settings) {
		json_add_string(object, "settings_fault", error);
		return;
	}
	json_add_int64(object, "login_limit_remote",
	    settings->login_limit_remote);
	json_add_int64(object, "login_window_s", settings->login_window_s);
	if (settings->login_limit_remote > 0)
		add_number(object, "addresses_that_could_take_it_all",
		    rate * (double)settings->login_window_s /
		        (double)settings->login_limit_remote);
}

int
verb_bench_login(struct command *command)
{
	AUTO_JSON *object = json_new_object();
	int processors = slot_processors();
	const char *hash;
	int64_t seconds;
	double one, all;

	if (!command_number(command, "seconds", 1, SECONDS_MAX, SECONDS,
	        &seconds))
		return EXIT_USAGE;
	if (processors > THREADS_MAX)
		processors = THREADS_MAX;
	hash = password_hash(command->arena, "the password of nobody");
	one = hash ? measure(hash, 1, seconds) : 0;
	all = hash ? measure(hash, processors, seconds) : 0;
	if (one <= 0 || all <= 0)
		return command_fail("too little memory for %d at once",
		    processors);
	json_add_int64(object, "at_once", processors);
	add_number(object, "check_ms", MS / one);
	add_number(object, "checks_per_second_one_by_one", one);
	add_number(object, "checks_per_second", all);
	json_add_int64(object, "memory_bytes",
	    (int64_t)((size_t)processors * password_memory_bytes()));
	add_meaning(command, object, all);
	listing_print_object(command, object);
	return EXIT_GOOD;
}
