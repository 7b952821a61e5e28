/* SPDX-License-Identifier: MIT */
/*
 * fake_dns.c - stands before getaddrinfo() in the tests of fetch: FAKE_DNS
 * holds the answers, one after the other, "192.0.2.1,127.0.0.1 10.0.0.1": the
 * first lookup of a name yields two addresses, the second one another.
 * FAKE_DNS_LOG gets a line for each lookup.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef int lookup(const char *node, const char *service,
    const struct addrinfo *hints, struct addrinfo **ret);

static int lookups;

/* Answer number n, or the last one there is. */
static char *
answer(int n)
{
	char *all = strdup(getenv("FAKE_DNS")), *word, *last = NULL, *at = NULL;

	for (word = strtok_r(all, " ", &at); word && n-- >= 0;
	     word = strtok_r(NULL, " ", &at))
		last = word;
	return last;
}

static void
note(const char *node)
{
	FILE *log = getenv("FAKE_DNS_LOG") ? fopen(getenv("FAKE_DNS_LOG"), "a")
	                                   : NULL;

	if (!log)
		return;
	(void)fprintf(log, "%s\n", node);
	(void)fclose(log);
}

int
getaddrinfo(const char *node, const char *service, const struct addrinfo *hints,
    struct addrinfo **ret)
{
	lookup *real = (lookup *)dlsym(RTLD_NEXT, "getaddrinfo");
	struct addrinfo **tail = ret;
	char *list, *word, *at = NULL;
	size_t len = node ? strlen(node) : 0;

	if (len < 5 || strcmp(node + len - 5, ".test") != 0)
		return real(node, service, hints, ret);
	note(node);
	list = answer(lookups++);
	for (word = strtok_r(list, ",", &at); word;
	     word = strtok_r(NULL, ",", &at)) {
		int error = real(word, service, hints, tail);

		if (error)
			return error;
		tail = &(*tail)->ai_next;
	}
	return 0;
}
