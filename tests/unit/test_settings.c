/* SPDX-License-Identifier: MIT */
/* What a settings file may say of registration and of DPoP. */
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/settings.h"
#include "tap.h"

#define SECRET_A "Zx8Q2mVt0pLr5nWk7yBc3dEf9gHj1aSu4iOo6PqRvTw"
#define SECRET_B "r5nWk7yBc3dEf9gHj1aSu4iOo6PqRvTwZx8Q2mVt0pL"

static const char base[] =
    "OAUTH_BASE_URL=https://mcp.example\nDATABASE_URL=postgresql:///x\n"
    "JWT_SECRET=" SECRET_A "\n";

static const char *error;

/* The settings of the base with these lines; NULL with error set. */
static const struct settings *
load(struct arena *arena, const char *lines)
{
	char file[] = "/tmp/mcp-oauth-test-XXXXXX";
	const struct settings *settings;
	int fd = mkstemp(file); /* mode 0600 */
	FILE *stream = fd < 0 ? NULL : fdopen(fd, "w");

	if (!stream)
		return NULL;
	(void)fputs(base, stream);
	(void)fputs(lines, stream);
	(void)fclose(stream);
	error = NULL;
	settings = settings_load(arena, SETTINGS_SERVER, file, NULL, &error);
	(void)unlink(file);
	return settings;
}

static bool
policy_is(struct arena *arena, const char *lines,
    enum registration_policy wanted)
{
	const struct settings *settings = load(arena, lines);

	return settings && settings->oauth_registration == wanted;
}

static bool
refused(struct arena *arena, const char *lines, const char *words)
{
	return !load(arena, lines) && error && strstr(error, words);
}

static void
test_registration(struct arena *arena)
{
	struct buf shown = buf_in(arena);

	ok(policy_is(arena, "", REGISTRATION_OPEN));
	ok(policy_is(arena, "OAUTH_REGISTRATION=open\n", REGISTRATION_OPEN));
	ok(policy_is(arena, "OAUTH_REGISTRATION=off\n", REGISTRATION_OFF));
	ok(policy_is(arena,
	    "OAUTH_REGISTRATION=token\nINITIAL_ACCESS_TOKEN=" SECRET_B "\n",
	    REGISTRATION_TOKEN));
	ok(refused(arena, "OAUTH_REGISTRATION=on\n",
	    "OAUTH_REGISTRATION must be off or token or open"));
	ok(refused(arena, "OAUTH_REGISTRATION=token\n",
	    "INITIAL_ACCESS_TOKEN is missing"));
	ok(refused(arena, "INITIAL_ACCESS_TOKEN=" SECRET_B "\n",
	    "INITIAL_ACCESS_TOKEN is for OAUTH_REGISTRATION=token only"));
	ok(refused(arena,
	    "OAUTH_REGISTRATION=off\nINITIAL_ACCESS_TOKEN=" SECRET_B "\n",
	    "INITIAL_ACCESS_TOKEN is for"));
	ok(refused(arena,
	    "OAUTH_REGISTRATION=token\nINITIAL_ACCESS_TOKEN=letmein\n",
	    "INITIAL_ACCESS_TOKEN is not machine-made"));
	ok(refused(arena, "REDIRECT_URI_PRESET=all\n",
	    "REDIRECT_URI_PRESET must be default or guide"));

	settings_print(load(arena,
	                   "OAUTH_REGISTRATION=token\n"
	                   "INITIAL_ACCESS_TOKEN=" SECRET_B "\n"),
	    &shown);
	ok(strstr(buf_text(&shown), "OAUTH_REGISTRATION=token\n"));
	ok(strstr(buf_text(&shown), "INITIAL_ACCESS_TOKEN=********\n"));
	ok(!strstr(buf_text(&shown), SECRET_B));
}

static void
test_dpop(struct arena *arena)
{
	const struct settings *settings = load(arena, "");

	ok(settings && settings->dpop && !settings->dpop_nonce);
	settings = load(arena, "DPOP=off\n");
	ok(settings && !settings->dpop);
	settings = load(arena, "DPOP_NONCE=on\n");
	ok(settings && settings->dpop && settings->dpop_nonce);
	ok(refused(arena, "DPOP=off\nDPOP_NONCE=on\n",
	    "DPOP_NONCE needs DPOP=on"));
	ok(refused(arena, "DPOP=yes\n", "DPOP must be off or on"));
}

int
main(void)
{
	struct arena *arena = arena_new(1 << 20);

	test_registration(arena);
	test_dpop(arena);
	arena_free(arena);
	return tap_done();
}
