/* SPDX-License-Identifier: MIT */
/*
 * sandbox_calls.c - which system calls are let through (seccomp), as a program
 * of the kernel's own small language: each call that is allowed, or the few
 * instructions that judge its arguments; whatever is not named is refused.
 *
 * What stands here is what these programs, libfcgi, libpq, libcurl, libcrypto,
 * a C library and what it loads to look names up ask for; some of it only older
 * or newer ones.
 */
#define _GNU_SOURCE /* AF_INET6, CLONE_THREAD */
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/sandbox.h"

#if defined(__x86_64__)
#define ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define ARCHITECTURE AUDIT_ARCH_AARCH64
#endif

#ifdef ARCHITECTURE

enum { INSTRUCTIONS_MAX = 640 };

struct filter {
	struct sock_filter at[INSTRUCTIONS_MAX];
	unsigned short n;
};

#define N(table) (sizeof(table) / sizeof(*(table)))

/* Both architectures have the low half of an argument first. */
#define LOAD(field) \
	BPF_STMT(BPF_LD | BPF_W | BPF_ABS, \
	    (unsigned)offsetof(struct seccomp_data, field))
#define MASK(bits) BPF_STMT(BPF_ALU | BPF_AND | BPF_K, (unsigned)(bits))
#define IF_IS(value, yes, no) \
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)(value), yes, no)
#define IF_HAS(bits, yes, no) \
	BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, (unsigned)(bits), yes, no)
#define ANSWER(what) BPF_STMT(BPF_RET | BPF_K, (unsigned)(what))
#define ALLOW ANSWER(SECCOMP_RET_ALLOW)
#define REFUSE ANSWER(SECCOMP_RET_TRAP) /* and say so in the log */
#define FAIL_WITH(error) ANSWER(SECCOMP_RET_ERRNO | ((error)&SECCOMP_RET_DATA))

static void
add(struct filter *f, const struct sock_filter *rule, size_t n)
{
	size_t i;

	for (i = 0; i < n && f->n < INSTRUCTIONS_MAX; i++)
		f->at[f->n++] = rule[i];
}

/* The rule, which ends in an answer whatever happens, is that of call. */
static void
judge(struct filter *f, long call, const struct sock_filter *rule, size_t n)
{
	const struct sock_filter is_it[] = {IF_IS(call, 0, (unsigned char)n)};

	add(f, is_it, N(is_it));
	add(f, rule, n);
}

static void
allow_all(struct filter *f, const short *calls, size_t n)
{
	static const struct sock_filter allow[] = {ALLOW};
	size_t i;

	for (i = 0; i < n; i++) {
		const struct sock_filter is_it[] = {IF_IS(calls[i], 0, 1)};

		add(f, is_it, N(is_it));
		add(f, allow, N(allow));
	}
}

#define JUDGE(f, call, ...) \
	do { \
		const struct sock_filter rule[] = {__VA_ARGS__}; \
		judge(f, call, rule, N(rule)); \
	} while (0)

/* ---- what every program may do ---- */

static const short plain[] = {
    /* memory */
    SYS_brk,
    SYS_munmap,
    SYS_mremap,
    SYS_madvise,
    SYS_mlock,
    SYS_munlock,
    SYS_mlock2,
    SYS_membarrier,
    SYS_mincore,
    /* descriptors */
    SYS_read,
    SYS_write,
    SYS_readv,
    SYS_writev,
    SYS_pread64,
    SYS_pwrite64,
    SYS_lseek,
    SYS_close,
    SYS_dup,
    SYS_dup3,
    SYS_fcntl,
    SYS_flock,
    SYS_pipe2,
    SYS_eventfd2,
    /* files */
    SYS_fstat,
    SYS_newfstatat,
    SYS_statx,
    SYS_faccessat,
    SYS_readlinkat,
    SYS_getdents64,
    SYS_getcwd,
    SYS_fadvise64,
    SYS_statfs,
    SYS_fstatfs,
    SYS_getxattr,
    SYS_fgetxattr,
    /* sockets that are there */
    SYS_accept,
    SYS_accept4,
    SYS_connect,
    SYS_getsockname,
    SYS_getpeername,
    SYS_getsockopt,
    SYS_setsockopt,
    SYS_sendto,
    SYS_sendmsg,
    SYS_sendmmsg,
    SYS_recvfrom,
    SYS_recvmsg,
    SYS_recvmmsg,
    SYS_shutdown,
    /* waiting, and time */
    SYS_ppoll,
    SYS_pselect6,
    SYS_epoll_create1,
    SYS_epoll_ctl,
    SYS_epoll_pwait,
    SYS_futex,
    SYS_nanosleep,
    SYS_clock_nanosleep,
    SYS_clock_gettime,
    SYS_clock_getres,
    SYS_gettimeofday,
    SYS_times,
    SYS_setitimer,
    SYS_getitimer,
    SYS_restart_syscall,
    SYS_sched_yield,
    SYS_timerfd_create,
    SYS_timerfd_settime,
    SYS_timerfd_gettime,
    SYS_signalfd4,
    SYS_inotify_init1,
    SYS_inotify_add_watch,
    SYS_inotify_rm_watch,
    /* who we are, and where */
    SYS_getpid,
    SYS_getppid,
    SYS_gettid,
    SYS_getuid,
    SYS_geteuid,
    SYS_getgid,
    SYS_getegid,
    SYS_getpgid,
    SYS_getsid,
    SYS_capget,
    SYS_getresuid,
    SYS_getresgid,
    SYS_getgroups,
    SYS_uname,
    SYS_sysinfo,
    SYS_getrusage,
    SYS_sched_getaffinity,
    SYS_getcpu,
    SYS_getrandom,
    /* threads and signals, as far as they are our own */
    SYS_set_robust_list,
    SYS_get_robust_list,
    SYS_rseq,
    SYS_set_tid_address,
    SYS_rt_sigaction,
    SYS_rt_sigprocmask,
    SYS_rt_sigreturn,
    SYS_rt_sigpending,
    SYS_rt_sigtimedwait,
    SYS_sigaltstack,
    SYS_exit,
    SYS_exit_group,
#ifdef SYS_close_range
    SYS_close_range,
#endif
#ifdef SYS_faccessat2
    SYS_faccessat2,
#endif
#ifdef __x86_64__ /* old names that arm64 never had */
    SYS_arch_prctl,
    SYS_stat,
    SYS_lstat,
    SYS_access,
    SYS_readlink,
    SYS_getdents,
    SYS_dup2,
    SYS_pipe,
    SYS_eventfd,
    SYS_poll,
    SYS_select,
    SYS_epoll_create,
    SYS_epoll_wait,
    SYS_time,
    SYS_alarm,
    SYS_pause,
#endif
};

static const short writing[] = {
    SYS_openat,
    SYS_ftruncate,
    SYS_fallocate,
    SYS_fsync,
    SYS_fdatasync,
    SYS_renameat2,
    SYS_unlinkat,
    SYS_linkat,
    SYS_mkdirat,
#ifdef __x86_64__
    SYS_open,
    SYS_rename,
    SYS_unlink,
    SYS_link,
    SYS_mkdir,
#endif
#ifdef SYS_renameat
    SYS_renameat,
#endif
};

/* Of whoever starts a program and waits for it, and of that program, which
 * locks itself in further. */
static const short starting[] = {
    SYS_execve,
    SYS_wait4,
    SYS_waitid,
    SYS_kill,
    SYS_tgkill,
#ifdef SYS_landlock_create_ruleset
    SYS_landlock_create_ruleset,
    SYS_landlock_add_rule,
    SYS_landlock_restrict_self,
#endif
};

/* Of nobody, and a program that is started might die of asking for others. */
static const short never[] = {
    SYS_ptrace,
    SYS_process_vm_readv,
    SYS_process_vm_writev,
    SYS_execveat,
    SYS_unshare,
    SYS_setns,
    SYS_mount,
    SYS_bpf,
    SYS_perf_event_open,
    SYS_userfaultfd,
    SYS_memfd_create,
    SYS_io_uring_setup,
    SYS_bind,
    SYS_listen,
};

/* ---- and what depends on arguments ---- */

static void
judge_memory(struct filter *f)
{
	/* Nothing that was written can be run; libraries still load. */
	JUDGE(f, SYS_mmap, LOAD(args[2]), IF_HAS(PROT_EXEC, 0, 4),
	    IF_HAS(PROT_WRITE, 2, 0), LOAD(args[3]),
	    IF_HAS(MAP_ANONYMOUS, 0, 1), REFUSE, ALLOW);
	JUDGE(f, SYS_mprotect, LOAD(args[2]), IF_HAS(PROT_EXEC, 0, 1), REFUSE,
	    ALLOW);
}

/* A host that has no sockets of a kind is nothing unusual. */
static void
judge_sockets(struct filter *f, const struct sandbox *sandbox)
{
	if (sandbox->network)
		JUDGE(f, SYS_socket, LOAD(args[0]), IF_IS(AF_UNIX, 3, 0),
		    IF_IS(AF_INET, 2, 0), IF_IS(AF_INET6, 1, 0),
		    FAIL_WITH(EAFNOSUPPORT), ALLOW);
	else
		JUDGE(f, SYS_socket, LOAD(args[0]), IF_IS(AF_UNIX, 1, 0),
		    FAIL_WITH(EAFNOSUPPORT), ALLOW);
	JUDGE(f, SYS_socketpair, LOAD(args[0]), IF_IS(AF_UNIX, 1, 0),
	    FAIL_WITH(EAFNOSUPPORT), ALLOW);
	JUDGE(f, SYS_ioctl, LOAD(args[1]), IF_IS(FIONREAD, 3, 0),
	    IF_IS(FIONBIO, 2, 0), IF_IS(TCGETS, 1, 0), FAIL_WITH(ENOTTY),
	    ALLOW);
}

enum { NEW_NAMESPACES = 0x7E020000 }; /* of clone(2): CLONE_NEW... */

static void
judge_processes(struct filter *f, const struct sandbox *sandbox)
{
	/* glibc does without: clone() tells what is wanted. */
#ifdef SYS_clone3
	JUDGE(f, SYS_clone3, FAIL_WITH(ENOSYS));
#endif
	if (sandbox->program)
		JUDGE(f, SYS_clone, LOAD(args[0]), IF_HAS(NEW_NAMESPACES, 0, 1),
		    REFUSE, ALLOW);
	else if (sandbox->threads)
		JUDGE(f, SYS_clone, LOAD(args[0]), IF_HAS(CLONE_THREAD, 1, 0),
		    REFUSE, ALLOW);
	if (!sandbox->program) {
		/* abort(), raise() */
		JUDGE(f, SYS_tgkill, LOAD(args[0]), IF_IS(getpid(), 1, 0),
		    REFUSE, ALLOW);
		JUDGE(f, SYS_kill, LOAD(args[0]), IF_IS(getpid(), 1, 0), REFUSE,
		    ALLOW);
	}
	JUDGE(f, SYS_prlimit64, LOAD(args[0]), IF_IS(0, 1, 0), FAIL_WITH(EPERM),
	    ALLOW);
	/* Locking oneself in further is all. */
	JUDGE(f, SYS_prctl, LOAD(args[0]), IF_IS(PR_SET_NO_NEW_PRIVS, 3, 0),
	    IF_IS(PR_SET_SECCOMP, 2, 0), IF_IS(PR_GET_SECCOMP, 1, 0),
	    FAIL_WITH(EINVAL), ALLOW);
}

static void
judge_files(struct filter *f, const struct sandbox *sandbox)
{
	if (sandbox->writable) {
		allow_all(f, writing, N(writing));
		return;
	}
	JUDGE(f, SYS_openat, LOAD(args[2]),
	    IF_HAS(O_WRONLY | O_RDWR | O_CREAT | O_TRUNC, 0, 1),
	    FAIL_WITH(EACCES), ALLOW);
#ifdef SYS_open
	JUDGE(f, SYS_open, LOAD(args[1]),
	    IF_HAS(O_WRONLY | O_RDWR | O_CREAT | O_TRUNC, 0, 1),
	    FAIL_WITH(EACCES), ALLOW);
#endif
}

/* ---- the whole ---- */

static void
begin(struct filter *f)
{
	/* Numbers are those of one architecture. */
	const struct sock_filter rule[] = {LOAD(arch),
	    IF_IS(ARCHITECTURE, 1, 0), ANSWER(SECCOMP_RET_KILL_PROCESS),
	    LOAD(nr)};

	add(f, rule, N(rule));
}

static void
end(struct filter *f, const struct sandbox *sandbox)
{
	static const struct sock_filter refuse[] = {REFUSE};
	static const struct sock_filter fail[] = {FAIL_WITH(EPERM)};
	size_t i;

	if (!sandbox->program) {
		add(f, refuse, N(refuse));
		return;
	}
	for (i = 0; i < N(never); i++)
		judge(f, never[i], refuse, N(refuse));
	add(f, fail, N(fail));
}

bool
sandbox_limit_calls(const struct sandbox *sandbox)
{
	struct filter f = {.n = 0};
	struct sock_fprog program = {.filter = f.at};

	begin(&f);
	allow_all(&f, plain, N(plain));
	judge_memory(&f);
	judge_sockets(&f, sandbox);
	judge_processes(&f, sandbox);
	judge_files(&f, sandbox);
	if (sandbox->program)
		allow_all(&f, starting, N(starting));
	end(&f, sandbox);
	program.len = f.n;
	return f.n < INSTRUCTIONS_MAX &&
	    prctl(PR_SET_SECCOMP, (long)SECCOMP_MODE_FILTER, &program, 0L,
	        0L) == 0;
}

#else

bool
sandbox_limit_calls(const struct sandbox *sandbox)
{
	(void)sandbox;
	return false;
}

#endif
