/* SPDX-License-Identifier: MIT */
/* doctor_form.h - what a page's form sends, and what an address carries. */
#ifndef ADMIN_DOCTOR_FORM_H
#define ADMIN_DOCTOR_FORM_H

#include "base/buf.h"

/* Add name=value to a form or a query in the making. */
void form_add(struct buf *form, const char *name, const char *value);

/* The hidden fields of a page's form, as far as they are written as ours are
 * (<input type="hidden" name="..." value="...">); "" without one. */
const char *form_hidden(struct arena *arena, const char *html);

/* A parameter of the query of url, decoded; NULL when it is not there, or is not
 * well encoded. */
const char *form_query(struct arena *arena, const char *url, const char *name);

#endif
