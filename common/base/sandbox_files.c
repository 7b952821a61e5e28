/* SPDX-License-Identifier: MIT */
/*
 * sandbox_files.c - which files may be written and which run (Landlock).  Older
 * C libraries have no functions for it and older headers not all of its
 * names.
 */
#define _GNU_SOURCE /* O_PATH, dl_iterate_phdr */
#include <fcntl.h>
#include <link.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/auto.h"
#include "base/sandbox.h"

#ifdef SYS_landlock_create_ruleset

#include <linux/landlock.h>

#ifndef LANDLOCK_ACCESS_FS_REFER
#define LANDLOCK_ACCESS_FS_REFER (1ULL << 13)
#endif
#ifndef LANDLOCK_ACCESS_FS_TRUNCATE
#define LANDLOCK_ACCESS_FS_TRUNCATE (1ULL << 14)
#endif

enum { ABI_REFER = 2, ABI_TRUNCATE = 3 };

/* Of a program's business in the folders that it writes to. */
#define WRITING \
	(LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_MAKE_REG | \
	    LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_TRUNCATE)

/* Of nobody's. */
#define MAKING \
	(LANDLOCK_ACCESS_FS_REMOVE_DIR | LANDLOCK_ACCESS_FS_MAKE_CHAR | \
	    LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_MAKE_SOCK | \
	    LANDLOCK_ACCESS_FS_MAKE_FIFO | LANDLOCK_ACCESS_FS_MAKE_BLOCK | \
	    LANDLOCK_ACCESS_FS_MAKE_SYM | LANDLOCK_ACCESS_FS_REFER)

/* What is refused unless a rule says otherwise, as far as the kernel knows
 * it. */
static uint64_t
handled_by(int abi)
{
	uint64_t all = WRITING | MAKING | LANDLOCK_ACCESS_FS_EXECUTE;

	if (abi < ABI_REFER)
		all &= ~LANDLOCK_ACCESS_FS_REFER;
	if (abi < ABI_TRUNCATE)
		all &= ~LANDLOCK_ACCESS_FS_TRUNCATE;
	return all;
}

/* False when the path is not there, or cannot be reached. */
static bool
allow(int ruleset, const char *path, uint64_t access)
{
	AUTO_FD fd = open(path, O_PATH | O_CLOEXEC);
	struct landlock_path_beneath_attr rule = {
	    .allowed_access = access,
	    .parent_fd = fd,
	};

	return fd >= 0 &&
	    syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH,
	        &rule, 0) == 0;
}

/* The program's own ELF interpreter: that of others built with it, too. */
static int
find_interpreter(struct dl_phdr_info *info, size_t size, void *ret)
{
	const char **path = ret;
	int i;

	(void)size;
	for (i = 0; i < info->dlpi_phnum; i++)
		if (info->dlpi_phdr[i].p_type == PT_INTERP)
			*path = (const char *)(uintptr_t)(info->dlpi_addr +
			    info->dlpi_phdr[i].p_vaddr);
	return 1; /* the program itself comes first */
}

static void
allow_program(int ruleset, const char *program)
{
	const char *interpreter = NULL;

	(void)allow(ruleset, program, LANDLOCK_ACCESS_FS_EXECUTE);
	(void)dl_iterate_phdr(find_interpreter, &interpreter);
	if (interpreter)
		(void)allow(ruleset, interpreter, LANDLOCK_ACCESS_FS_EXECUTE);
	(void)allow(ruleset, "/dev/null", LANDLOCK_ACCESS_FS_WRITE_FILE);
}

bool
sandbox_limit_files(const struct sandbox *sandbox)
{
	int abi = (int)syscall(SYS_landlock_create_ruleset, NULL, 0,
	    LANDLOCK_CREATE_RULESET_VERSION);
	struct landlock_ruleset_attr attr = {0};
	AUTO_FD ruleset = -1;
	size_t i;

	if (abi < 1)
		return false;
	attr.handled_access_fs = handled_by(abi);
	ruleset = (int)syscall(SYS_landlock_create_ruleset, &attr, sizeof(attr),
	    0);
	if (ruleset < 0)
		return false;
	for (i = 0; sandbox->writable && sandbox->writable[i]; i++)
		if (!allow(ruleset, sandbox->writable[i],
		        WRITING & attr.handled_access_fs))
			return false;
	if (sandbox->program)
		allow_program(ruleset, sandbox->program);
	return syscall(SYS_landlock_restrict_self, ruleset, 0) == 0;
}

#else

bool
sandbox_limit_files(const struct sandbox *sandbox)
{
	(void)sandbox;
	return false;
}

#endif
