/* SPDX-License-Identifier: MIT */
#define _DEFAULT_SOURCE /* realpath */
#include "base/settings_file.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/auto.h"
#include "base/text.h"

enum { FILE_MAX_BYTES = 65536, LINES_MAX = 512 };

static bool
lies_below(const char *file, const char *directory)
{
	char real_file[PATH_MAX], real_directory[PATH_MAX];
	size_t len;

	if (!directory || !realpath(file, real_file) ||
	    !realpath(directory, real_directory))
		return false;
	len = strlen(real_directory);
	return len > 1 && text_starts(real_file, real_directory) &&
	    real_file[len] == '/';
}

/* The file's bytes, or NULL with *error set. */
static char *
read_whole(struct arena *arena, const char *file, const char *document_root,
    const char **error)
{
	AUTO_FILE *stream = fopen(file, "re");
	struct stat st;
	char *text;

	if (!stream || fstat(fileno(stream), &st) != 0) {
		*error = arena_printf(arena, "could not read %s: %s", file,
		    strerror(errno));
		return NULL;
	}
	if (!S_ISREG(st.st_mode) || st.st_size > FILE_MAX_BYTES) {
		*error = arena_printf(arena, "%s is no configuration file",
		    file);
		return NULL;
	}
	if (st.st_mode & S_IROTH) {
		*error = arena_printf(arena,
		    "%s can be read by everybody: chmod 0640 it", file);
		return NULL;
	}
	if (lies_below(file, document_root)) {
		*error = arena_printf(arena,
		    "%s lies below the document root, where the web may fetch "
		    "it: move it out",
		    file);
		return NULL;
	}
	text = arena_alloc(arena, (size_t)st.st_size + 1);
	text[fread(text, 1, (size_t)st.st_size, stream)] = '\0';
	return text;
}

static char *
trim(char *text)
{
	size_t len;

	text += strspn(text, " \t");
	len = strlen(text);
	while (len > 0 && strchr(" \t\r", text[len - 1]))
		text[--len] = '\0';
	return text;
}

static char *
unquote(char *value)
{
	size_t len = strlen(value);

	if (len < 2 || (value[0] != '"' && value[0] != '\'') ||
	    value[len - 1] != value[0])
		return value;
	value[len - 1] = '\0';
	return value + 1;
}

static const struct settings_line *
line_with(const struct settings_line *lines, size_t n, const char *key)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (text_equal(lines[i].key, key))
			return &lines[i];
	return NULL;
}

bool
settings_file_read(struct arena *arena, const char *file,
    const char *document_root, bool (*repeatable)(const char *key),
    struct settings_line **ret, size_t *n, const char **error)
{
	char *text = read_whole(arena, file, document_root, error), *line,
	     *equals;
	struct settings_line *lines;
	const struct settings_line *twin;
	size_t count = 0;
	int number = 0;

	if (!text)
		return false;
	lines = arena_alloc(arena, LINES_MAX * sizeof(*lines));
	while (text) {
		line = text;
		text = strchr(text, '\n');
		if (text)
			*text++ = '\0';
		number++;
		line = trim(line);
		if (!*line || *line == '#')
			continue;
		equals = strchr(line, '=');
		if (!equals || count == LINES_MAX) {
			*error = arena_printf(arena,
			    "%s line %d is no KEY=value line", file, number);
			return false;
		}
		*equals = '\0';
		lines[count].key = trim(line);
		lines[count].value = unquote(trim(equals + 1));
		lines[count].number = number;
		twin = repeatable(lines[count].key)
		    ? NULL
		    : line_with(lines, count, lines[count].key);
		if (twin) {
			*error = arena_printf(arena,
			    "%s line %d: %s stands in line %d already", file,
			    number, twin->key, twin->number);
			return false;
		}
		count++;
	}
	*ret = lines;
	*n = count;
	return true;
}
