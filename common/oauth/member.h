/* SPDX-License-Identifier: MIT */
/* member.h - members of client metadata by their JSON types, and where
 * the reason of a refusal goes (RFC 7591 s2, s3.2.2). */
#ifndef OAUTH_MEMBER_H
#define OAUTH_MEMBER_H

#include "base/json.h"
#include "base/settings.h"
#include "http/oauth_error.h"
#include "store/client.h"

struct member_reader {
	struct arena *arena;
	const struct settings *settings;
	struct json_object *metadata;
	struct client_registration *ret; /* what was read so far */
	const char **reason;
};

/* OAUTH_INVALID_CLIENT_METADATA, for this reason. */
enum oauth_error member_refuse(struct member_reader *r, const char *reason);

/* The member, or NULL when it is absent or null. */
struct json_object *member_get(struct member_reader *r, const char *key);

/* Set *ret to the string, NULL when it is absent, null or empty.  False when
 * the member is something else. */
bool member_text(struct member_reader *r, const char *key, const char **ret)
    __attribute__((__warn_unused_result__));

/* A list of strings as words; NULL when it is no such list. */
const char *member_words(struct member_reader *r, struct json_object *list);

#endif
