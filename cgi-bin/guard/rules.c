/* SPDX-License-Identifier: MIT */
#include "rules.h"

#include <sys/stat.h>

#include "base/log.h"

enum { RULES_ARENA_BYTES = 1 << 20 };

static struct {
	struct arena *arena; /* of the rules in force; NULL: none are */
	struct guard_rules rules;
	struct stat state;
	int64_t looked_at_s;
} loaded;

void
rules_forget(void)
{
	arena_free(loaded.arena);
	loaded.arena = NULL;
	loaded.looked_at_s = 0;
}

static bool
changed(const char *file)
{
	struct stat now;

	if (stat(file, &now) != 0)
		now = (struct stat){0};
	if (loaded.arena && now.st_ino == loaded.state.st_ino &&
	    now.st_size == loaded.state.st_size &&
	    now.st_mtim.tv_sec == loaded.state.st_mtim.tv_sec &&
	    now.st_mtim.tv_nsec == loaded.state.st_mtim.tv_nsec)
		return false;
	loaded.state = now;
	return true;
}

static void
load(const struct settings *settings)
{
	struct arena *arena = arena_new(RULES_ARENA_BYTES);
	struct guard_rules rules;
	const char *error;

	if (!guard_rules_load(arena, settings, settings->guard_rules, &rules,
	        &error)) {
		log_alone(LOG_ERROR, "%s", error);
		arena_free(arena);
		return;
	}
	arena_free(loaded.arena);
	loaded.arena = arena;
	loaded.rules = rules;
}

const struct guard_rules *
rules_current(const struct settings *settings, int64_t now_s,
    const char **fault)
{
	static const struct guard_rules none;

	if (!settings->guard_rules)
		return &none;
	if (now_s != loaded.looked_at_s) {
		loaded.looked_at_s = now_s;
		if (changed(settings->guard_rules))
			load(settings);
	}
	if (loaded.arena)
		return &loaded.rules;
	*fault = "GUARD_RULES is missing or broken: run mcp-oauth config check";
	return NULL;
}
