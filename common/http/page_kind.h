/* SPDX-License-Identifier: MIT */
/*
 * page_kind.h - the pages, each a file pages/NAME.html with places that are
 * filled in.
 */
#ifndef HTTP_PAGE_KIND_H
#define HTTP_PAGE_KIND_H

#include <stdbool.h>

enum page_kind {
	PAGE_FRAME, /* page.html: what stands around each of the others */
	PAGE_LOGIN,
	PAGE_SECOND_STEP,
	PAGE_FACTOR_BEGIN,
	PAGE_FACTOR_CHANGE,
	PAGE_FACTOR_SECRET,
	PAGE_FACTOR_CODES,
	PAGE_CONSENT,
	PAGE_DEVICE,
	PAGE_PASSWORD,
	PAGE_RECOVER,
	PAGE_APPS,
	PAGE_LOGOUT,
	PAGE_MESSAGE,
	PAGE_ERROR,
	N_PAGES,
};

/* What fills a place. */
enum place_type {
	PLACE_TEXT, /* escaped: in content, or in a quoted attribute */
	PLACE_HTML, /* made by the program: in content only */
	PLACE_URL,  /* escaped: as the whole of an attribute */
};

struct place {
	const char *name; /* NULL ends the list */
	enum place_type type;
	bool required;
};

enum { PLACES_MAX = 10, FIELDS_MAX = 4 };

struct page_template {
	const char *name; /* of the file, without .html */
	struct place places[PLACES_MAX];
	/* Names of fields and buttons that a form there must have. */
	const char *fields[FIELDS_MAX];
};

extern const struct page_template page_templates[N_PAGES];

#endif
