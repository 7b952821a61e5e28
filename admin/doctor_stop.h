/* SPDX-License-Identifier: MIT */
/* doctor_stop.h - Ctrl-C while the doctor plays a client: it gives up, and what
 * it made is removed before it ends. */
#ifndef ADMIN_DOCTOR_STOP_H
#define ADMIN_DOCTOR_STOP_H

#include "doctor.h"

/* From now on SIGINT, SIGTERM and SIGHUP end what is asked at the moment, and a
 * reader who has gone (SIGPIPE) ends nothing. */
void doctor_stop_begin(struct doctor *doctor);

/* Was it told to stop? */
bool doctor_stopped(void);

/* What is asked from now on is asked to the end. */
void doctor_stop_ignore(struct doctor *doctor);

#endif
