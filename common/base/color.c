/* SPDX-License-Identifier: MIT */
#include "base/color.h"

#include <string.h>

#include "base/text.h"

enum { DIGITS = 6, STEPS = 20, FULL = 255 };

static int
hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' ? c - 'a' + 10 : c - 'A' + 10;
}

static unsigned char
hex_byte(const char *digits)
{
	return (
	    unsigned char)(hex_value(digits[0]) * 16 + hex_value(digits[1]));
}

bool
color_parse(const char *text, struct color *ret)
{
	if (text[0] != '#' || strlen(text) != 1 + DIGITS ||
	    !text_only(text + 1, "0123456789abcdefABCDEF"))
		return false;
	*ret = (struct color){hex_byte(text + 1), hex_byte(text + 3),
	    hex_byte(text + 5)};
	return true;
}

const char *
color_text(struct arena *arena, struct color color)
{
	return arena_printf(arena, "#%02x%02x%02x", color.red, color.green,
	    color.blue);
}

/* x to the power of 2.4, for x from 0 to 1, without the library of
 * mathematics: the fifth root of x to the twelfth, by Newton's method. */
static double
power_2_4(double x)
{
	double wanted = x * x * x * x, root = 1;
	int i;

	wanted = wanted * wanted * wanted;
	for (i = 0; i < 100; i++)
		root = (4 * root + wanted / (root * root * root * root)) / 5;
	return root;
}

/* The definition of relative luminance in WCAG 2.2. */
static double
linear(unsigned char channel)
{
	double value = channel / (double)FULL;

	return value <= 0.04045 ? value / 12.92
	                        : power_2_4((value + 0.055) / 1.055);
}

static double
luminance(struct color color)
{
	return 0.2126 * linear(color.red) + 0.7152 * linear(color.green) +
	    0.0722 * linear(color.blue);
}

double
color_contrast(struct color a, struct color b)
{
	double light = luminance(a), dark = luminance(b), swap;

	if (light < dark) {
		swap = light;
		light = dark;
		dark = swap;
	}
	return (light + 0.05) / (dark + 0.05);
}

bool
color_is_readable(struct color text, struct color ground)
{
	return color_contrast(text, ground) >= 4.5;
}

static unsigned char
lighter(unsigned char channel, int step)
{
	return (unsigned char)(channel + (FULL - channel) * step / STEPS);
}

struct color
color_lightened(struct color color, struct color ground)
{
	struct color ret = color;
	int step;

	for (step = 1; step <= STEPS && !color_is_readable(ret, ground); step++)
		ret = (struct color){lighter(color.red, step),
		    lighter(color.green, step), lighter(color.blue, step)};
	return ret;
}
