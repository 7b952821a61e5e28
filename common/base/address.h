/* SPDX-License-Identifier: MIT */
/* address.h - which IP addresses are public, and lists of those that are not
 * but may be connected to all the same. */
#ifndef BASE_ADDRESS_H
#define BASE_ADDRESS_H

#include <stdbool.h>
#include <sys/socket.h>

#include "base/arena.h"

/*
 * Is it an address of the public Internet?  Not: loopback, private, link-local,
 * shared (RFC 6598), unique local, multicast, documentation, benchmarking and
 * reserved ones (RFC 6890), nor an IPv6 address that stands for an IPv4 one
 * (mapped, translated, 6to4, Teredo, ISATAP), whatever that is.
 */
bool address_is_public(const struct sockaddr *address);

/* Is text a list of addresses and networks (10.0.0.0/8, ::1), by blanks? */
bool address_list_valid(struct arena *arena, const char *text);

/* Is the address, as text, in such a list? */
bool address_text_in_list(struct arena *arena, const char *address,
    const char *list);

/* Is the address in such a list? */
bool address_in_list(struct arena *arena, const struct sockaddr *address,
    const char *list);

#endif
