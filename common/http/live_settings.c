/* SPDX-License-Identifier: MIT */
#include "http/live_settings.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>

#include "base/log.h"
#include "base/text.h"

enum { SETTINGS_ARENA_BYTES = 1 << 20 };

/* What tells one state of a file from another. */
struct file_state {
	time_t mtime_s;
	long mtime_ns;
	ino_t ino;
	off_t size;
};

static struct {
	bool with_theme;
	struct arena *arena;
	const struct settings *settings;
	const struct theme *theme;
	struct file_state state;
	time_t looked_at_s;
} live;

static bool
state_of(const char *file, struct file_state *ret)
{
	struct stat st;

	if (stat(file, &st) != 0)
		return false;
	*ret = (struct file_state){st.st_mtim.tv_sec, st.st_mtim.tv_nsec,
	    st.st_ino, st.st_size};
	return true;
}

static bool
states_equal(const struct file_state *a, const struct file_state *b)
{
	return a->mtime_s == b->mtime_s && a->mtime_ns == b->mtime_ns &&
	    a->ino == b->ino && a->size == b->size;
}

/* Settings named by the server's request variables, as shared hosts do it;
 * variables called HTTP_... are the client's and never read. */
static const char *
named_by_request(struct io *io, enum settings_kind kind)
{
	bool guard = kind == SETTINGS_GUARD;
	const char *name = io_variable(io,
	    guard ? "MCP_OAUTH_GUARD_CONFIG" : "MCP_OAUTH_CONFIG");

	if (name && *name)
		return name;
	return io_variable(io,
	    guard ? "REDIRECT_MCP_OAUTH_GUARD_CONFIG"
	          : "REDIRECT_MCP_OAUTH_CONFIG");
}

static bool
load(struct io *io, struct arena *arena, enum settings_kind kind,
    const char *file, const char **error)
{
	const struct settings *settings = settings_load(arena, kind, file,
	    io_variable(io, "DOCUMENT_ROOT"), error);
	const struct theme *theme = NULL;

	if (settings && live.with_theme)
		theme = theme_load(arena, settings, error);
	if (!settings || (live.with_theme && !theme))
		return false;
	live.settings = settings;
	live.theme = theme;
	return true;
}

static const struct settings *
load_first(struct io *io, enum settings_kind kind, const char **error)
{
	static struct arena *arena;
	const char *file;

	if (!arena)
		arena = arena_new(SETTINGS_ARENA_BYTES);
	arena_reset(arena);
	file = settings_find(arena, kind, named_by_request(io, kind));
	/* First: a file that is replaced meanwhile is another one then. */
	(void)state_of(file, &live.state);
	if (!load(io, arena, kind, file, error))
		return NULL;
	live.arena = arena;
	arena = NULL;
	return live.settings;
}

static bool
reload(struct io *io)
{
	struct arena *arena = arena_new(SETTINGS_ARENA_BYTES);
	const char *error = NULL;

	if (!load(io, arena, live.settings->kind, live.settings->file,
	        &error)) {
		log_alone(LOG_ERROR,
		    "the changed configuration is not used: %s", error);
		arena_free(arena);
		return false;
	}
	arena_free(live.arena);
	live.arena = arena;
	return true;
}

static bool
reload_if_changed(struct io *io)
{
	struct file_state state;
	time_t now_s = time(NULL);

	if (now_s == live.looked_at_s)
		return false;
	live.looked_at_s = now_s;
	if (!state_of(live.settings->file, &state) ||
	    states_equal(&state, &live.state))
		return false;
	live.state = state;
	return reload(io);
}

/* One configuration a process: a process started without the environment's
 * word may be handed to another site of the same server. */
static bool
serves_this_request(struct io *io)
{
	const char *environment = getenv("MCP_OAUTH_CONFIG");
	const char *named = named_by_request(io, live.settings->kind);

	if ((environment && *environment) || !named || !*named)
		return true;
	return text_equal(named, live.settings->file);
}

const struct settings *
live_settings(struct io *io, enum settings_kind kind, bool *changed,
    const char **error)
{
	*changed = false;
	if (!live.settings) {
		*changed = load_first(io, kind, error) != NULL;
		return live.settings;
	}
	if (serves_this_request(io)) {
		*changed = reload_if_changed(io);
		return live.settings;
	}
	*error = "this process serves another configuration than the request "
	         "names: give each site a copy of the program, or name the "
	         "file by FcgidInitialEnv MCP_OAUTH_CONFIG";
	return NULL;
}

void
live_settings_with_theme(void)
{
	live.with_theme = true;
}

const struct theme *
live_theme(void)
{
	return live.theme;
}
