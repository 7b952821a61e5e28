/* SPDX-License-Identifier: MIT */
/* act.h - what an operator does to a user, a client or sessions by one function,
 * which audits it. */
#ifndef STORE_ACT_H
#define STORE_ACT_H

#include "store/store.h"

/* With what they are done to. */
enum act {
	ACT_USER_DISABLE, /* email */
	ACT_USER_ENABLE,
	ACT_USER_DELETE,
	ACT_USER_PASSWD,    /* email, hash */
	ACT_CLIENT_DISABLE, /* client_id */
	ACT_CLIENT_ENABLE,
	ACT_CLIENT_DELETE,
	ACT_REVOKE_SESSION, /* id of the session */
	ACT_REVOKE_USER,    /* email */
	ACT_REVOKE_CLIENT,  /* client_id */
	ACT_REVOKE_EVERYTHING,
	ACT_REVOKE_CONSENT, /* email, client_id */
};

enum act_result {
	ACT_DONE,
	ACT_ALREADY, /* it was so, or there was nothing to do */
	ACT_UNKNOWN, /* no such user, client or session */
	ACT_STORE_DOWN,
};

/*
 * Do it.  to and with are NULL where the act has none.  DONE sets *sessions to
 * how many ended or stand still, 0 where that is not told.
 */
enum act_result act_do(struct store *store, struct arena *arena, enum act act,
    const char *to, const char *with, int64_t *sessions)
    __attribute__((__warn_unused_result__));

/* Give a client another secret, by its digest. */
enum client_rotate_result {
	CLIENT_ROTATED,
	CLIENT_ROTATE_UNKNOWN,
	CLIENT_ROTATE_NO_SECRET, /* it never had one */
	CLIENT_ROTATE_STORE_DOWN,
};
enum client_rotate_result client_rotate_secret(struct store *store,
    struct arena *arena, const char *client_id, const struct sha256 *digest)
    __attribute__((__warn_unused_result__));

/* Remove up to batch clients without a session that came by themselves and were
 * not used for so many days.  Returns how many; -1 when the database is away. */
int64_t client_prune(struct store *store, struct arena *arena,
    int64_t unused_days, int64_t batch) __attribute__((__warn_unused_result__));

#endif
