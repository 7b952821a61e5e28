/* SPDX-License-Identifier: MIT */
/* user_apps.h - the applications that a signed-in person is connected with, as
 * they see and revoke them.  Whose they are is told by the login alone. */
#ifndef STORE_USER_APPS_H
#define STORE_USER_APPS_H

#include "store/store.h"

/* An application at one MCP server.  Strings live in the arena. */
struct user_app {
	const char *client_id;
	const char *registration; /* "metadata": client_id is a URL */
	const char *client_name, *client_uri; /* or NULL */
	const char *resource, *scope;         /* NULL: from before adoption */
	const char *remote; /* address of the last use; or NULL */
	int64_t first_used_s;
	int64_t last_used_s; /* 0: allowed, but without a session */
};

struct user_apps {
	const char *email;
	struct user_app *apps; /* those of one client_id follow each other */
	size_t n;
};

enum user_apps_result {
	USER_APPS_DONE,
	USER_APPS_UNKNOWN, /* there was nothing to revoke */
	USER_APPS_NOT_SIGNED_IN,
	USER_APPS_STORE_DOWN,
};

/* Up to max of them, the one used last first.  DONE fills *ret. */
enum user_apps_result user_apps(struct store *store, struct arena *arena,
    const struct sha256 *login_digest, int64_t max, struct user_apps *ret)
    __attribute__((__warn_unused_result__));

/* End every session with the client and forget what it was allowed. */
enum user_apps_result user_app_revoke(struct store *store, struct arena *arena,
    const struct sha256 *login_digest, const char *client_id,
    const char *remote) __attribute__((__warn_unused_result__));

/* The same for all clients; sign_out ends every login of the person too, this
 * one among them. */
enum user_apps_result user_sessions_revoke(struct store *store,
    struct arena *arena, const struct sha256 *login_digest, bool sign_out,
    const char *remote) __attribute__((__warn_unused_result__));

#endif
