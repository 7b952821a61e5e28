/* SPDX-License-Identifier: MIT */
/* rules.h - the rules in force, from the file that GUARD_RULES names; see
 * oauth/guard_rules.h for what they say. */
#ifndef GUARD_RULES_H
#define GUARD_RULES_H

#include <stdint.h>

#include "oauth/guard_rules.h"

/* Forget the rules: they point into settings that are going to change. */
void rules_forget(void);

/*
 * The rules, read anew within a second of a change; no rules at all when
 * GUARD_RULES is not set.  A changed file that cannot be used leaves the old
 * rules in force.
 *
 * Returns NULL with *fault set when there are none in force: the file is
 *         missing or broken since the settings were loaded.
 */
const struct guard_rules *rules_current(const struct settings *settings,
    int64_t now_s, const char **fault);

#endif
