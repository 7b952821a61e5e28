/* SPDX-License-Identifier: MIT */
/* new_password.h - the part of a form where somebody chooses a password: two
 * fields, new_password and again, since it cannot be seen. */
#ifndef OAUTH_NEW_PASSWORD_H
#define OAUTH_NEW_PASSWORD_H

#include "http/words.h"

/* What is wrong with what was typed there, for the person; N_WORDS when nothing
 * is.  Either may be NULL. */
enum word new_password_fault(const char *new_password, const char *again);

#endif
