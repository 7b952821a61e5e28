/* SPDX-License-Identifier: MIT */
#include "store/fault.h"

#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "store/store.h"

enum { SQLSTATE_BYTES = 5 };

static _Thread_local char last_fault[256];
static _Thread_local char last_sqlstate[SQLSTATE_BYTES + 1];

const char *
store_last_fault(void)
{
	return last_fault;
}

const char *
store_last_sqlstate(void)
{
	return last_sqlstate;
}

void
fault_note(const char *message)
{
	(void)snprintf(last_fault, sizeof(last_fault), "%.*s",
	    (int)strcspn(message, "\n"), message);
	*last_sqlstate = '\0';
	log_raise(LOG_ERROR);
	log_text("fault", last_fault);
}

void
fault_note_refusal(const PGresult *result)
{
	const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);

	fault_note(PQresultErrorMessage(result));
	(void)snprintf(last_sqlstate, sizeof(last_sqlstate), "%s",
	    state ? state : "");
}
