/* SPDX-License-Identifier: MIT */
/* harness.c - from libFuzzer's bytes to a target's fuzz_one(). */
#define _DEFAULT_SOURCE
#include "fuzz.h"

#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/auto.h"
#include "base/log.h"
#include "crypto/digest.h"
#include "http/endpoint.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { ARENA_MAX_BYTES = 2 << 20 };

static struct arena *lasting;

void
fuzz_check(bool holds, const char *condition)
{
	if (holds)
		return;
	(void)fprintf(stderr, "does not hold: %s\n", condition);
	abort();
}

const struct settings *
fuzz_load(struct arena *arena, enum settings_kind kind, const char *text,
    size_t len_bytes)
{
	static char file[64];
	const char *error = NULL;
	const struct settings *settings;
	AUTO_FD fd = -1;

	(void)snprintf(file, sizeof(file), "/dev/shm/mcp-oauth-fuzz.%ld",
	    (long)getpid());
	fd = open(file, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	fuzz_must(fd >= 0 && write(fd, text, len_bytes) == (ssize_t)len_bytes);
	settings = settings_load(arena, kind, file, NULL, &error);
	(void)unlink(file);
	fuzz_must(settings || error);
	return settings;
}

const struct settings *
fuzz_settings(void)
{
	static const char
	    text[] = "OAUTH_BASE_URL=https://mcp.example\n"
	             "DATABASE_URL=postgresql:///x?host=/nonexistent\n"
	             "JWT_SECRET=Zx8Q2mVt0pLr5nWk7yBc3dEf9gHj1aSu4iOo6PqRvTw\n"
	             "MCP_RESOURCES=/mcp /files\n"
	             "MCP_RESOURCE_SCOPES=/files files:read files:write\n"
	             "REDIRECT_URI_SCHEMES=cursor vscode\n"
	             "CLIENT_METADATA_BLOCK=evil.example\n";
	static const struct settings *settings;

	if (!settings)
		settings = fuzz_load(lasting, SETTINGS_SERVER, text,
		    sizeof(text) - 1);
	fuzz_must(settings != NULL);
	return settings;
}

struct request
fuzz_request(struct arena *arena)
{
	static const struct param params[] = {{"resource", PARAM_REPEATABLE},
	    {0}};
	static const struct endpoint endpoint = {.name = "fuzz",
	    .params = params};
	struct request rq = {.endpoint = &endpoint,
	    .settings = fuzz_settings(),
	    .arena = arena,
	    .request_id = "fuzz",
	    .path = "/",
	    .query = ""};

	rq.reply.headers = buf_in(arena);
	rq.reply.body = "";
	return rq;
}

const char *
fuzz_line(struct arena *arena, const char **rest)
{
	size_t len = strcspn(*rest, "\n");
	const char *line = arena_strndup(arena, *rest, len);

	*rest += len + ((*rest)[len] == '\n');
	return line;
}

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	fuzz_must(crypto_start());
	log_open("fuzz", "/dev/null", LOG_DEBUG);
	lasting = arena_new(ARENA_MAX_BYTES);
	return 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena = arena_new(ARENA_MAX_BYTES);

	log_begin();
	fuzz_variables_forget();
	fuzz_one(arena, arena_strndup(arena, (const char *)data, size), size);
	log_end();
	arena_free(arena);
	return 0;
}
