/* SPDX-License-Identifier: MIT */
/* guard.rules, and which rule decides. */
#include <string.h>

#include "base/text.h"
#include "fuzz.h"
#include "oauth/guard_rules.h"

void
fuzz_one(struct arena *arena, const char *text, size_t len_bytes)
{
	const struct settings *settings = fuzz_settings();
	const struct guard_rule *rule;
	struct guard_rules rules = {0};
	const char *error = NULL;
	size_t i;

	(void)len_bytes;
	if (!guard_rules_read(arena, settings, "guard.rules", text, &rules,
	        &error)) {
		fuzz_must(error && !strchr(error, '\n'));
		return;
	}
	fuzz_must(rules.n > 0);
	for (i = 0; i < settings->n_mcp_resources; i++) {
		rule = guard_rules_match(&rules, &settings->mcp_resources[i],
		    "tools/call", "delete_file");
		fuzz_must(!rule ||
		    (rule->resource == &settings->mcp_resources[i] &&
		        !rule->is_legacy));
		(void)guard_rules_match(&rules, &settings->mcp_resources[i],
		    NULL, NULL);
		(void)guard_rules_strict(&rules, &settings->mcp_resources[i]);
	}
}
