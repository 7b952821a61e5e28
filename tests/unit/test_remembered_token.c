/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "crypto/digest.h"
#include "oauth/remembered_token.h"
#include "tap.h"

enum { NOW_S = 1000000, LATER_S = 3600, MANY = 5000 };

static const char mcp[] = "https://mcp.example/mcp";

static struct access_token
token_of(const char *sub)
{
	return (struct access_token){.sub = sub,
	    .client_id = "client",
	    .scope = "email",
	    .sid = "session",
	    .jti = "jti",
	    .aud = mcp,
	    .iat_s = NOW_S,
	    .exp_s = NOW_S + LATER_S};
}

static bool
finds(const char *text, int64_t now_s)
{
	struct access_token ret;

	return remembered_token_find(text, mcp, now_s, &ret);
}

static void
add(const char *text, const struct access_token *token)
{
	remembered_token_add(text, token, NOW_S);
}

static void
test_content(void)
{
	char sub[] = "somebody";
	struct access_token token = token_of(sub), ret = {0};

	add("a.b.c", &token);
	memset(sub, 'x', sizeof(sub) - 1); /* it keeps a copy */
	ok(remembered_token_find("a.b.c", mcp, NOW_S, &ret));
	is(ret.sub, "somebody");
	is(ret.client_id, "client");
	is(ret.scope, "email");
	is(ret.sid, "session");
	is(ret.jti, "jti");
	is(ret.aud, mcp);
	ok(!ret.email && !ret.jkt);
	ok(ret.iat_s == NOW_S && ret.exp_s == NOW_S + LATER_S);
	ok(!remembered_token_find("a.b.c", "https://mcp.example/files", NOW_S,
	    &ret));
	ok(!finds("a.b.d", NOW_S));
	ok(!finds("", NOW_S));
}

static void
test_time(void)
{
	struct access_token brief = token_of("somebody");

	add("a.b.c", &brief);
	ok(finds("a.b.c", NOW_S + 599));
	ok(!finds("a.b.c", NOW_S + 600)); /* verified anew now and then */
	ok(!finds("a.b.c", NOW_S - 1));   /* the clock was set back */
	brief.exp_s = NOW_S + 10;
	add("a.b.c", &brief);
	ok(finds("a.b.c", NOW_S + 9));
	ok(!finds("a.b.c", NOW_S + 10));
}

static void
test_forgetting(void)
{
	struct access_token token = token_of("somebody");

	add("a.b.c", &token);
	add("d.e.f", &token);
	remembered_token_drop("a.b.c");
	remembered_token_drop("unknown");
	ok(!finds("a.b.c", NOW_S));
	ok(finds("d.e.f", NOW_S));
	remembered_token_forget();
	ok(!finds("d.e.f", NOW_S));
}

/* What does not fit is not remembered, whatever stood there before. */
static void
test_size(void)
{
	char scope[1024];
	struct access_token token = token_of("somebody");

	add("a.b.c", &token);
	memset(scope, 's', sizeof(scope) - 1);
	scope[sizeof(scope) - 1] = '\0';
	token.scope = scope;
	add("a.b.c", &token);
	ok(!finds("a.b.c", NOW_S));
}

/* More tokens than places: each is found right after it came, none is mistaken
 * for another, and the table ends up full. */
static void
test_many(void)
{
	char text[32], sub[32];
	struct access_token token, ret;
	int i, wrong = 0, lost = 0, kept = 0;

	for (i = 0; i < MANY; i++) {
		(void)snprintf(text, sizeof(text), "token.%d.x", i);
		(void)snprintf(sub, sizeof(sub), "user %d", i);
		token = token_of(sub);
		add(text, &token);
		lost += !finds(text, NOW_S);
	}
	for (i = 0; i < MANY; i++) {
		(void)snprintf(text, sizeof(text), "token.%d.x", i);
		(void)snprintf(sub, sizeof(sub), "user %d", i);
		if (!remembered_token_find(text, mcp, NOW_S, &ret))
			continue;
		kept++;
		wrong += strcmp(ret.sub, sub) != 0;
	}
	ok(lost == 0);
	ok(wrong == 0);
	ok(kept > 400 && kept <= 512);
}

int
main(void)
{
	ok(crypto_start());
	test_content();
	test_time();
	test_forgetting();
	test_size();
	test_many();
	return tap_done();
}
