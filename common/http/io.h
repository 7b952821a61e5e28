/* SPDX-License-Identifier: MIT */
/* io.h - one request's variables, body and answer, over FastCGI or plain CGI. */
#ifndef HTTP_IO_H
#define HTTP_IO_H

#include <stdbool.h>
#include <stddef.h>

struct io;

/*
 * The process's only connection to its web server.  Which protocol is spoken
 * shows on file descriptor 0.  SIGTERM and SIGUSR1 let the request in hand
 * finish and end the loop after it: SIGUSR1 at once, SIGTERM as ending.h says.  NULL when FastCGI cannot be set up.
 */
struct io *io_open(void);

/* Plain CGI: one request, configuration in the environment. */
bool io_is_cgi(const struct io *io);

/* Can nobody but this host's web server have sent the requests?  Plain CGI, or
 * FastCGI by a unix socket, whose file says who may connect; not by TCP. */
bool io_is_private(const struct io *io);

/* Wait for the next request.  False: there is none to come. */
bool io_accept(struct io *io);

/* A variable of this request; NULL when absent.  Valid until io_finish(). */
const char *io_variable(struct io *io, const char *name);

/* Up to size_bytes of the body; 0 at its end. */
size_t io_read(struct io *io, void *ret, size_t size_bytes);

/* False when the other side is gone: nothing is to be done about it. */
bool io_write(struct io *io, const void *data, size_t len_bytes);

/* The answer is whole.  What is left of the body is read and dropped. */
void io_finish(struct io *io);

#endif
