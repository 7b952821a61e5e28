/* SPDX-License-Identifier: MIT */
/* client_metadata.h - the members of client metadata that mean the same in a
 * registration (RFC 7591 s2) and in a document at a client_id. */
#ifndef OAUTH_CLIENT_METADATA_H
#define OAUTH_CLIENT_METADATA_H

#include "oauth/member.h"

/*
 * Read all members but those about how the client authenticates: unknown ones
 * ignored, defaults filled in, display URIs that are not https dropped,
 * unusable redirect URIs dropped as long as one is left.
 *
 * Returns OAUTH_OK, OAUTH_INVALID_REDIRECT_URI or
 *         OAUTH_INVALID_CLIENT_METADATA with *r->reason set; *r->ret is partly
 *         filled then.
 */
enum oauth_error client_metadata_read(struct member_reader *r)
    __attribute__((__warn_unused_result__));

#endif
