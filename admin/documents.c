/* SPDX-License-Identifier: MIT */
#include "documents.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/json.h"
#include "base/text.h"
#include "file_lock.h"
#include "oauth/metadata.h"
#include "render.h"

enum { WRITTEN_MAX = 1024, DEPTH_MAX = 32 };

static const char server_name[] = "/oauth-authorization-server";

struct folder {
	struct command *command;
	const char *path;
	const char *written[WRITTEN_MAX]; /* paths */
	size_t n;
};

/* ---- writing ---- */

/* For everybody to read, whatever the umask is. */
static bool
make_folder(const char *path)
{
	if (mkdir(path, 0755) == 0)
		return chmod(path, 0755) == 0;
	return errno == EEXIST;
}

/* Make the folders that lead to a file, from the given one on. */
static bool
make_way(struct folder *folder, const char *file)
{
	char *path = arena_strdup(folder->command->arena, file);
	char *slash = path + strlen(folder->path);
	bool made = true;

	for (; made && slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		made = make_folder(path);
		*slash = '/';
	}
	return made;
}

/* name begins with a slash; the document is taken. */
static bool
write_document(struct folder *folder, const char *name,
    struct json_object *document)
{
	struct arena *arena = folder->command->arena;
	AUTO_JSON *object = document;
	const char *path = arena_printf(arena, "%s%s.json", folder->path, name);

	if (folder->n == WRITTEN_MAX || !make_way(folder, path) ||
	    !render_file(folder->command, path, json_text(arena, object))) {
		(void)command_fail("could not write %s", path);
		return false;
	}
	folder->written[folder->n++] = path;
	return true;
}

static bool
write_server(struct folder *folder, const struct settings *settings)
{
	struct arena *arena = folder->command->arena;

	return write_document(folder, server_name,
	           metadata_of_server(arena, settings)) &&
	    (!settings->openid ||
	        write_document(folder, "/openid-configuration",
	            metadata_of_server(arena, settings)));
}

/* At its own path, and at the root when it is the only one (RFC 9728 s3.1). */
static bool
write_resource(struct folder *folder, const struct settings *settings,
    const struct resource_setting *resource)
{
	static const char name[] = "/oauth-protected-resource";
	struct arena *arena = folder->command->arena;
	bool at_root = text_equal(resource->path, "/");

	if ((at_root || settings->n_mcp_resources == 1) &&
	    !write_document(folder, name,
	        metadata_of_resource(arena, settings, resource)))
		return false;
	return at_root ||
	    write_document(folder,
	        arena_printf(arena, "%s%s", name, resource->path),
	        metadata_of_resource(arena, settings, resource));
}

/* ---- removing ---- */

static bool
was_written(const struct folder *folder, const char *path)
{
	size_t i;

	for (i = 0; i < folder->n; i++)
		if (text_equal(folder->written[i], path))
			return true;
	return false;
}

/* A document of ours that is none any more; false when it stays. */
static bool
remove_stale(struct folder *folder, const char *path)
{
	if (!text_ends(path, ".json") || was_written(folder, path) ||
	    unlink(path) == 0 || errno == ENOENT)
		return true;
	(void)command_fail("could not remove %s", path);
	return false;
}

static bool
is_folder(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

static bool
remove_below(struct folder *folder, const char *path, int depth)
{
	DIR *dir = opendir(path);
	struct dirent *entry;
	const char *inner;
	bool good = true;

	/* cppcheck-suppress readdirCalled ; the stream is this function's own */
	while (dir && good && (entry = readdir(dir))) {
		if (text_equal(entry->d_name, ".") ||
		    text_equal(entry->d_name, ".."))
			continue;
		inner = arena_printf(folder->command->arena, "%s/%s", path,
		    entry->d_name);
		if (!is_folder(inner))
			good = remove_stale(folder, inner);
		else if (depth < DEPTH_MAX)
			good = remove_below(folder, inner, depth + 1);
	}
	if (dir)
		(void)closedir(dir);
	return good;
}

/* Only names that are written here: the folder may hold other things. */
static bool
remove_others(struct folder *folder)
{
	struct arena *arena = folder->command->arena;

	return remove_stale(folder,
	           arena_printf(arena, "%s/openid-configuration.json",
	               folder->path)) &&
	    remove_stale(folder,
	        arena_printf(arena, "%s/oauth-protected-resource.json",
	            folder->path)) &&
	    remove_below(folder,
	        arena_printf(arena, "%s/oauth-protected-resource",
	            folder->path),
	        0);
}

/* ---- all of it ---- */

static int
write_all(struct folder *folder, const struct settings *settings)
{
	size_t i;

	if (!write_server(folder, settings))
		return EXIT_REFUSED;
	for (i = 0; i < settings->n_mcp_resources; i++)
		if (!write_resource(folder, settings,
		        &settings->mcp_resources[i]))
			return EXIT_REFUSED;
	if (!remove_others(folder))
		return EXIT_REFUSED;
	(void)printf("wrote %zu documents to %s\n", folder->n, folder->path);
	return EXIT_GOOD;
}

/* Under the lock: what an older reading of them says never comes last. */
static int
read_settings_and_write(struct folder *folder)
{
	const struct settings *settings = command_settings(folder->command);

	return settings ? write_all(folder, settings) : EXIT_REFUSED;
}

int
documents_write(struct command *command, const char *path)
{
	struct folder folder = {.command = command, .path = path};
	const char *first = arena_printf(command->arena, "%s%s.json", path,
	    server_name);
	struct file_lock lock;
	int status;

	if (!make_folder(path))
		return command_fail("could not write %s", first);
	if (!file_lock_take(command->arena, first, &lock))
		return EXIT_REFUSED;
	status = read_settings_and_write(&folder);
	file_lock_release(&lock);
	return status;
}
