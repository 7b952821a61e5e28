/* SPDX-License-Identifier: MIT */
/* test_doctor_form.c - the doctor's forms and queries: as pages write them, and
 * as anybody might. */
#include "tap.h"

/* The command's own modules are in no library. */
#include "../../admin/doctor_form.c"

#include "http/html.h"

static struct arena *arena;

static const char *
field(const char *name, const char *value)
{
	return arena_printf(arena,
	    "<p><input type=\"hidden\" name=\"%s\" value=\"%s\">\n", name,
	    html_escape(arena, value));
}

static void
test_hidden(void)
{
	is(form_hidden(arena, ""), "");
	is(form_hidden(arena, "<form><input name=\"email\"></form>"), "");
	is(form_hidden(arena, field("request", "a b")), "request=a%20b");
	is(form_hidden(arena,
	       arena_printf(arena, "%s<input name=\"email\">%s",
	           field("request", "r"), field("csrf", "<&\">'"))),
	    "request=r&csrf=%3C%26%22%3E%27");
	is(form_hidden(arena, field("x", "&amp;lt;")), "x=%26amp%3Blt%3B");
	is(form_hidden(arena, field("empty", "")), "empty=");
}

static void
test_hidden_broken(void)
{
	is(form_hidden(arena, "<input type=\"hidden\" name=\"x"), "");
	is(form_hidden(arena, "<input type=\"hidden\" name=\"x\""), "");
	is(form_hidden(arena, "<input type=\"hidden\" name=\"x\" id=\"y\">"),
	    "");
	is(form_hidden(arena, "<input type=\"hidden\" name=\"x\" value=\"y"),
	    "");
}

static void
test_query(void)
{
	static const char url[] = "http://localhost:1/cb?code=a%2Bb&state=c+d"
	                          "&iss=https%3A%2F%2Fx&empty=#code=z&y=1";

	is(form_query(arena, url, "code"), "a+b");
	is(form_query(arena, url, "state"), "c d");
	is(form_query(arena, url, "iss"), "https://x");
	is(form_query(arena, url, "cod"), NULL);
	is(form_query(arena, url, "ode"), NULL);
	is(form_query(arena, url, "y"), NULL);
	is(form_query(arena, "http://x/", "code"), NULL);
	is(form_query(arena, "http://x/?", "code"), NULL);
	is(form_query(arena, "http://x/?code=%", "code"), NULL);
	is(form_query(arena, "http://x/?a=code=1", "code"), NULL);
}

static void
test_add(void)
{
	struct buf form = buf_in(arena);

	form_add(&form, "a", "1&2");
	form_add(&form, "b", "x y/z");
	is(buf_text(&form), "a=1%262&b=x%20y%2Fz");
}

int
main(void)
{
	arena = arena_new(1 << 20);
	test_hidden();
	test_hidden_broken();
	test_query();
	test_add();
	arena_free(arena);
	return tap_done();
}
