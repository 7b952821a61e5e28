/* SPDX-License-Identifier: MIT */
/* documents.h - the metadata documents as files, which a web server can serve
 * without any program. */
#ifndef ADMIN_DOCUMENTS_H
#define ADMIN_DOCUMENTS_H

#include "command.h"

/*
 * Write those of the settings into the folder, which is made if need be, and
 * tell.  A document that settings no longer have is removed.  Of several
 * commands one writes at a time (file_lock.h).
 *
 *   oauth-authorization-server.json (RFC 8414), openid-configuration.json
 *   oauth-protected-resource.json (RFC 9728) of the only resource, and
 *   oauth-protected-resource/PATH.json of each
 *
 * Returns an exit status; failures were told.
 */
int documents_write(struct command *command, const char *folder);

#endif
