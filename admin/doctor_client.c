/* SPDX-License-Identifier: MIT */
#include "doctor_client.h"

#include "doctor_stop.h"

static bool
connect(struct walk *walk)
{
	return client_discover(walk) &&
	    (walk->client_id || client_register_itself(walk)) &&
	    client_authorize(walk) && client_redeem(walk) &&
	    client_call(walk) && client_refresh(walk) && client_revoke(walk);
}

static void
connect_to_all(struct walk *walk)
{
	const struct settings *settings = walk->doctor->server;
	size_t i;

	if (!client_person(walk))
		return;
	for (i = 0; i < settings->n_mcp_resources && !doctor_stopped(); i++) {
		walk->resource = &settings->mcp_resources[i];
		walk->used = false;
		if (connect(walk) && walk->used)
			doctor_ok(walk->doctor, "as-client",
			    "a client connects to %s, uses it, and is refused "
			    "once it is revoked",
			    walk->resource->path);
	}
}

void
doctor_client(struct doctor *doctor)
{
	struct walk walk = {.doctor = doctor,
	    .arena = doctor->arena,
	    .browser.doctor = doctor};

	doctor_stop_begin(doctor);
	connect_to_all(&walk);
	doctor_stop_ignore(doctor);
	client_tidy(&walk);
	if (walk.operator_store)
		store_close(walk.operator_store);
	if (doctor_stopped())
		doctor_problem(doctor, "interrupted",
		    "mcp-oauth doctor --as-client",
		    "it was interrupted before it had seen everything");
}
