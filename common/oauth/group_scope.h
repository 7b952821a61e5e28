/* SPDX-License-Identifier: MIT */
/* group_scope.h - what a person's groups let them allow (REMOTE_GROUP_SCOPES). */
#ifndef OAUTH_GROUP_SCOPE_H
#define OAUTH_GROUP_SCOPE_H

#include "base/arena.h"
#include "base/settings.h"

/*
 * The scopes of each REMOTE_GROUP_SCOPES line whose group is one of groups:
 * whole names, compared byte for byte, separated by REMOTE_GROUPS_SEPARATOR
 * with blanks around them or not.  groups may be NULL: then "", as for
 * somebody who is in no group.
 */
const char *group_scope_given(struct arena *arena,
    const struct settings *settings, const char *groups);

#endif
