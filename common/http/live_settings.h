/* SPDX-License-Identifier: MIT */
/* live_settings.h - the configuration of this process, read anew when its file
 * changes. */
#ifndef HTTP_LIVE_SETTINGS_H
#define HTTP_LIVE_SETTINGS_H

#include "base/settings.h"
#include "http/io.h"
#include "http/theme.h"

/*
 * The settings for the request in hand.  Loaded at the first request, looked
 * after once a second.  A changed file that cannot be used leaves the old
 * settings in force and is told to the log once.  *changed is set when other
 * settings are returned than the time before.
 *
 * Returns NULL with *error set when there are none, or when the request names
 *         another file than the one this process serves.
 */
const struct settings *live_settings(struct io *io, enum settings_kind kind,
    bool *changed, const char **error);

/* Load the look of the pages with the settings, which are not good without it.
 * To be said before the first request. */
void live_settings_with_theme(void);

/* The look that goes with the settings returned last; NULL unless it is loaded
 * with them. */
const struct theme *live_theme(void);

#endif
