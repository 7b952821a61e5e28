/* SPDX-License-Identifier: MIT */
/* confine.h - locking a worker in, as far as its endpoint and its settings
 * allow (base/sandbox.h). */
#ifndef HTTP_CONFINE_H
#define HTTP_CONFINE_H

#include "http/endpoint.h"
#include "http/io.h"

/*
 * To be called whenever settings were read, before a request is looked at and
 * before threads start.  The first settings decide: what later ones would need
 * beside that is told in the log.  A guard as plain CGI program stays as it is
 * where it may become another program.
 */
void confine(const struct endpoint *endpoint, const struct io *io,
    const struct settings *settings);

#endif
