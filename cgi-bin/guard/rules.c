/* SPDX-License-Identifier: MIT */
#include "rules.h"

#include <stdio.h>
#include <string.h>

#include "base/auto.h"
#include "base/buf.h"
#include "base/text.h"

enum { RULES_ARENA_BYTES = 1 << 20, RULES_MAX = 256, LINE_MAX_BYTES = 1024 };

struct rule {
	const char *resource, *scopes;
};

static struct {
	struct arena *arena;
	struct rule rules[RULES_MAX];
	size_t n;
	const char *fault;
} loaded;

static const char *
join(const char **words)
{
	struct buf list = buf_in(loaded.arena);

	for (; *words; words++)
		buf_addf(&list, "%s%s", list.len ? " " : "", *words);
	return buf_text(&list);
}

static bool
read_line(const char *line)
{
	size_t n;
	const char **words = text_split(loaded.arena, line, " \t\r\n", &n);

	if (n == 0 || words[0][0] == '#')
		return true;
	if (n < 4 || loaded.n == RULES_MAX || words[0][0] != '/' ||
	    !text_equal(words[1], "*") || !text_equal(words[2], "*"))
		return false;
	loaded.rules[loaded.n].resource = words[0];
	loaded.rules[loaded.n].scopes = text_equal(words[3], "-")
	    ? ""
	    : join(words + 3);
	loaded.n++;
	return true;
}

void
rules_load(const struct settings *settings)
{
	char line[LINE_MAX_BYTES];
	int number = 0;

	if (!loaded.arena)
		loaded.arena = arena_new(RULES_ARENA_BYTES);
	arena_reset(loaded.arena);
	loaded.n = 0;
	loaded.fault = NULL;
	if (!settings->guard_rules)
		return;
	AUTO_FILE *file = fopen(settings->guard_rules, "re");
	if (!file)
		loaded.fault = arena_printf(loaded.arena, "could not read %s",
		    settings->guard_rules);
	while (file && fgets(line, sizeof(line), file)) {
		number++;
		if (read_line(line))
			continue;
		loaded.fault = arena_printf(loaded.arena,
		    "%s line %d is no rule: write RESOURCE * * SCOPES",
		    settings->guard_rules, number);
		return;
	}
}

const char *
rules_scopes(const char *resource_path, const char **fault)
{
	size_t i;

	*fault = loaded.fault;
	if (loaded.fault)
		return NULL;
	for (i = 0; i < loaded.n; i++)
		if (text_equal(loaded.rules[i].resource, resource_path))
			return loaded.rules[i].scopes;
	return "";
}
