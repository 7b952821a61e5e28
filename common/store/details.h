/* SPDX-License-Identifier: MIT */
/* details.h - all that is known of one thing, but secrets, as a JSON object. */
#ifndef STORE_DETAILS_H
#define STORE_DETAILS_H

#include "store/store.h"

enum details {
	DETAILS_USER,   /* of an email */
	DETAILS_CLIENT, /* of a client_id */
	DETAILS_STATUS, /* of the database itself */
};

enum details_result {
	DETAILS_FOUND,
	DETAILS_UNKNOWN,
	DETAILS_STORE_DOWN,
};

/* FOUND sets *json, in the arena; of is NULL for the database. */
enum details_result details_get(struct store *store, struct arena *arena,
    enum details details, const char *of, const char **json)
    __attribute__((__warn_unused_result__));

#endif
