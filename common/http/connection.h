/* SPDX-License-Identifier: MIT */
/* connection.h - a web server's next connection, for libfcgi to read. */
#ifndef HTTP_CONNECTION_H
#define HTTP_CONNECTION_H

#include <stdbool.h>

/*
 * Wait for the next connection to the listening socket SOCKET.  libfcgi's own
 * wait gives a connection up when a signal comes while its first bytes are on
 * their way; this one has it or has it not.
 *
 * Over IP, FCGI_WEB_SERVER_ADDRS (FastCGI 1.0 s3.2) names the addresses, with
 * commas between them, whose connections are taken; unset or empty: all.
 *
 * Returns a descriptor that is the caller's; -1 when a signal came, or the
 *         socket is of no use.
 */
int connection_accept(int socket);

/*
 * Wait until a web server that keeps its connection sends more on it, or ends
 * it.  Returns false when a signal came first.
 */
bool connection_wait(int connection);

/* Does the other end say something within three seconds, or end it?  Who
 * connects and is silent keeps no worker from others, nor from its end. */
bool connection_speaks(int connection);

/*
 * The answer is whole: the other end hears that nothing more comes.  The
 * descriptor is not the caller's any more, and is closed at the next call, when
 * the other end has closed it or says nothing for two seconds: closed with a
 * word of it unread, it could take the answer away.  libfcgi waits for that
 * before it takes the next request, which is a third of the time that a short
 * one takes; so whose body is not read to its end is better left to libfcgi,
 * which reads on.
 */
void connection_part(int connection);

/* Close the connection of the last connection_part() as its next call would:
 * for a worker that ends, and has no next answer. */
void connection_parted(void);

#endif
