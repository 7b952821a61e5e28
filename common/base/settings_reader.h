/* SPDX-License-Identifier: MIT */
/* settings_reader.h - what the parts of reading settings share. */
#ifndef BASE_SETTINGS_READER_H
#define BASE_SETTINGS_READER_H

#include "base/settings.h"

/* What reading needs beside the settings: where errors are told. */
struct settings_reader {
	struct arena *arena;
	struct settings *settings;
	const char *file;
	const char **error;
};

/* Tell the error: where, the key, why.  Always false. */
bool settings_fail(struct settings_reader *r, const char *key, const char *why);

/* Do the values agree with each other?  Fills what is derived from them. */
bool settings_agree(struct settings_reader *r);

#endif
