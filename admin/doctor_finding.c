/* SPDX-License-Identifier: MIT */
/* doctor_finding.c - what the doctor says: a line at a time as it goes along,
 * or all of it at the end as JSON. */
#include <stdio.h>

#include "base/text.h"
#include "doctor.h"

/* Nothing that a terminal obeys: some of it comes from outside. */
static const char *
made_safe(char *text)
{
	char *at;

	for (at = text; *at; at++)
		if (*at < ' ' || *at > '~')
			*at = '?';
	return text;
}

static void
print_fix(const char *fix)
{
	(void)fputs("    ", stdout);
	for (; *fix; fix++) {
		putchar(*fix);
		if (*fix == '\n')
			(void)fputs("    ", stdout);
	}
	putchar('\n');
}

static void
print(const char *level, const char *code, const char *text, const char *fix)
{
	if (!fix) {
		(void)printf("%s: %s\n", level, text);
		return;
	}
	(void)printf("%s: %s [%s]\n", level, text, code);
	print_fix(fix);
}

static void
tell(struct doctor *doctor, const char *level, const char *code,
    const char *text, const char *fix)
{
	AUTO_JSON *finding = json_new_object();

	json_add_string(finding, "code", code);
	json_add_string(finding, "level", level);
	json_add_string(finding, "text", text);
	json_add_string(finding, "fix", fix);
	json_append(doctor->findings, json_take(&finding));
	if (doctor->json)
		return;
	print(level, code, text, fix);
	(void)fflush(stdout); /* whoever waits sees where it is */
}

void
doctor_ok(struct doctor *doctor, const char *code, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	tell(doctor, "ok", code,
	    made_safe(arena_vprintf(doctor->arena, format, args)), NULL);
	va_end(args);
}

void
doctor_note(struct doctor *doctor, const char *code, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	tell(doctor, "note", code,
	    made_safe(arena_vprintf(doctor->arena, format, args)), NULL);
	va_end(args);
}

void
doctor_problem(struct doctor *doctor, const char *code, const char *fix,
    const char *format, ...)
{
	va_list args;

	doctor->problems++;
	va_start(args, format);
	tell(doctor, "problem", code,
	    made_safe(arena_vprintf(doctor->arena, format, args)), fix);
	va_end(args);
}

bool
doctor_told(const struct doctor *doctor, const char *code)
{
	size_t i, n = json_object_array_length(doctor->findings);

	for (i = 0; i < n; i++) {
		struct json_object
		    *finding = json_object_array_get_idx(doctor->findings, i);

		if (text_equal(json_string(finding, "code"), code) &&
		    text_equal(json_string(finding, "level"), "problem"))
			return true;
	}
	return false;
}

void
doctor_print_json(struct doctor *doctor)
{
	puts(json_object_to_json_string_ext(doctor->findings,
	    JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_NOSLASHESCAPE));
}
