/* SPDX-License-Identifier: MIT */
/*
 * theme.h - how the pages look: our templates and style sheet, or files of
 * PAGE_TEMPLATES in their place, with the colour and logo of BRAND_*.
 */
#ifndef HTTP_THEME_H
#define HTTP_THEME_H

#include "base/settings.h"
#include "http/page_kind.h"

struct theme {
	const char *templates[N_PAGES];
	const char *style;   /* the element, whole */
	const char *policy;  /* Content-Security-Policy */
	const char *logo;    /* an element, or "" */
	const char *site;    /* whose pages these are; text */
	const char *support; /* a URL, or NULL */
};

/*
 * Read and check what the settings name; settings may be NULL for ours alone,
 * which cannot fail.
 *
 * Returns the theme, in the arena; NULL with *error (in the arena) set to one
 *         sentence that names the file.
 */
const struct theme *theme_load(struct arena *arena,
    const struct settings *settings, const char **error)
    __attribute__((__warn_unused_result__));

#endif
