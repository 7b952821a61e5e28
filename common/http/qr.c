/* SPDX-License-Identifier: MIT */
#include "http/qr.h"

#ifdef HAVE_QRENCODE

#include <qrencode.h>

#include "http/html.h"

enum { QUIET = 4 /* modules of white around it, as readers want */ };

static inline void
auto_qrcode_free(QRcode **code)
{
	QRcode_free(*code);
}

#define AUTO_QRCODE __attribute__((__cleanup__(auto_qrcode_free))) QRcode

/* The black modules of a row, each run of them one rectangle. */
static void
add_row(struct buf *page, const QRcode *code, int y)
{
	const unsigned char *row = code->data + (ptrdiff_t)y * code->width;
	int x, from;

	for (x = 0; x < code->width; x++) {
		if (!(row[x] & 1))
			continue;
		for (from = x; x < code->width && (row[x] & 1); x++)
			;
		buf_addf(page, "M%d %dh%dv1h-%dz", from + QUIET, y + QUIET,
		    x - from, x - from);
	}
}

bool
qr_add(struct buf *page, const char *text, const char *label)
{
	AUTO_QRCODE *code = QRcode_encodeString8bit(text, 0, QR_ECLEVEL_M);
	int size, y;

	if (!code)
		return false;
	size = code->width + 2 * QUIET;
	buf_add(page, "<svg role=\"img\" aria-label=\"");
	html_add(page, label);
	buf_addf(page,
	    "\" viewBox=\"0 0 %d %d\" shape-rendering=\"crispEdges\">"
	    "<path fill=\"#fff\" d=\"M0 0h%dv%dh-%dz\"/>"
	    "<path fill=\"#000\" d=\"",
	    size, size, size, size, size);
	for (y = 0; y < code->width; y++)
		add_row(page, code, y);
	buf_add(page, "\"/></svg>\n");
	return true;
}

#else

bool
qr_add(struct buf *page, const char *text, const char *label)
{
	(void)page;
	(void)text;
	(void)label;
	return false;
}

#endif
