/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE /* accept4 */
#include "http/connection.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { SILENT_MS = 3000, PARTING_MS = 2000 };

union peer {
	struct sockaddr any;
	struct sockaddr_in in;
	struct sockaddr_in6 in6;
	struct sockaddr_storage storage;
};

static bool
is_ip(const union peer *peer)
{
	return peer->any.sa_family == AF_INET ||
	    peer->any.sa_family == AF_INET6;
}

/* Is ADDRESS one of the LIST, which has commas between them? */
static bool
listed(const char *list, const char *address)
{
	size_t wanted = strlen(address), len;

	for (; *list != '\0'; list += len + (list[len] == ',')) {
		while (*list == ' ')
			list++;
		len = strcspn(list, ",");
		if (len == wanted && memcmp(list, address, len) == 0)
			return true;
	}
	return false;
}

static bool
allowed(const union peer *peer)
{
	const char *list = getenv("FCGI_WEB_SERVER_ADDRS");
	const bool six = peer->any.sa_family == AF_INET6;
	char address[INET6_ADDRSTRLEN];

	if (!list || list[0] == '\0' || !is_ip(peer))
		return true;
	return inet_ntop(peer->any.sa_family,
	           six ? (const void *)&peer->in6.sin6_addr
	               : (const void *)&peer->in.sin_addr,
	           address, sizeof(address)) &&
	    listed(list, address);
}

/* The connection failed before it was taken; the next may be whole. */
static bool
peer_gave_up(int error)
{
	return error == ECONNABORTED || error == ECONNRESET ||
	    error == EPROTO || error == ETIMEDOUT;
}

int
connection_accept(int socket)
{
	const int at_once = 1;
	union peer peer = {0};
	socklen_t len;
	int connection;

	for (;;) {
		len = sizeof(peer);
		connection = accept4(socket, &peer.any, &len, SOCK_CLOEXEC);
		if (connection < 0 && peer_gave_up(errno))
			continue;
		if (connection < 0 || allowed(&peer))
			break;
		(void)close(connection);
	}
	if (connection >= 0 && is_ip(&peer))
		(void)setsockopt(connection, IPPROTO_TCP, TCP_NODELAY, &at_once,
		    sizeof(at_once));
	return connection;
}

static bool
readable(int connection, int timeout_ms)
{
	struct pollfd waiting = {.fd = connection, .events = POLLIN};

	return poll(&waiting, 1, timeout_ms) > 0;
}

bool
connection_wait(int connection)
{
	return readable(connection, -1);
}

bool
connection_speaks(int connection)
{
	return readable(connection, SILENT_MS);
}

/* Drops what has come.  Closed, or broken? */
static bool
is_over(int connection)
{
	char rest[1024];
	ssize_t n;

	do
		n = recv(connection, rest, sizeof(rest), MSG_DONTWAIT);
	while (n > 0);
	return n == 0 || errno != EAGAIN;
}

/* It is answered, and the other end has not closed it yet; or -1. */
static int parting = -1;

void
connection_parted(void)
{
	if (parting < 0)
		return;
	while (!is_over(parting) && readable(parting, PARTING_MS))
		;
	(void)close(parting);
	parting = -1;
}

void
connection_part(int connection)
{
	(void)shutdown(connection, SHUT_WR);
	connection_parted();
	parting = connection;
}
