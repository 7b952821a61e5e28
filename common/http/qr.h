/* SPDX-License-Identifier: MIT */
/* qr.h - text as a QR code, for a phone to read off a page. */
#ifndef HTTP_QR_H
#define HTTP_QR_H

#include <stdbool.h>

#include "base/buf.h"

/*
 * Add it as an inline SVG image, black on white in the dark too; label says what
 * it is to those who do not see it.
 *
 * Returns false, and adds nothing, when the program was built without
 * libqrencode or the text is too long: the page must do without.
 */
bool qr_add(struct buf *page, const char *text, const char *label);

#endif
