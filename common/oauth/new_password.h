/* SPDX-License-Identifier: MIT */
/* new_password.h - the part of a form where somebody chooses a password. */
#ifndef OAUTH_NEW_PASSWORD_H
#define OAUTH_NEW_PASSWORD_H

#include "http/request.h"

/* Two fields, new_password and again, since it cannot be seen. */
void new_password_add_fields(struct buf *page);

/* What is wrong with what was typed there, for the person; NULL when nothing
 * is.  Either may be NULL. */
const char *new_password_fault(const char *new_password, const char *again);

#endif
