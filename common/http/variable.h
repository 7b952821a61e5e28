/* SPDX-License-Identifier: MIT */
/* variable.h - a request's variables, as FastCGI hands them over. */
#ifndef HTTP_VARIABLE_H
#define HTTP_VARIABLE_H

/*
 * The value of the first NAME=value among VARIABLES, which end with NULL.  As
 * FCGX_GetParam(), whose strncmp() for each of them was a quarter of all that
 * the guard executes: it asks for twenty names, most of them absent, among
 * thirty that begin alike.
 *
 * Returns NULL when there is none of that name.
 * Memory: it is a part of the variable.
 */
const char *variable_find(char *const *variables, const char *name);

#endif
