/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE /* registers in a ucontext_t, PR_SET_NO_NEW_PRIVS */
#include "base/sandbox.h"

#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <ucontext.h>

#include "base/log.h"

#ifdef __has_feature
#if __has_feature(address_sanitizer) || __has_feature(memory_sanitizer)
#define SANITIZED
#endif
#endif

/* A sanitizer needs calls of its own, and a test of crash points its files. */
#if defined(__SANITIZE_ADDRESS__) || defined(SANITIZED) || defined(CRASH)
enum { USABLE = false };
#else
enum { USABLE = true };
#endif

enum { TOLD_MAX = 20 }; /* refused calls of a process; nobody fills the log */

/* What the refused call returns. */
static void
set_result(ucontext_t *context, int result)
{
#if defined(__x86_64__)
	context->uc_mcontext.gregs[REG_RAX] = result;
#elif defined(__aarch64__)
	context->uc_mcontext.regs[0] = (unsigned long long)result;
#else
	(void)context;
	(void)result;
#endif
}

/*
 * A call was refused.  This interrupts that very call and nothing else, and no
 * call that is refused is made by the log or under a lock of libc, so the log
 * may be used here.
 */
static void
refused(int signal, siginfo_t *info, void *context)
{
	static volatile sig_atomic_t told;
	int before = errno;

	(void)signal;
	if (told < TOLD_MAX) {
		told = told + 1;
		log_alone(LOG_ERROR, "the sandbox refused system call %d",
		    info->si_syscall);
	}
	set_result(context, -EPERM);
	errno = before;
}

static bool
watch_refusals(void)
{
	struct sigaction action = {.sa_flags = SA_SIGINFO | SA_NODEFER};

	action.sa_sigaction = refused;
	(void)sigemptyset(&action.sa_mask);
	return sigaction(SIGSYS, &action, NULL) == 0;
}

const char *
sandbox_enter(const struct sandbox *sandbox)
{
	bool files;

	if (!USABLE)
		return NULL;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1L, 0L, 0L, 0L) != 0)
		return "this kernel has no sandbox";
	files = sandbox_limit_files(sandbox);
	if (!watch_refusals() || !sandbox_limit_calls(sandbox))
		return "this kernel filters no system calls";
	return files
	    ? NULL
	    : "files that the account may write stay writable: this kernel has "
	      "no Landlock, or STATE_DIRECTORY or the log's folder is not "
	      "there";
}
