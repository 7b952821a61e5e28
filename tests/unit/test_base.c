/* SPDX-License-Identifier: MIT */
/* JSON, URIs, text and secrets. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include "base/address.h"
#include "base/json.h"
#include "base/printable.h"
#include "base/secret.h"
#include "base/text.h"
#include "base/uri_normal.h"
#include "tap.h"

static bool
scans(const char *text)
{
	return json_scan(text, strlen(text), JSON_DEPTH);
}

static void
test_json(void)
{
	size_t i;
	static const char *const good[] = {"{}", "[]", "\"x\"", "0", "-1.5e3",
	    "true", "null", " {\"a\":[1,{\"b\":\"\\u00e9\\n\"}]} ",
	    "\"\\ud83d\\ude00\""};
	static const char *const bad[] = {"", "{", "{} x", "{\"a\":1,\"a\":2}",
	    "{\"a\":1,\"\\u0061\":2}", "\"\\u0000\"", "\"\\ud800\"", "01",
	    "1e400", "nul", "[1,]", "{\"a\"}", "'x'", "\"\xff\"",
	    "\"\xc0\x80\"", "\"\n\"", "+1", "NaN",
	    "[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]"};

	for (i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		tap_ok(scans(good[i]), good[i], __FILE__, __LINE__);
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		tap_ok(!scans(bad[i]), "bad JSON", __FILE__, __LINE__);
	ok(!json_scan("{}\0", 3, JSON_DEPTH));
}

/* What a request left behind is gone before the next one; the first piece of
 * memory is kept, so it can be looked at. */
static void
test_wiping(void)
{
	static const char zeros[64];
	struct arena *arena = arena_new(1 << 20);
	char *secret = arena_strdup(arena, "a refresh token, say");
	char *copy = arena_printf(arena, "Bearer %s", secret);

	ok(copy != secret);
	arena_reset(arena);
	ok(memcmp(secret, zeros, strlen("a refresh token, say")) == 0);
	ok(memcmp(copy, zeros, strlen("Bearer a refresh token, say")) == 0);
	arena_free(arena);
}

enum { TEXTS = 500 };

/* Texts of every length, through the ends of several chunks. */
static void
test_texts(void)
{
	struct arena *arena = arena_new(1 << 20);
	const char *texts[TEXTS];
	char wanted[TEXTS + 8];
	int i, wrong = 0;

	for (i = 0; i < TEXTS; i++)
		texts[i] = arena_printf(arena, "%0*d", i + 1, i);
	for (i = 0; i < TEXTS; i++) {
		(void)snprintf(wanted, sizeof(wanted), "%0*d", i + 1, i);
		wrong += strcmp(texts[i], wanted) != 0;
	}
	ok(wrong == 0);
	ok(strlen(arena_printf(arena, "%0*d", 100000, 1)) == 100000);
	is(arena_printf(arena, "%s", ""), "");
	ok(!arena_exhausted(arena));
	(void)arena_printf(arena, "%0*d", 1 << 20, 1);
	ok(arena_exhausted(arena));
	arena_free(arena);
}

static void
test_json_text(struct arena *arena)
{
	static const char text[] =
	    "{\"a\":[1,-2.5e3,true,false,null],\"b/\":\"\\\"\\\\\\n\\u0001/é\","
	    "\"c\":{},\"d\":[]}";
	static const char
	    text_odd[] = " [ \"\\u00e9\\ud83d\\uDE00\\ud836\\ude00\\/\" , "
	                 "9223372036854775807,"
	                 "-9223372036854775809 ,18446744073709551616, 1.50 ] ";
	AUTO_JSON *object = json_read(text, strlen(text));

	AUTO_JSON *odd = NULL;

	is(json_text(arena, object), text);
	odd = json_read(text_odd, strlen(text_odd));
	is(json_text(arena, odd),
	    "[\"\xC3\xA9\xF0\x9F\x98\x80\xF0\x9D\xA8\x80/\","
	    "9223372036854775807,"
	    "-9223372036854775808,18446744073709551615,1.50]");
	is(json_text(arena, NULL), "null");
}

/* RFC 8259 s7: how many bytes longer a character becomes. */
static size_t
escape_bytes(int c)
{
	if (c == '"' || c == '\\' || strchr("\b\f\n\r\t", c))
		return 1;
	return c < 0x20 ? strlen("u0001") : 0;
}

/* At each place of a text each byte is escaped that has to be, no other. */
static void
test_json_text_escaped(struct arena *arena)
{
	size_t place;
	int c;

	for (place = 0; place < 20; place++) {
		bool right = true;

		for (c = 1; c < 256; c++) {
			char text[] = "abcdefghijklmnopqrst";
			AUTO_JSON *array = json_new_array();
			const char *written;

			text[place] = (char)c;
			json_append_string(array, text, strlen(text));
			written = json_text(arena, array);
			right = right &&
			    strlen(written) ==
			        strlen("[\"\"]") + strlen(text) +
			            escape_bytes(c) &&
			    (escape_bytes(c) > 0 || strstr(written, text));
		}
		ok(right);
	}
}

static void
test_numbers(struct arena *arena)
{
	is(arena_int64(arena, 0), "0");
	is(arena_int64(arena, 7776000), "7776000");
	is(arena_int64(arena, -10), "-10");
	is(arena_int64(arena, INT64_MAX), "9223372036854775807");
	is(arena_int64(arena, INT64_MIN), "-9223372036854775808");
}

static void
test_uri(struct arena *arena)
{
	struct uri uri;
	struct buf buf = buf_in(arena);
	size_t i;
	static const char *const bad[] = {"", "/x", "http://", "https://a b/",
	    "https://a/\\b", "https://a/%zz", "https://a:99999/",
	    "https://a:x/", "https://\xc3\xa9/", "https://a/\"", "1http://a/"};

	ok(uri_parse(arena, "HTTPS://u@Example.COM:443/a/b?c=d#e", &uri));
	is(uri.scheme, "https");
	is(uri.userinfo, "u");
	is(uri.host, "example.com");
	is(uri.path, "/a/b");
	is(uri.query, "c=d");
	is(uri.fragment, "e");
	is(uri_origin(arena, &uri), "https://example.com");
	ok(uri_parse(arena, "http://[::1]:8080", &uri));
	ok(uri_is_loopback(&uri));
	is(uri.path, "");
	ok(uri_parse(arena, "https://a/x/%2e%2E/y", &uri));
	ok(uri_has_dot_segments(&uri));
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		tap_ok(!uri_parse(arena, bad[i], &uri), "bad URI", __FILE__,
		    __LINE__);
	uri_encode(&buf, "a+b =/&\xc3\xa9~");
	is(buf_text(&buf), "a%2Bb%20%3D%2F%26%C3%A9~");
	is(uri_decode(arena, "a+%2B", 5, true), "a +");
	ok(!uri_decode(arena, "%00", 3, true));
	ok(!uri_decode(arena, "%ff", 3, true));
	ok(!uri_decode(arena, "%4", 2, true));
}

static const char *
normal(struct arena *arena, const char *text)
{
	struct uri uri;

	return uri_parse(arena, text, &uri) ? uri_normal(arena, &uri) : NULL;
}

/* RFC 3986 s6.2.2, s6.2.3 and s5.2.4 */
static void
test_normal_uris(struct arena *arena)
{
	is(normal(arena, "HTTP://www.EXAMPLE.com/"), "http://www.example.com/");
	is(normal(arena, "http://example.com"), "http://example.com/");
	is(normal(arena, "http://example.com:/"), "http://example.com/");
	is(normal(arena, "http://example.com:80/"), "http://example.com/");
	is(normal(arena, "https://example.com:80/?q#f"),
	    "https://example.com:80/");
	is(normal(arena, "http://a/b/c/%7bfoo%7D/%7Euser"),
	    "http://a/b/c/%7Bfoo%7D/~user");
	is(normal(arena, "http://a/%2f%c3%a9%00%FF"),
	    "http://a/%2F%C3%A9%00%FF");
	is(normal(arena, "http://a/b/c/./../../g"), "http://a/g");
	is(normal(arena, "http://a/mid/content=5/../6"), "http://a/mid/6");
	is(normal(arena, "http://a/%2e%2E/../.."), "http://a/");
	is(normal(arena, "http://a/b/.."), "http://a/");
	is(normal(arena, "http://a/b/c/."), "http://a/b/c/");
	is(normal(arena, "http://a/..b/.c/d../..."), "http://a/..b/.c/d../...");
	is(normal(arena, "http://a//b//"), "http://a//b//");
}

static void
test_hosts(struct arena *arena)
{
	static const char *const plain[] = {"example.com", "a-b.example",
	    "localhost", "xn--bcher-kva.example", "127.0.0.1", "8.8.8.8",
	    "[::1]", "[2001:db8::1]", "1a.example"};
	static const char *const odd[] = {"example.com.", "a..example",
	    ".example", "a%2eexample", "ex%61mple.com", "a_b.example",
	    "a!b.example", "2130706433", "0x7f000001", "0x7f.1", "127.1",
	    "0177.0.0.1", "127.0.0.01", "a.1", "[0:0:0:0:0:0:0:1]",
	    "[::ffff:7f00:1]", "[1.2.3.4]", "[:::]"};
	struct uri uri;
	size_t i;

	for (i = 0; i < sizeof(plain) / sizeof(*plain); i++)
		tap_ok(uri_parse(arena,
		           arena_printf(arena, "https://%s/x", plain[i]),
		           &uri) &&
		        uri_host_is_plain(&uri),
		    plain[i], __FILE__, __LINE__);
	for (i = 0; i < sizeof(odd) / sizeof(*odd); i++)
		tap_ok(!uri_parse(arena,
		           arena_printf(arena, "https://%s/x", odd[i]), &uri) ||
		        !uri_host_is_plain(&uri),
		    odd[i], __FILE__, __LINE__);
}

static void
test_text(void)
{
	int64_t n;

	ok(text_to_int64("42", 100, &n) && n == 42);
	ok(!text_to_int64("101", 100, &n));
	ok(!text_to_int64("-1", 100, &n));
	ok(!text_to_int64("4x", 100, &n));
	ok(!text_to_int64("", 100, &n));
	ok(!text_to_int64("99999999999999999999", 100, &n));
	ok(text_to_int64("0", 0, &n) && n == 0);
	ok(!text_to_int64("9", 5, &n));
	ok(text_is_email("a@b"));
	ok(text_is_email("\xc3\xa9milie@example.com"));
	ok(!text_is_email("a"));
	ok(!text_is_email("@b"));
	ok(!text_is_email("a@"));
	ok(!text_is_email("a@b; c@d"));
	ok(!text_is_email("a@b\n"));
	ok(!text_is_email("a@\xff"));
	ok(!text_is_email("a@b\xc2\x9b"));
	ok(text_has_control("\x1f"));
	ok(text_has_control("a\x7f"));
	ok(text_has_control("a\xc2\x80"));
	ok(!text_has_control("a \xc2\xa0\xc3\x9b"));
	ok(text_has_word("email profile", "profile"));
	ok(!text_has_word("email profile", "prof"));
	ok(text_is_utf8("\xc3\xa9", 2));
	ok(!text_is_utf8("\xed\xa0\x80", 3)); /* a surrogate */
	ok(!text_is_utf8("\xf4\x90\x80\x80", 4));
}

static struct sockaddr_storage
address(const char *text)
{
	struct sockaddr_storage ret;
	struct sockaddr_in *v4 = (struct sockaddr_in *)&ret;
	struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)&ret;

	memset(&ret, 0, sizeof(ret));
	if (inet_pton(AF_INET, text, &v4->sin_addr) == 1)
		ret.ss_family = AF_INET;
	else if (inet_pton(AF_INET6, text, &v6->sin6_addr) == 1)
		ret.ss_family = AF_INET6;
	return ret;
}

static void
test_addresses(struct arena *arena)
{
	static const char *const public[] = {"8.8.8.8", "1.1.1.1",
	    "100.63.255.255", "100.128.0.0", "172.15.0.1", "172.32.0.1",
	    "192.0.3.1", "198.17.0.1", "198.20.0.1", "223.255.255.255",
	    "2606:4700::1", "2a00::1", "2001:200::1", "2001:4860:4860::8888",
	    "2606:4700::5eff:a00:1", "3ffe::1"};
	static const char *const inner[] = {"0.0.0.0", "10.1.2.3", "100.64.0.1",
	    "100.127.255.255", "127.0.0.1", "127.255.0.1", "169.254.169.254",
	    "172.16.0.1", "172.31.255.255", "192.0.0.8", "192.0.0.170",
	    "192.0.0.192", "192.0.2.1", "192.88.99.1", "192.168.0.1",
	    "198.18.0.1", "198.19.0.1", "198.51.100.1", "203.0.113.1",
	    "224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255",
	    "::", "::1", "::ffff:8.8.8.8", "::8.8.8.8", "64:ff9b::8.8.8.8",
	    "64:ff9b:1::1", "100::1", "100:0:0:1::1", "2001::1", "2001:1::1",
	    "2001:2::1", "2001:3::1", "2001:4:112::1", "2001:10::1",
	    "2001:20::1", "2001:30::1", "2001:1ff::1", "2001:db8::1",
	    "2a00::5efe:10.0.0.1", "2a00::200:5efe:10.0.0.1", "2002:808:808::1",
	    "3fff::1", "5f00::1", "fc00::1", "fd00::1", "fe80::1", "fec0::1",
	    "ff02::1", "nonsense"};
	struct sockaddr_storage a;
	size_t i;

	for (i = 0; i < sizeof(public) / sizeof(*public); i++) {
		a = address(public[i]);
		tap_ok(address_is_public((struct sockaddr *)&a), public[i],
		    __FILE__, __LINE__);
	}
	for (i = 0; i < sizeof(inner) / sizeof(*inner); i++) {
		a = address(inner[i]);
		tap_ok(!address_is_public((struct sockaddr *)&a), inner[i],
		    __FILE__, __LINE__);
	}
	a = address("10.1.2.3");
	ok(address_in_list(arena, (struct sockaddr *)&a, "::1 10.0.0.0/8"));
	ok(!address_in_list(arena, (struct sockaddr *)&a,
	    "10.1.2.4 11.0.0.0/8"));
	ok(!address_in_list(arena, (struct sockaddr *)&a, ""));
	ok(address_in_list(arena, (struct sockaddr *)&a, "10.1.2.2/31"));
	ok(!address_in_list(arena, (struct sockaddr *)&a, "10.1.2.0/31"));
	ok(address_text_in_list(arena, "127.0.0.1", "127.0.0.1 ::1"));
	ok(address_text_in_list(arena, "::1", "127.0.0.1 ::1"));
	ok(!address_text_in_list(arena, "::2", "127.0.0.1 ::1"));
	ok(!address_text_in_list(arena, "", "0.0.0.0/0 ::/0"));
	ok(!address_text_in_list(arena, "127.0.0.1 ", "0.0.0.0/0"));
	ok(!address_text_in_list(arena, "127.0.0.1", ""));
	ok(address_list_valid(arena, "10.0.0.0/8 ::1, fd00::/8"));
	ok(!address_list_valid(arena, "10.0.0.0/33"));
	ok(!address_list_valid(arena, "localhost"));
}

static void
test_secrets(void)
{
	ok(secret_machine_made("Zx8Q2mVt0pLr5nWk7yBc3dEf9gHj1aSu4iOo6PqRvTw"));
	ok(!secret_machine_made("secret"));
	ok(!secret_machine_made(
	    "correct horse battery staple and so on, long"));
	ok(!secret_machine_made(
	    "your-secret-key-change-this-in-production-please"));
}

static void
test_printable(struct arena *arena)
{
	is(printable(arena, ""), "");
	is(printable(arena, "Zo\xc3\xab \xe2\x82\xac \xf0\x9f\x98\x80"),
	    "Zo\xc3\xab \xe2\x82\xac \xf0\x9f\x98\x80");
	is(printable(arena, "a\tb\nc\rd\\e\x1b[31m\x7f"),
	    "a\\tb\\nc\\rd\\\\e\\x1b[31m\\x7f");
	is(printable(arena,
	       "\xc2\x9b"
	       "31m"),
	    "\\u009b31m");
	is(printable(arena,
	       "\xe2\x80\xae"
	       "cod.exe"),
	    "\\u202ecod.exe");
	is(printable(arena, "\xf3\xa0\x81\x81"), "\\ue0041");
	is(printable(arena, "\xff\xc0\x80\xe2\x82"),
	    "\\xff\\xc0\\x80\\xe2\\x82");
	is(printable_json(arena, "{\"a\":\"\\n\xc3\xab\x7f\xc2\x9b\"}"),
	    "{\"a\":\"\\n\xc3\xab\\u007f\\u009b\"}");
	is(printable_json(arena, "\"\xf3\xa0\x81\x81\xff\""),
	    "\"\\udb40\\udc41\\ufffd\"");
}

int
main(void)
{
	struct arena *arena = arena_new(1 << 20);

	test_wiping();
	test_texts();
	test_json();
	test_json_text(arena);
	test_json_text_escaped(arena);
	test_numbers(arena);
	test_uri(arena);
	test_hosts(arena);
	test_normal_uris(arena);
	test_text();
	test_addresses(arena);
	test_secrets();
	test_printable(arena);
	arena_free(arena);
	return tap_done();
}
