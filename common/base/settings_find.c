/* SPDX-License-Identifier: MIT */
/* settings_find.c - where the configuration file is. */
#define _DEFAULT_SOURCE /* getpwuid, geteuid */
#include <pwd.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/settings.h"

#ifndef MCP_OAUTH_SYSCONFDIR
#define MCP_OAUTH_SYSCONFDIR "/etc"
#endif

static const char *
file_name(enum settings_kind kind)
{
	return kind == SETTINGS_GUARD ? "guard.conf" : "mcp-oauth.conf";
}

/* A shared host's server may say both to every program. */
static const char *
named_by_environment(enum settings_kind kind)
{
	const char *guard = getenv("MCP_OAUTH_GUARD_CONFIG");

	if (kind == SETTINGS_GUARD && guard && *guard)
		return guard;
	return getenv("MCP_OAUTH_CONFIG");
}

const char *
settings_find(struct arena *arena, enum settings_kind kind, const char *named)
{
	const char *environment = named_by_environment(kind);
	const struct passwd *account;
	const char *file;

	if (environment && *environment)
		return arena_strdup(arena, environment);
	if (named && *named)
		return arena_strdup(arena, named);
	account = getpwuid(geteuid());
	if (account && account->pw_dir && account->pw_dir[0] == '/') {
		file = arena_printf(arena, "%s/mcp-oauth/%s", account->pw_dir,
		    file_name(kind));
		if (access(file, F_OK) == 0)
			return file;
	}
	return arena_printf(arena, "%s/mcp-oauth/%s", MCP_OAUTH_SYSCONFDIR,
	    file_name(kind));
}
