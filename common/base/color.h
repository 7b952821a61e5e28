/* SPDX-License-Identifier: MIT */
/* color.h - colours of the web, and whether text in one can be read on another
 * (WCAG 2.2). */
#ifndef BASE_COLOR_H
#define BASE_COLOR_H

#include <stdbool.h>

#include "base/arena.h"

struct color {
	unsigned char red, green, blue; /* sRGB */
};

/* #rrggbb and nothing else.  *ret is set on success only. */
bool color_parse(const char *text, struct color *ret)
    __attribute__((__warn_unused_result__));

const char *color_text(struct arena *arena, struct color color);

/* The contrast ratio of two colours, 1 to 21. */
double color_contrast(struct color a, struct color b);

/* Text must have 4.5 (WCAG 2.2, 1.4.3). */
bool color_is_readable(struct color text, struct color ground);

/* The colour with as much white as makes it readable on ground, which is
 * dark. */
struct color color_lightened(struct color color, struct color ground);

#endif
