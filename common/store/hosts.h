/* SPDX-License-Identifier: MIT */
/*
 * hosts.h - the hosts that a connection string names, asked one by one.
 *
 * libpq tries them in turn too, but only its blocking calls give each a time
 * limit: waiting for a machine that is gone, PQconnectPoll() never comes to the
 * next.
 */
#ifndef STORE_HOSTS_H
#define STORE_HOSTS_H

#include <libpq-fe.h>
#include <stdbool.h>
#include <stddef.h>

struct hosts;

/*
 * Never NULL; a string that cannot be read counts as one host, and connecting
 * to that says what is wrong.  pooled: they are poolers, of whose reports
 * nothing follows: any of them will do, and whoever connects asks further.
 */
struct hosts *hosts_new(const char *database_url, bool pooled);
void hosts_free(struct hosts *hosts);

/* At least one. */
size_t hosts_count(const struct hosts *hosts);

/*
 * PQconnectStart() to the host of that number, counted from the one that was
 * kept.  Of several hosts the one that can be written to is wanted, unless the
 * string says otherwise (target_session_attrs), and a peer that acknowledges
 * nothing is given up (tcp_user_timeout).
 */
PGconn *hosts_connect(const struct hosts *hosts, size_t number);

/* That host let us in: it is number 0 from now on. */
void hosts_keep(struct hosts *hosts, size_t number);

#endif
