/* SPDX-License-Identifier: MIT */
/* embedded.h - the files of schema/, carried inside the command. */
#ifndef ADMIN_EMBEDDED_H
#define ADMIN_EMBEDDED_H

#include <stddef.h>

/* A file by its path below schema/.  data ends with a NUL that size does not
 * count. */
struct embedded_file {
	const char *name; /* "0001_users.sql", "functions/session_rotate.sql" */
	const unsigned char *data;
	size_t size;
};

/* Numbered migrations in order, then functions/, adoption.sql, views.sql,
 * roles.sql and grants.sql;
 * the last entry is {0}.  The Makefile generates it. */
extern const struct embedded_file embedded_schema[];

#endif
