/* SPDX-License-Identifier: MIT */
#include "base/text.h"

#include <string.h>
#include <strings.h>

enum { EMAIL_MAX_BYTES = 254 };

#define ALNUM "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"

bool
text_equal(const char *a, const char *b)
{
	return strcmp(a, b) == 0;
}

bool
text_equal_nocase(const char *a, const char *b)
{
	return strcasecmp(a, b) == 0;
}

bool
text_starts(const char *text, const char *prefix)
{
	return strncmp(text, prefix, strlen(prefix)) == 0;
}

bool
text_ends(const char *text, const char *suffix)
{
	size_t len = strlen(text), tail = strlen(suffix);

	return len >= tail && text_equal(text + len - tail, suffix);
}

bool
text_only(const char *text, const char *set)
{
	return text[strspn(text, set)] == '\0';
}

bool
text_is_base64url(const char *text)
{
	return text_only(text, ALNUM "-_");
}

/* Length of the sequence that a lead byte opens, with the bounds that the
 * second byte must keep (RFC 3629 s4); 0 for a byte that opens none. */
static size_t
utf8_sequence(unsigned char lead, unsigned char *low, unsigned char *high)
{
	*low = 0x80;
	*high = 0xBF;
	if (lead < 0x80)
		return 1;
	if (lead >= 0xC2 && lead <= 0xDF)
		return 2;
	if (lead >= 0xE0 && lead <= 0xEF) {
		if (lead == 0xE0)
			*low = 0xA0;
		if (lead == 0xED)
			*high = 0x9F;
		return 3;
	}
	if (lead >= 0xF0 && lead <= 0xF4) {
		if (lead == 0xF0)
			*low = 0x90;
		if (lead == 0xF4)
			*high = 0x8F;
		return 4;
	}
	return 0;
}

bool
text_is_utf8(const char *data, size_t len_bytes)
{
	const unsigned char *p = (const unsigned char *)data;
	const unsigned char *end = p + len_bytes;
	unsigned char low, high;
	size_t n, i;

	for (; p < end; p += n) {
		n = utf8_sequence(*p, &low, &high);
		if (n == 0 || *p == '\0' || n > (size_t)(end - p))
			return false;
		if (n > 1 && (p[1] < low || p[1] > high))
			return false;
		for (i = 2; i < n; i++)
			if (p[i] < 0x80 || p[i] > 0xBF)
				return false;
	}
	return true;
}

bool
text_has_control(const char *text)
{
	const unsigned char *p = (const unsigned char *)text;

	for (; *p; p++)
		if (*p < 0x20 || *p == 0x7F ||
		    (p[0] == 0xC2 && p[1] >= 0x80 && p[1] <= 0x9F))
			return true;
	return false;
}

bool
text_is_email(const char *text)
{
	const char *at = strchr(text, '@');

	return at && at > text && at[1] && strlen(text) <= EMAIL_MAX_BYTES &&
	    !strchr(text, ' ') && !text_has_control(text) &&
	    text_is_utf8(text, strlen(text));
}

bool
text_to_int64(const char *text, int64_t max, int64_t *ret)
{
	int64_t value = 0;
	int digit;

	if (!*text)
		return false;
	for (; *text; text++) {
		if (*text < '0' || *text > '9')
			return false;
		digit = *text - '0';
		if (digit > max || value > (max - digit) / 10)
			return false;
		value = value * 10 + digit;
	}
	*ret = value;
	return true;
}

char *
text_lower(struct arena *arena, const char *text)
{
	char *lower = arena_strdup(arena, text);
	char *p;

	for (p = lower; *p; p++)
		if (*p >= 'A' && *p <= 'Z')
			*p = (char)(*p - 'A' + 'a');
	return lower;
}

const char **
text_split(struct arena *arena, const char *text, const char *separators,
    size_t *n)
{
	const char **pieces = arena_alloc(arena,
	    (strlen(text) / 2 + 2) * sizeof(*pieces));
	size_t count = 0, len;

	for (text += strspn(text, separators); *text;
	     text += strspn(text, separators)) {
		len = strcspn(text, separators);
		pieces[count++] = arena_strndup(arena, text, len);
		text += len;
	}
	if (n)
		*n = count;
	return pieces;
}

bool
text_has_word(const char *list, const char *word)
{
	size_t len = strlen(word), n;

	for (list += strspn(list, " "); *list; list += strspn(list, " ")) {
		n = strcspn(list, " ");
		if (n == len && memcmp(list, word, n) == 0)
			return true;
		list += n;
	}
	return false;
}
