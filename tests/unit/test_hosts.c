/* SPDX-License-Identifier: MIT */
/* The hosts of a connection string.  Those of these tests are folders that do
 * not exist, so that nobody answers. */
#include "store/hosts.h"

#include "tap.h"

static size_t
count(const char *url)
{
	struct hosts *hosts = hosts_new(url, false);
	size_t n = hosts_count(hosts);

	hosts_free(hosts);
	return n;
}

/* Where the attempt of that number went: "HOST PORT". */
static const char *
attempt(const struct hosts *hosts, size_t number)
{
	static char text[128];
	PGconn *conn = hosts_connect(hosts, number);

	(void)snprintf(text, sizeof(text), "%s %s", PQhost(conn), PQport(conn));
	PQfinish(conn);
	return text;
}

static const char *
option(const struct hosts *hosts, const char *keyword)
{
	static char text[128];
	PGconn *conn = hosts_connect(hosts, 0);
	PQconninfoOption *options = PQconninfo(conn), *at;

	*text = '\0';
	for (at = options; at->keyword; at++)
		if (strcmp(at->keyword, keyword) == 0 && at->val)
			(void)snprintf(text, sizeof(text), "%s", at->val);
	PQconninfoFree(options);
	PQfinish(conn);
	return text;
}

static void
counting(void)
{
	ok(count("postgresql://u@/d?host=/a") == 1);
	ok(count("postgresql://u@/d?host=/a,/b") == 2);
	ok(count("host=/a,/b,/c port=1,2,3") == 3);
	ok(count("postgresql://u@h1:1,h2:2/d") == 2);
	ok(count("hostaddr=192.0.2.1,192.0.2.2") == 2);
	ok(count("dbname=d") == 1);
	/* libpq refuses these, or means a default by what is empty. */
	ok(count("host=/a,/b,/c port=1,2") == 1);
	ok(count("host=/a,/b hostaddr=192.0.2.1") == 1);
	ok(count("host=/a,") == 1);
	ok(count("host=/a,/b port=1,") == 1);
	ok(count("no connection string") == 1);
}

static void
turns(void)
{
	struct hosts *hosts = hosts_new("host=/no/a,/no/b,/no/c port=1,2,3",
	    false);

	is(attempt(hosts, 0), "/no/a 1");
	is(attempt(hosts, 1), "/no/b 2");
	is(attempt(hosts, 2), "/no/c 3");
	hosts_keep(hosts, 1);
	is(attempt(hosts, 0), "/no/b 2");
	is(attempt(hosts, 2), "/no/a 1");
	hosts_keep(hosts, 2);
	is(attempt(hosts, 1), "/no/b 2");
	hosts_free(hosts);

	hosts = hosts_new("postgresql://u@/d?host=/no/a,/no/b&port=7", false);
	is(attempt(hosts, 0), "/no/a 7");
	is(attempt(hosts, 1), "/no/b 7");
	is(option(hosts, "user"), "u");
	is(option(hosts, "dbname"), "d");
	hosts_free(hosts);
}

/* A string that cannot be split is libpq's whole, to refuse. */
static void
refused(void)
{
	struct hosts *hosts = hosts_new("host=/no/a,/no/b,/no/c port=1,2",
	    false);
	PGconn *conn = hosts_connect(hosts, 0);

	ok(PQstatus(conn) == CONNECTION_BAD);
	ok(strstr(PQerrorMessage(conn),
	       "could not match 2 port numbers to 3 hosts") != NULL);
	PQfinish(conn);
	hosts_free(hosts);
}

static void
additions(void)
{
	struct hosts *hosts = hosts_new("host=/no/a,/no/b", false);

	is(option(hosts, "target_session_attrs"), "read-write");
	is(option(hosts, "tcp_user_timeout"), "3000");
	hosts_free(hosts);

	hosts = hosts_new("host=/no/a", false);
	is(option(hosts, "target_session_attrs"), "any");
	hosts_free(hosts);

	hosts = hosts_new("host=/no/a,/no/b target_session_attrs=any "
	                  "tcp_user_timeout=9",
	    false);
	is(option(hosts, "target_session_attrs"), "any");
	is(option(hosts, "tcp_user_timeout"), "9");
	hosts_free(hosts);

	hosts = hosts_new("host=/no/a,/no/b target_session_attrs=read-write",
	    true);
	is(option(hosts, "target_session_attrs"), "any");
	hosts_free(hosts);
}

int
main(void)
{
	counting();
	turns();
	refused();
	additions();
	return tap_done();
}
