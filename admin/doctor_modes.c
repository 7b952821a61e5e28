/* SPDX-License-Identifier: MIT */
/* doctor_modes.c - who may read and write the files that the settings name. */
#define _DEFAULT_SOURCE /* getgrouplist */
#include <grp.h>
#include <pwd.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"
#include "doctor.h"

enum { GROUPS_MAX = 64 };

/* Of a mode's three bits. */
enum { MAY_READ = 4, MAY_ENTER = 1 };

/* The account that the programs run as: it owns the state folder. */
struct account {
	uid_t uid;
	gid_t groups[GROUPS_MAX];
	int n_groups;
	const char *name;
};

static bool
in_groups(const struct account *account, gid_t gid)
{
	int i;

	for (i = 0; i < account->n_groups; i++)
		if (account->groups[i] == gid)
			return true;
	return false;
}

static bool
may(const struct account *account, const struct stat *st, unsigned what)
{
	if (account->uid == 0)
		return true;
	if (st->st_uid == account->uid)
		return st->st_mode & what << 6;
	if (in_groups(account, st->st_gid))
		return st->st_mode & what << 3;
	return st->st_mode & what;
}

/* allowed: the bits that may be set; what is more is too much. */
static void
check_file(struct doctor *doctor, const struct account *account,
    const char *path, mode_t allowed)
{
	struct stat st;

	if (!path || stat(path, &st) != 0)
		return; /* what cannot be read was told already */
	if (st.st_mode & 07777 & ~allowed)
		doctor_problem(doctor, "file-mode",
		    arena_printf(doctor->arena, "chmod %04o %s",
		        st.st_mode & allowed, path),
		    "%s has mode %04o: others may %s it", path,
		    (unsigned)st.st_mode & 07777,
		    st.st_mode & 022 ? "change" : "read");
	else if (account && !may(account, &st, MAY_READ))
		doctor_problem(doctor, "file-unreadable",
		    arena_printf(doctor->arena, "chgrp %s %s && chmod 0640 %s",
		        account->name, path, path),
		    "%s cannot be read by %s, as which the programs run", path,
		    account->name);
	else
		doctor_ok(doctor, "file-mode", "%s has mode %04o", path,
		    (unsigned)st.st_mode & 07777);
}

/* A file that anybody may read is hidden by its folder. */
static void
check_folder(struct doctor *doctor, const struct account *account,
    const char *file)
{
	const char *slash = strrchr(file, '/');
	const char *folder;
	struct stat st;

	if (!account || !slash || slash == file)
		return;
	folder = arena_printf(doctor->arena, "%.*s", (int)(slash - file), file);
	if (stat(folder, &st) != 0 || may(account, &st, MAY_ENTER))
		return;
	doctor_problem(doctor, "file-unreadable",
	    arena_printf(doctor->arena, "chgrp %s %s && chmod 0750 %s",
	        account->name, folder, folder),
	    "%s cannot be entered by %s, as which the programs run", folder,
	    account->name);
}

/* NULL after it was told that the folder is of no use. */
static const struct account *
check_state_directory(struct doctor *doctor, const char *path)
{
	struct account *account = arena_alloc(doctor->arena, sizeof(*account));
	const struct passwd *passwd;
	struct stat st;

	if (stat(path, &st) != 0 || !S_ISDIR(st.st_mode)) {
		doctor_problem(doctor, "state-directory",
		    arena_printf(doctor->arena,
		        "install -d -m 0700 -o www-data %s\n"
		        "# the account that the web server runs programs as",
		        path),
		    "STATE_DIRECTORY %s is no folder", path);
		return NULL;
	}
	if (st.st_mode & 077)
		doctor_problem(doctor, "state-directory",
		    arena_printf(doctor->arena, "chmod 0700 %s", path),
		    "STATE_DIRECTORY %s is open to others", path);
	else
		doctor_ok(doctor, "state-directory", "%s is there", path);
	passwd = getpwuid(st.st_uid);
	if (!passwd)
		return NULL;
	account->uid = st.st_uid;
	account->name = arena_strdup(doctor->arena, passwd->pw_name);
	account->n_groups = GROUPS_MAX;
	if (getgrouplist(passwd->pw_name, passwd->pw_gid, account->groups,
	        &account->n_groups) < 0)
		return NULL;
	return account;
}

void
doctor_modes(struct doctor *doctor)
{
	const struct settings *server = doctor->server, *guard = doctor->guard;
	const struct account *account = check_state_directory(doctor,
	    server->state_directory);

	check_folder(doctor, account, server->file);
	check_file(doctor, account, server->file, 0640);
	check_file(doctor, account, server->jwt_private_key_file, 0640);
	if (!guard)
		return;
	check_file(doctor, account, guard->file, 0640);
	check_file(doctor, account, guard->jwks_file, 0644);
	check_file(doctor, account, guard->guard_rules, 0644);
}
