/* SPDX-License-Identifier: MIT */
/*
 * break_in.c - a library to preload: what somebody would try who has taken the
 * program over.  A FastCGI program tries it before it answers, and says so in
 * headers "Tried-NAME: ERRNO" of that answer, 0 for what worked; the program
 * that fetches on its standard error.  Calls are made by number, as they would
 * be.  BREAK_IN_FILE and BREAK_IN_STATE are files that the account may write.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <curl/curl.h>
#include <fcgiapp.h>

static char said[4096];

static void
tell(const char *name, long result)
{
	int error = result < 0 ? errno : 0;
	size_t len = strlen(said);

	(void)snprintf(said + len, sizeof(said) - len, "Tried-%s: %d\r\n", name,
	    error);
}

static long
try_open(const char *file)
{
	long fd = file
	    ? syscall(SYS_openat, AT_FDCWD, file, O_RDWR | O_CREAT, 0600)
	    : 0;

	if (fd < 0)
		return -1;
	if (file)
		(void)close((int)fd);
	return 0;
}

static long
try_map(int protection, int then)
{
	long at = syscall(SYS_mmap, NULL, 4096, protection,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return at < 0 || !then ? at : syscall(SYS_mprotect, at, 4096, then);
}

/* A child that lives says nothing, and ends. */
static long
try_fork(void)
{
	long pid = syscall(SYS_clone, SIGCHLD, NULL, NULL, NULL, NULL);

	if (pid == 0)
		_exit(0);
	return pid;
}

static void
try_all(void)
{
	static char shell[] = "/bin/sh";
	char *argv[] = {shell, NULL};

	tell("fork", try_fork());
	tell("execve", syscall(SYS_execve, shell, argv, NULL));
	tell("execveat", syscall(SYS_execveat, AT_FDCWD, shell, argv, NULL, 0));
	tell("ptrace", syscall(SYS_ptrace, PTRACE_ATTACH, getppid(), 0, 0));
	tell("process_vm_readv",
	    syscall(SYS_process_vm_readv, getppid(), NULL, 0, NULL, 0, 0));
	tell("unshare", syscall(SYS_unshare, 0x10000000));
	tell("memfd_create", syscall(SYS_memfd_create, "x", 0));
	tell("io_uring_setup", syscall(SYS_io_uring_setup, 1, NULL));
	tell("bpf", syscall(SYS_bpf, 0, NULL, 0));
	tell("packet", syscall(SYS_socket, AF_PACKET, SOCK_RAW, 0));
	tell("netlink", syscall(SYS_socket, AF_NETLINK, SOCK_RAW, 0));
	tell("inet", syscall(SYS_socket, AF_INET, SOCK_STREAM, 0));
	tell("bind", syscall(SYS_bind, 0, NULL, 0));
	tell("listen", syscall(SYS_listen, 0, 1));
	tell("chmod", syscall(SYS_fchmodat, AT_FDCWD, "/dev/null", 0666));
	tell("run-data",
	    try_map(PROT_READ | PROT_WRITE, PROT_READ | PROT_EXEC));
	tell("map-code", try_map(PROT_READ | PROT_EXEC, 0));
	tell("other-file", try_open(getenv("BREAK_IN_FILE")));
	tell("state-file", try_open(getenv("BREAK_IN_STATE")));
}

int
FCGX_PutStr(const char *text, int len, FCGX_Stream *out)
{
	int (*next)(const char *, int, FCGX_Stream *);

	*(void **)&next = dlsym(RTLD_NEXT, "FCGX_PutStr");
	if (!*said) {
		try_all();
		(void)next(said, (int)strlen(said), out);
	}
	return next(text, len, out);
}

CURLcode
curl_easy_perform(CURL *curl)
{
	CURLcode (*next)(CURL *);

	*(void **)&next = dlsym(RTLD_NEXT, "curl_easy_perform");
	try_all();
	(void)!write(STDERR_FILENO, said, strlen(said));
	return next(curl);
}
