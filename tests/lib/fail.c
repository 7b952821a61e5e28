/* SPDX-License-Identifier: MIT */
/*
 * fail.c - a library to preload: one call of a kind fails, the one of number
 * FAIL_AT (from 1; 0: none).  FAIL_KIND says which calls count:
 *
 *	memory  malloc, calloc, realloc: NULL; but those of OpenSSL, which are
 *	        many
 *	crypto  those of OpenSSL
 *	write   write, writev: ENOSPC
 *	libpq   what of libpq may fail: as if it had
 *
 * At the end the number of calls goes to the file FAIL_COUNT, if that is set; it
 * is opened before the program locks itself in.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include <libpq-fe.h>
#include <sodium.h>

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *memory, size_t size);

static enum {
	KIND_NONE,
	KIND_MEMORY,
	KIND_CRYPTO,
	KIND_WRITE,
	KIND_LIBPQ
} kind;
static bool began; /* what libraries do when they are loaded does not count */
static long at, calls;
static int count_file = -1;

__attribute__((__constructor__)) static void
begin(void)
{
	const char *name = getenv("FAIL_KIND"), *number = getenv("FAIL_AT");
	const char *file = getenv("FAIL_COUNT");

	if (file)
		count_file = open(file, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
	at = number ? strtol(number, NULL, 10) : 0;
	if (name && strcmp(name, "memory") == 0)
		kind = KIND_MEMORY;
	if (name && strcmp(name, "crypto") == 0)
		kind = KIND_CRYPTO;
	if (name && strcmp(name, "write") == 0)
		kind = KIND_WRITE;
	if (name && strcmp(name, "libpq") == 0)
		kind = KIND_LIBPQ;
}

__attribute__((__destructor__)) static void
end(void)
{
	char text[32];
	int len;

	kind = KIND_NONE;
	if (!began || count_file < 0)
		return;
	len = snprintf(text, sizeof(text), "%ld\n", calls);
	if (write(count_file, text, (size_t)len) != len)
		_exit(99);
	(void)close(count_file);
}

static bool
fails(int of)
{
	if (!began || (int)kind != of)
		return false;
	calls++;
	return calls == at;
}

/* The function of that name that we stand before. */
#define NEXT(name) ((__typeof__(&(name)))dlsym(RTLD_NEXT, #name))

/* Without destructors: the guard ends so, or by becoming another program. */
void
_exit(int status)
{
	end();
	(void)syscall(SYS_exit_group, status);
	__builtin_unreachable();
}

/* ---- memory ---- */

int
execv(const char *path, char *const argv[])
{
	end();
	return NEXT(execv)(path, argv);
}

/* Where OpenSSL's libraries lie. */
static struct {
	uintptr_t first, end;
} openssl[2];
static size_t n_openssl;

static int
note_openssl(struct dl_phdr_info *info, size_t size, void *arg)
{
	uintptr_t end = 0;
	size_t i;

	(void)size;
	(void)arg;
	if (n_openssl == 2 ||
	    (!strstr(info->dlpi_name, "/libcrypto.") &&
	        !strstr(info->dlpi_name, "/libssl.")))
		return 0;
	for (i = 0; i < info->dlpi_phnum; i++)
		if (info->dlpi_phdr[i].p_vaddr + info->dlpi_phdr[i].p_memsz >
		    end)
			end = info->dlpi_phdr[i].p_vaddr +
			    info->dlpi_phdr[i].p_memsz;
	openssl[n_openssl].first = info->dlpi_addr;
	openssl[n_openssl++].end = info->dlpi_addr + end;
	return 0;
}

/* What our programs do once libfcgi is ready, which ends them if it is not. */
int
sodium_init(void)
{
	(void)dl_iterate_phdr(note_openssl, NULL);
	began = true;
	return NEXT(sodium_init)();
}

static bool
no_memory(const void *caller)
{
	bool crypto = false;
	size_t i;

	if (!began || (kind != KIND_MEMORY && kind != KIND_CRYPTO))
		return false;
	for (i = 0; i < n_openssl; i++)
		crypto |= (uintptr_t)caller >= openssl[i].first &&
		    (uintptr_t)caller < openssl[i].end;
	if (!fails(crypto ? KIND_CRYPTO : KIND_MEMORY))
		return false;
	errno = ENOMEM;
	return true;
}

void *
malloc(size_t size)
{
	return no_memory(__builtin_return_address(0)) ? NULL
	                                              : __libc_malloc(size);
}

void *
calloc(size_t n, size_t size)
{
	return no_memory(__builtin_return_address(0)) ? NULL
	                                              : __libc_calloc(n, size);
}

void *
realloc(void *memory, size_t size)
{
	return no_memory(__builtin_return_address(0))
	    ? NULL
	    : __libc_realloc(memory, size);
}

/* ---- writing ---- */

static ssize_t
no_room(void)
{
	errno = ENOSPC;
	return -1;
}

ssize_t
write(int fd, const void *data, size_t bytes)
{
	return fails(KIND_WRITE) ? no_room() : NEXT(write)(fd, data, bytes);
}

ssize_t
writev(int fd, const struct iovec *pieces, int n)
{
	return fails(KIND_WRITE) ? no_room() : NEXT(writev)(fd, pieces, n);
}

/* ---- libpq ---- */

PQconninfoOption *
PQconninfoParse(const char *url, char **error)
{
	return fails(KIND_LIBPQ) ? NULL : NEXT(PQconninfoParse)(url, error);
}

PGconn *
PQconnectStartParams(const char *const *keywords, const char *const *values,
    int expand)
{
	return fails(KIND_LIBPQ)
	    ? NULL
	    : NEXT(PQconnectStartParams)(keywords, values, expand);
}

PostgresPollingStatusType
PQconnectPoll(PGconn *conn)
{
	return fails(KIND_LIBPQ) ? PGRES_POLLING_FAILED
	                         : NEXT(PQconnectPoll)(conn);
}

int
PQsetnonblocking(PGconn *conn, int arg)
{
	return fails(KIND_LIBPQ) ? -1 : NEXT(PQsetnonblocking)(conn, arg);
}

int
PQsendPrepare(PGconn *conn, const char *name, const char *query, int n,
    const Oid *types)
{
	return fails(KIND_LIBPQ)
	    ? 0
	    : NEXT(PQsendPrepare)(conn, name, query, n, types);
}

int
PQsendQueryPrepared(PGconn *conn, const char *name, int n,
    const char *const *values, const int *lengths, const int *formats,
    int format)
{
	return fails(KIND_LIBPQ) ? 0
	                         : NEXT(PQsendQueryPrepared)(conn, name, n,
	                               values, lengths, formats, format);
}

int
PQflush(PGconn *conn)
{
	return fails(KIND_LIBPQ) ? -1 : NEXT(PQflush)(conn);
}

int
PQconsumeInput(PGconn *conn)
{
	return fails(KIND_LIBPQ) ? 0 : NEXT(PQconsumeInput)(conn);
}

PGresult *
PQgetResult(PGconn *conn)
{
	return fails(KIND_LIBPQ) ? NULL : NEXT(PQgetResult)(conn);
}
