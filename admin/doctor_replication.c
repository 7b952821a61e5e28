/* SPDX-License-Identifier: MIT */
/*
 * doctor_replication.c - where DATABASE_URL names several hosts, does a standby
 * have what was acknowledged?  If not, a failover can bring revoked sessions
 * back.
 */
#include "base/text.h"
#include "doctor.h"
#include "store/hosts.h"
#include "store/store.h"

static bool
has_several_hosts(const struct settings *settings)
{
	struct hosts *hosts = hosts_new(settings->database_url,
	    settings->database_pooler_transaction);
	bool several = hosts_count(hosts) > 1;

	hosts_free(hosts);
	return several;
}

static void
judge(struct doctor *doctor, const char *standbys, const char *commit)
{
	if (!*standbys)
		doctor_problem(doctor, "replication",
		    "ALTER SYSTEM SET synchronous_standby_names = 'ANY 1 "
		    "(*)';\n"
		    "SELECT pg_reload_conf();\n"
		    "# docs/several-machines.md tells what that costs",
		    "DATABASE_URL names several hosts, but the primary waits "
		    "for no standby (synchronous_standby_names is empty): a "
		    "failover can undo what was acknowledged, revocations too");
	else if (text_equal(commit, "off") || text_equal(commit, "local"))
		doctor_problem(doctor, "replication",
		    "ALTER SYSTEM SET synchronous_commit = on;\n"
		    "SELECT pg_reload_conf();\n"
		    "# and where it was set for the database or the login",
		    "the endpoints' login commits with synchronous_commit = "
		    "%s, "
		    "which waits for no standby: a failover can undo what was "
		    "acknowledged, revocations too",
		    commit);
	else
		doctor_ok(doctor, "replication",
		    "what is acknowledged is on a standby (%s)", standbys);
}

void
doctor_replication(struct doctor *doctor)
{
	static const struct statement statement = {"replication",
	    "SELECT current_setting('synchronous_standby_names') AS standbys, "
	    "current_setting('synchronous_commit') AS commit",
	    .repeatable = true};
	struct store_params params = {.arena = doctor->arena};
	struct store *store;
	AUTO_RESULT *row = NULL;

	if (!has_several_hosts(doctor->server))
		return;
	store = store_open(doctor->server);
	row = store_call(store, &statement, &params);
	store_close(store);
	if (row) /* otherwise doctor_database() told */
		judge(doctor, store_text(doctor->arena, row, 0, "standbys"),
		    store_text(doctor->arena, row, 0, "commit"));
}
