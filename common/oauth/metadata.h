/* SPDX-License-Identifier: MIT */
/* metadata.h - the documents that clients discover us by.  Only what works is
 * listed, members without a value are left out. */
#ifndef OAUTH_METADATA_H
#define OAUTH_METADATA_H

#include "base/json.h"
#include "base/settings.h"

/* Authorization server metadata (RFC 8414).  The caller owns the object. */
struct json_object *metadata_of_server(struct arena *arena,
    const struct settings *settings);

/* Protected resource metadata (RFC 9728).  The caller owns the object. */
struct json_object *metadata_of_resource(struct arena *arena,
    const struct settings *settings, const struct resource_setting *resource);

#endif
