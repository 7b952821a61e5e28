/* SPDX-License-Identifier: MIT */
/* auto.h - handles that close themselves when their scope ends. */
#ifndef BASE_AUTO_H
#define BASE_AUTO_H

#include <stdio.h>
#include <unistd.h>

static inline void
auto_fclose(FILE **file)
{
	if (*file)
		(void)fclose(*file);
}

static inline void
auto_close(int *fd)
{
	if (*fd >= 0)
		(void)close(*fd);
}

#define AUTO_FILE __attribute__((__cleanup__(auto_fclose))) FILE
#define AUTO_FD __attribute__((__cleanup__(auto_close))) int

#endif
