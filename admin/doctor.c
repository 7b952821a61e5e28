/* SPDX-License-Identifier: MIT */
/*
 * doctor.c - looking over a site: its files, its database, and from outside as
 * a client would see it.  Each finding names its cause and what to paste.
 *
 * Nothing is changed, unless --as-client has it play a client
 * (doctor_client.c).
 */
#include "doctor.h"

#include <stdio.h>

#include "doctor_client.h"
#include "verb.h"

enum {
	/* What apache-conf/mcp-oauth.conf starts at most with its own numbers,
	 * and one for the guards of the host. */
	PROFILE_CONNECTIONS = 93,
	CONNECTIONS_MOST = 100000,
};

static void
look_at_site(struct doctor *doctor)
{
	if (!doctor->url)
		doctor->url = doctor->server->oauth_base_url;
	doctor->web.oauth_base_url = doctor->server->oauth_base_url;
	doctor->web.url = doctor->url;
	doctor_backend(doctor);
	if (!doctor_address(doctor))
		return;
	doctor_clock(doctor);
	doctor_authorization(doctor);
	doctor_documents(doctor);
	doctor_guarded(doctor);
	doctor_answers(doctor);
	doctor_pages(doctor);
	doctor_login(doctor);
	if (doctor->guard)
		doctor_rules(doctor);
	if (command_given(doctor->command, "as-client"))
		doctor_client(doctor);
}

static void
look(struct doctor *doctor)
{
	doctor_files(doctor);
	if (!doctor->server)
		return;
	doctor_modes(doctor);
	doctor_database(doctor);
	doctor_connections(doctor);
	doctor_replication(doctor);
	look_at_site(doctor);
}

static void
conclude(struct doctor *doctor)
{
	if (doctor->json)
		doctor_print_json(doctor);
	else if (doctor->problems == 0)
		puts("all is well");
	else
		(void)printf("%d problem%s\n", doctor->problems,
		    doctor->problems == 1 ? "" : "s");
}

int
verb_doctor(struct command *command)
{
	AUTO_JSON *findings = json_new_array();
	struct doctor doctor = {.command = command,
	    .arena = command->arena,
	    .url = command_value(command, "url"),
	    .web.ca_file = command_value(command, "ca-file"),
	    .json = command_given(command, "json"),
	    .findings = findings};

	if (!command_given(command, "as-client") &&
	    (command_given(command, "user") ||
	        command_given(command, "password-file")))
		return command_usage(
		    "--user and --password-file are for --as-client");
	if (!command_number(command, "connections", 1, CONNECTIONS_MOST,
	        PROFILE_CONNECTIONS, &doctor.connections))
		return EXIT_USAGE;
	look(&doctor);
	conclude(&doctor);
	return doctor.problems == 0 ? EXIT_GOOD : EXIT_REFUSED;
}
