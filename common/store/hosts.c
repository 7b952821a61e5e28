/* SPDX-License-Identifier: MIT */
#include "store/hosts.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"

/* Within a request's time another host must still be asked. */
#define SILENT_MS "3000"

enum { HOSTS_MAX = 16 };

/* A setting of several values with commas between: one for each host, or one
 * for all, or none. */
struct list {
	char *text;
	const char *values[HOSTS_MAX];
	size_t n;
};

struct hosts {
	char *database_url;
	struct list host, hostaddr, port;
	size_t n;
	size_t first;      /* the one that was kept */
	const char *attrs; /* NULL: the string's own */
	bool timeout_given;
};

/* ---- reading ---- */

static void
list_free(struct list *list)
{
	free(list->text);
	*list = (struct list){0};
}

static const char *
value_of(const PQconninfoOption *options, const char *keyword)
{
	for (; options->keyword; options++)
		if (text_equal(options->keyword, keyword))
			return options->val && *options->val ? options->val
			                                     : NULL;
	return NULL;
}

static void
list_read(struct list *list, const char *value)
{
	char *at;

	if (!value)
		return;
	list->text = memory_must_copy(value);
	for (at = list->text; at && list->n < HOSTS_MAX; list->n++) {
		list->values[list->n] = at;
		at = strchr(at, ',');
		if (at)
			*at++ = '\0';
	}
}

static bool
has_empty(const struct list *list)
{
	size_t i;

	for (i = 0; i < list->n; i++)
		if (!*list->values[i])
			return true;
	return false;
}

/* Lists of another length are libpq's to refuse; an empty value means a
 * default that cannot be asked for by name. */
static bool
can_be_split(const struct hosts *hosts, size_t n)
{
	return n > 1 && n < HOSTS_MAX && !has_empty(&hosts->host) &&
	    !has_empty(&hosts->hostaddr) && !has_empty(&hosts->port) &&
	    (hosts->host.n == 0 || hosts->host.n == n) &&
	    (hosts->hostaddr.n == 0 || hosts->hostaddr.n == n) &&
	    (hosts->port.n <= 1 || hosts->port.n == n);
}

static void
read_hosts(struct hosts *hosts, const PQconninfoOption *options)
{
	size_t n;

	list_read(&hosts->host, value_of(options, "host"));
	list_read(&hosts->hostaddr, value_of(options, "hostaddr"));
	list_read(&hosts->port, value_of(options, "port"));
	n = hosts->host.n ? hosts->host.n : hosts->hostaddr.n;
	if (can_be_split(hosts, n)) {
		hosts->n = n;
		return;
	}
	list_free(&hosts->host);
	list_free(&hosts->hostaddr);
	list_free(&hosts->port);
}

struct hosts *
hosts_new(const char *database_url, bool pooled)
{
	struct hosts *hosts = memory_must(calloc(1, sizeof(*hosts)));
	PQconninfoOption *options = PQconninfoParse(database_url, NULL);

	hosts->database_url = memory_must_copy(database_url);
	hosts->n = 1;
	if (!options)
		return hosts;
	read_hosts(hosts, options);
	if (pooled)
		hosts->attrs = "any";
	else if (hosts->n > 1 && !value_of(options, "target_session_attrs"))
		hosts->attrs = "read-write";
	hosts->timeout_given = value_of(options, "tcp_user_timeout") != NULL;
	PQconninfoFree(options);
	return hosts;
}

void
hosts_free(struct hosts *hosts)
{
	list_free(&hosts->host);
	list_free(&hosts->hostaddr);
	list_free(&hosts->port);
	free(hosts->database_url);
	free(hosts);
}

size_t
hosts_count(const struct hosts *hosts)
{
	return hosts->n;
}

/* ---- connecting ---- */

/* NULL, which libpq skips, where the string's own value holds. */
static const char *
pick(const struct list *list, size_t i)
{
	return list->n > 1 ? list->values[i] : NULL;
}

PGconn *
hosts_connect(const struct hosts *hosts, size_t number)
{
	static const char *const keywords[] = {"dbname", "host", "hostaddr",
	    "port", "target_session_attrs", "tcp_user_timeout", NULL};
	size_t i = (hosts->first + number) % hosts->n;
	/* The string stands first: what follows replaces parts of it. */
	const char *const values[] = {hosts->database_url,
	    pick(&hosts->host, i), pick(&hosts->hostaddr, i),
	    pick(&hosts->port, i), hosts->attrs,
	    hosts->timeout_given ? NULL : SILENT_MS, NULL};

	return PQconnectStartParams(keywords, values, 1);
}

void
hosts_keep(struct hosts *hosts, size_t number)
{
	hosts->first = (hosts->first + number) % hosts->n;
}
