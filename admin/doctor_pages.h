/* SPDX-License-Identifier: MIT */
/* doctor_pages.h - a page for people, as it came through the web server. */
#ifndef ADMIN_DOCTOR_PAGES_H
#define ADMIN_DOCTOR_PAGES_H

#include "doctor.h"

/* Look at its headers, and tell. */
void doctor_page(struct doctor *doctor, const struct web_answer *page);

#endif
