/* SPDX-License-Identifier: MIT */
#include "token_read.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/auto.h"
#include "base/text.h"

enum { INPUT_MAX_BYTES = JWT_MAX_BYTES + 64 };

/* Without what may stand around it in a header. */
static const char *
bare(char *text)
{
	static const char blanks[] = " \t\r\n";
	static const char *const schemes[] = {"Authorization:", "Bearer ",
	    "DPoP "};
	size_t i, len;

	for (i = 0; i < sizeof(schemes) / sizeof(*schemes); i++) {
		text += strspn(text, blanks);
		len = strlen(schemes[i]);
		if (strncasecmp(text, schemes[i], len) == 0)
			text += len;
	}
	text += strspn(text, blanks);
	text[strcspn(text, blanks)] = '\0';
	return text;
}

static const char *
read_text(struct command *command)
{
	const char *path = command->args[0];
	AUTO_FILE *file = path ? fopen(path, "re") : NULL;
	char *text = arena_alloc(command->arena, INPUT_MAX_BYTES + 1);
	size_t len;

	if (path && !file) { /* it may be the token itself: not repeated */
		(void)command_fail("could not read the file that is named");
		return NULL;
	}
	len = fread(text, 1, INPUT_MAX_BYTES, file ? file : stdin);
	text[len] = '\0';
	text = (char *)(uintptr_t)bare(text);
	if (*text && len < INPUT_MAX_BYTES)
		return text;
	(void)command_fail(*text ? "that is too long for a token"
	                         : "there is no token to read");
	return NULL;
}

static enum token_kind
kind_of(struct command *command, const struct settings *settings,
    struct token_read *token)
{
	if (jwt_read(command->arena, token->text, &token->jwt))
		return jwt_typ_is(&token->jwt, "at+jwt") ? TOKEN_ACCESS
		                                         : TOKEN_JWT;
	if (!refresh_token_read(command->arena, settings, token->text,
	        &token->refresh))
		return TOKEN_UNKNOWN;
	return token->refresh.kind == REFRESH_TOKEN_LEGACY ? TOKEN_LEGACY
	                                                   : TOKEN_REFRESH;
}

int
token_read(struct command *command, const struct settings *settings,
    struct token_read *ret)
{
	struct token_read token = {0};

	if (!command->args[0] && isatty(STDIN_FILENO))
		return command_usage("the token is read from standard input, "
		                     "or from a file that is named");
	token.text = read_text(command);
	if (!token.text)
		return EXIT_REFUSED;
	token.kind = kind_of(command, settings, &token);
	*ret = token;
	return EXIT_GOOD;
}

/* OpenID Connect Core s2: an ID token has a nonce or says when somebody signed
 * in, and is no other kind by its typ. */
static bool
is_id_token(const struct jwt *jwt)
{
	const char *typ = json_string(jwt->header, "typ");

	return (!typ || text_equal_nocase(typ, "JWT")) &&
	    (json_object_object_get_ex(jwt->claims, "nonce", NULL) ||
	        json_object_object_get_ex(jwt->claims, "auth_time", NULL));
}

const char *
token_kind_name(const struct token_read *token)
{
	switch (token->kind) {
	case TOKEN_ACCESS:
		return "access token";
	case TOKEN_JWT:
		if (jwt_typ_is(&token->jwt, "dpop+jwt"))
			return "DPoP proof";
		return is_id_token(&token->jwt) ? "ID token"
		                                : "JWT, but no access token";
	case TOKEN_REFRESH:
		return "refresh token";
	case TOKEN_LEGACY:
		return "refresh token of before adoption, or a code";
	case TOKEN_UNKNOWN:
		break;
	}
	return "nothing of ours";
}
