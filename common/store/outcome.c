/* SPDX-License-Identifier: MIT */
#include "store/outcome.h"

#include "base/log.h"
#include "base/text.h"

/* What oauth.client_check() says but "ok". */
static bool
is_client_refusal(const char *outcome)
{
	static const char *const refusals[] = {"unknown_client",
	    "unexpected_secret", "missing_secret", "wrong_secret",
	    "wrong_method"};
	size_t i;

	for (i = 0; i < sizeof(refusals) / sizeof(*refusals); i++)
		if (text_equal(refusals[i], outcome))
			return true;
	return false;
}

static bool
is_meant(const char *word, const char *outcome)
{
	return text_equal(word, OUTCOME_BAD_CLIENT) ? is_client_refusal(outcome)
	                                            : text_equal(word, outcome);
}

int
outcome_of(struct store *store, const struct statement *statement,
    const struct store_params *params, const char *const *outcomes,
    PGresult **row)
{
	const char *outcome;
	int i, no_answer;

	for (no_answer = 0; outcomes[no_answer];)
		no_answer++;
	*row = store_call(store, statement, params);
	if (!*row)
		return no_answer;
	outcome = PQgetvalue(*row, 0, 0);
	log_text("outcome", outcome);
	for (i = 0; i < no_answer; i++)
		if (is_meant(outcomes[i], outcome))
			return i;
	log_raise(LOG_ERROR);
	log_text("fault", "the database answered with an unknown outcome");
	return no_answer;
}
