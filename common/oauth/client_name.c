/* SPDX-License-Identifier: MIT */
#include "oauth/client_name.h"

#include "base/buf.h"

enum { CLIENT_NAME_MAX_CHARACTERS = 80 };

/* Characters that change how text around them is shown: control characters,
 * bidirectional marks and overrides, zero-width ones, the byte order mark. */
static bool
is_deceptive(const unsigned char *p)
{
	if (p[0] < 0x20 || p[0] == 0x7F)
		return true;
	if (p[0] == 0xC2)
		return p[1] >= 0x80 && p[1] <= 0x9F; /* C1 controls */
	if (p[0] == 0xD8)
		return p[1] == 0x9C; /* U+061C */
	if (p[0] == 0xE2 && p[1] == 0x80)
		return (p[2] >= 0x8B && p[2] <= 0x8F) || /* U+200B..200F */
		    (p[2] >= 0xA8 && p[2] <= 0xAE);      /* U+2028..202E */
	if (p[0] == 0xE2 && p[1] == 0x81)
		return p[2] >= 0xA0 && p[2] <= 0xAF; /* U+2060..206F */
	return p[0] == 0xEF && p[1] == 0xBB && p[2] == 0xBF;
}

static size_t
character_bytes(unsigned char lead)
{
	if (lead < 0x80)
		return 1;
	if (lead < 0xE0)
		return 2;
	return lead < 0xF0 ? 3 : 4;
}

const char *
client_name_clean(struct arena *arena, const char *name)
{
	const unsigned char *p = (const unsigned char *)name;
	struct buf clean = buf_in(arena);
	size_t n, characters = 0;

	for (; *p && characters < CLIENT_NAME_MAX_CHARACTERS; p += n) {
		n = character_bytes(*p);
		if (is_deceptive(p))
			continue;
		buf_add_n(&clean, (const char *)p, n);
		characters++;
	}
	return clean.len > 0 ? buf_text(&clean) : NULL;
}
