/* SPDX-License-Identifier: MIT */
/* user.h - people, as the operator manages them. */
#ifndef STORE_USER_H
#define STORE_USER_H

#include "store/store.h"

enum user_add_result { USER_ADDED, USER_DUPLICATE, USER_STORE_DOWN };

/* Add a user; name may be NULL.  password_hash is password_hash()'s.
 * USER_ADDED sets *user_id, in the arena. */
enum user_add_result user_add(struct store *store, struct arena *arena,
    const char *email, const char *name, const char *password_hash,
    const char **user_id) __attribute__((__warn_unused_result__));

#endif
