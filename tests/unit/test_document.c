/* SPDX-License-Identifier: MIT */
#include "http/document.h"
#include "tap.h"

static void
test_etag(void)
{
	static const char etag[] = "\"abc\"";

	ok(etag_named("\"abc\"", etag));
	ok(etag_named("*", etag));
	ok(etag_named("W/\"abc\"", etag));
	ok(etag_named("\"x\", \"abc\"", etag));
	ok(etag_named(" \"x\" ,\tW/\"abc\" , \"y\"", etag));
	ok(etag_named("\"a, b\",\"abc\"", etag)); /* a comma within a tag */
	ok(etag_named(",,\"abc\"", etag));
	ok(!etag_named(NULL, etag));
	ok(!etag_named("", etag));
	ok(!etag_named("abc", etag));
	ok(!etag_named("\"abcd\"", etag));
	ok(!etag_named("\"ab\"", etag));
	ok(!etag_named("\"abc", etag));
	ok(!etag_named("W/", etag));
	ok(!etag_named("w/\"abc\"", etag)); /* it has regard to case */
	ok(!etag_named("\"x\" \"\"", etag));
	ok(!etag_named("*, \"x\"", etag));
	ok(!etag_named("\"abc-gzip\"", etag));
}

int
main(void)
{
	test_etag();
	return tap_done();
}
