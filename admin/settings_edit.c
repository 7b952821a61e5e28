/* SPDX-License-Identifier: MIT */
#include "settings_edit.h"

#include <stdbool.h>
#include <string.h>

#include "base/buf.h"

/* Is it the line of key?  Blanks as settings_file.c takes them. */
static bool
line_has_key(const char *line, const char *key)
{
	size_t len = strlen(key);

	line += strspn(line, " \t");
	if (strncmp(line, key, len) != 0)
		return false;
	line += len;
	return line[strspn(line, " \t")] == '=';
}

const char *
settings_edit(struct arena *arena, const char *text, const char *key,
    const char *value)
{
	struct buf out = buf_in(arena);
	bool placed = value == NULL;
	size_t len;

	for (; *text; text += len + (text[len] == '\n')) {
		len = strcspn(text, "\n");
		if (!line_has_key(text, key)) {
			buf_add_n(&out, text, len);
			buf_add_char(&out, '\n');
		} else if (!placed) {
			buf_addf(&out, "%s=%s\n", key, value);
			placed = true;
		}
	}
	if (!placed)
		buf_addf(&out, "%s=%s\n", key, value);
	return buf_text(&out);
}
