/* SPDX-License-Identifier: MIT */
/*
 * fake_dns.c - stands before getaddrinfo() in the tests of fetch: FAKE_DNS
 * holds the answers, one after the other, "192.0.2.1,127.0.0.1 10.0.0.1": the
 * first lookup of a name yields two addresses, the second one another; "never":
 * no name server answers.
 * FAKE_DNS_LOG gets a line for each lookup, CONNECT_LOG one for each attempt to
 * send anything anywhere.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

typedef int lookup(const char *node, const char *service,
    const struct addrinfo *hints, struct addrinfo **ret);

static int lookups;

/* Answer number n, or the last one there is. */
static char *
answer(int n)
{
	static char all[4096];
	const char *given = getenv("FAKE_DNS");
	char *word, *last = NULL, *at = NULL;

	(void)snprintf(all, sizeof(all), "%s", given ? given : "");
	for (word = strtok_r(all, " ", &at); word && n-- >= 0;
	     word = strtok_r(NULL, " ", &at))
		last = word;
	return last ? last : all;
}

/* Opened before the program locks itself in. */
static int lookup_log = -1, connect_log = -1;

static int
open_log(const char *variable)
{
	const char *file = getenv(variable);

	return file
	    ? open(file, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644)
	    : -1;
}

__attribute__((__constructor__)) static void
open_logs(void)
{
	lookup_log = open_log("FAKE_DNS_LOG");
	connect_log = open_log("CONNECT_LOG");
}

static void
note(int log, const char *line)
{
	if (log >= 0)
		(void)dprintf(log, "%s\n", line);
}

int
connect(int fd, const struct sockaddr *address, socklen_t len)
{
	int (*real)(int, const struct sockaddr *, socklen_t) = (int (*)(int,
	    const struct sockaddr *, socklen_t))dlsym(RTLD_NEXT, "connect");
	char text[64] = "?";

	(void)getnameinfo(address, len, text, sizeof(text), NULL, 0,
	    NI_NUMERICHOST);
	note(connect_log, text);
	return real(fd, address, len);
}

static int
lies_about(const char *node)
{
	size_t len = node ? strlen(node) : 0;

	return len >= 5 &&
	    (strcmp(node + len - 5, ".test") == 0 ||
	        strcmp(node, "localhost") == 0);
}

int
getaddrinfo(const char *node, const char *service, const struct addrinfo *hints,
    struct addrinfo **ret)
{
	lookup *real = (lookup *)dlsym(RTLD_NEXT, "getaddrinfo");
	struct addrinfo **tail = ret;
	char *list, *word, *at = NULL;

	if (!lies_about(node) || (hints && (hints->ai_flags & AI_NUMERICHOST)))
		return real(node, service, hints, ret);
	note(lookup_log, node);
	list = answer(lookups++);
	if (strcmp(list, "never") == 0) {
		(void)poll(NULL, 0, 60000);
		return EAI_AGAIN;
	}
	for (word = strtok_r(list, ",", &at); word;
	     word = strtok_r(NULL, ",", &at)) {
		int error = real(word, service, hints, tail);

		if (error)
			return error;
		tail = &(*tail)->ai_next;
	}
	return 0;
}
