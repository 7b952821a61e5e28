/* SPDX-License-Identifier: MIT */
#include "http/io.h"

#include <fcgiapp.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "base/text.h"
#include "http/connection.h"
#include "http/ending.h"
#include "http/variable.h"

/* libfcgi is handed connections, and has no socket to accept others from: a
 * request that came to nothing is the end of FCGX_Accept_r(). */
enum { LISTENING_SOCKET = 0, NO_SOCKET = -1 };

struct io {
	bool cgi, served, private;
	int64_t read_bytes; /* of this request's body */
	FCGX_Request request;
};

/* File descriptor 0 is the socket that FastCGI requests come by. */
static bool
listens_on_unix_socket(void)
{
	struct sockaddr_storage address = {0};
	socklen_t len = sizeof(address);

	return getsockname(0, (struct sockaddr *)&address, &len) == 0 &&
	    address.ss_family == AF_UNIX;
}

struct io *
io_open(void)
{
	static struct io io;

	io.cgi = FCGX_IsCGI();
	io.private = io.cgi || listens_on_unix_socket();
	if (io.cgi)
		return &io;
	if (FCGX_Init() != 0 ||
	    FCGX_InitRequest(&io.request, NO_SOCKET, 0) != 0)
		return NULL;
	ending_watch();
	return &io;
}

bool
io_is_cgi(const struct io *io)
{
	return io->cgi;
}

bool
io_is_private(const struct io *io)
{
	return io->private;
}

/* On the connection there is, or on a new one. */
static bool
wait_for_request(FCGX_Request *request)
{
	if (request->ipcFd >= 0)
		return connection_wait(request->ipcFd);
	request->ipcFd = connection_accept(LISTENING_SOCKET);
	/* Else FCGX_Accept_r() begins with closing it; what it reads says
	 * whether it is to be kept. */
	request->keepConnection = 1;
	return request->ipcFd >= 0;
}

/* A wait that failed was interrupted by SIGTERM, or is of no use. */
static bool
request_comes(FCGX_Request *request)
{
	bool comes = false;

	ending_may_interrupt(true);
	while (!comes && !ending_now()) {
		comes = wait_for_request(request);
		if (!comes && !ending_wanted())
			break;
	}
	ending_may_interrupt(false);
	return comes;
}

static bool
read_request(FCGX_Request *request)
{
	if (connection_speaks(request->ipcFd))
		return FCGX_Accept_r(request) == 0;
	FCGX_Free(request, 1); /* closes the connection */
	return false;
}

static bool
accept_request(struct io *io)
{
	while (request_comes(&io->request))
		if (read_request(&io->request))
			return true;
	connection_parted();
	return false;
}

bool
io_accept(struct io *io)
{
	io->read_bytes = 0;
	if (!io->cgi)
		return accept_request(io);
	if (io->served)
		return false;
	io->served = true;
	return true;
}

const char *
io_variable(struct io *io, const char *name)
{
	return io->cgi ? getenv(name) : variable_find(io->request.envp, name);
}

size_t
io_read(struct io *io, void *ret, size_t size_bytes)
{
	int n;

	if (io->cgi)
		return fread(ret, 1, size_bytes, stdin);
	if (size_bytes > INT_MAX)
		size_bytes = INT_MAX;
	n = FCGX_GetStr(ret, (int)size_bytes, io->request.in);
	if (n <= 0)
		return 0;
	io->read_bytes += n;
	return (size_t)n;
}

bool
io_write(struct io *io, const void *data, size_t len_bytes)
{
	if (io->cgi)
		return fwrite(data, 1, len_bytes, stdout) == len_bytes;
	if (len_bytes > INT_MAX)
		return false;
	if (FCGX_PutStr(data, (int)len_bytes, io->request.out) !=
	    (int)len_bytes)
		return false;
#ifdef CRASH /* what was written before a crash is out */
	(void)FCGX_FFlush(io->request.out);
#endif
	return true;
}

/* A server that hands body and answer over one socket loses the answer when
 * that is closed while the body was not read to its end. */
static void
drain(void)
{
	char rest[4096];

	while (fread(rest, 1, sizeof(rest), stdin) > 0)
		;
}

/* Is nothing left of the body?  An authorizer is sent none (FastCGI 1.0 s6.3). */
static bool
has_read_body(struct io *io)
{
	const char *role = io_variable(io, "FCGI_ROLE");
	const char *length = io_variable(io, "CONTENT_LENGTH");
	int64_t announced = 0;

	if (FCGX_HasSeenEOF(io->request.in) ||
	    (role && text_equal(role, "AUTHORIZER")))
		return true;
	if (io_variable(io, "HTTP_TRANSFER_ENCODING") ||
	    (length && *length &&
	        !text_to_int64(length, INT64_MAX, &announced)))
		return false;
	return io->read_bytes == announced;
}

static void
finish(struct io *io)
{
	FCGX_Request *request = &io->request;
	bool part = !request->keepConnection && has_read_body(io);

	if (part)
		request->keepConnection = 1; /* open, unless it is broken */
	FCGX_Finish_r(request);
	if (part && request->ipcFd >= 0) {
		connection_part(request->ipcFd);
		request->ipcFd = -1;
	}
}

void
io_finish(struct io *io)
{
	if (!io->cgi) {
		finish(io);
		ending_served();
		return;
	}
	(void)fflush(stdout);
	drain();
}
