/* SPDX-License-Identifier: MIT */
/* Settings files: the keys that stand once for each resource, scope or group,
 * and what those of groups give. */
#include <stdlib.h>
#include <unistd.h>

#include "base/settings.h"
#include "oauth/group_scope.h"
#include "tap.h"

static char file[] = "/tmp/mcp-oauth-settings.XXXXXX";

static const char
    common[] = "OAUTH_BASE_URL=https://mcp.example\n"
               "JWT_SECRET=Zx8Q2mVt0pLr5nWk7yBc3dEf9gHj1aSu4iOo6PqRvTw\n"
               "DATABASE_URL=postgresql://x\n";

/* Load the common lines with these; NULL with *error when refused. */
static const struct settings *
load(struct arena *arena, const char *lines, const char **error)
{
	FILE *stream = fopen(file, "w");

	if (!stream || fputs(common, stream) < 0 || fputs(lines, stream) < 0 ||
	    fclose(stream) != 0)
		tap_bail_out("no file could be written");
	return settings_load(arena, SETTINGS_SERVER, file, NULL, error);
}

/* The same as the guard's file. */
static const struct settings *
load_guard(struct arena *arena, const char *line, const char **error)
{
	FILE *stream = fopen(file, "w");

	if (!stream ||
	    fprintf(stream,
	        "OAUTH_BASE_URL=https://mcp.example\n"
	        "DATABASE_URL=postgresql://x\nJWKS_FILE=/x\n%s\n",
	        line) < 0 ||
	    fclose(stream) != 0)
		tap_bail_out("no file could be written");
	return settings_load(arena, SETTINGS_GUARD, file, NULL, error);
}

static void
test_programs(struct arena *arena)
{
	const char *error = NULL;
	const struct settings *s = load_guard(arena,
	    "MCP_RESOURCE_PROGRAM=/mcp /home/a b/server.cgi", &error);

	is(error, NULL);
	is(s ? s->mcp_resources[0].program : NULL, "/home/a b/server.cgi");
	ok(!load_guard(arena, "MCP_RESOURCE_PROGRAM=/mcp server.cgi", &error));
	ok(strstr(error, "MCP_RESOURCE_PROGRAM must be a path") != NULL);
	ok(!load_guard(arena, "MCP_RESOURCE_PROGRAM=/mcp /bin/", &error));
	ok(!load_guard(arena, "MCP_RESOURCE_PROGRAM=/x /bin/true", &error));
	ok(!load(arena, "MCP_RESOURCE_PROGRAM=/mcp /bin/true\n", &error));
	ok(strstr(error, "belongs in guard.conf") != NULL);
}

static void
test_good(struct arena *arena)
{
	/* Quoted or not, above MCP_RESOURCES or below. */
	static const char lines[] =
	    "MCP_RESOURCE_NAME=/files Company  files\n"
	    "MCP_RESOURCES=/mcp /files\n"
	    "MCP_RESOURCE_SCOPES=\"/files files:*  files:read\"\n"
	    "MCP_RESOURCE_SCOPES=/mcp notes\n"
	    "MCP_RESOURCE_BASE_SCOPES=/files email files:list\n"
	    "MCP_RESOURCE_DOCUMENTATION=/files https://docs.example/#files\n"
	    "SCOPE_DESCRIPTION=files:write Change your files\n"
	    "SCOPE_DESCRIPTION[de]=files:write Ihre Dateien \xc3\xa4ndern\n";
	const char *error = NULL;
	const struct settings *s = load(arena, lines, &error);
	struct buf shown = buf_in(arena);

	is(error, NULL);
	ok(s != NULL);
	if (!s)
		return;
	ok(s->n_mcp_resources == 2);
	is(s->mcp_resources[0].name, NULL);
	is(s->mcp_resources[0].scopes, "notes");
	is(s->mcp_resources[0].base_scopes, NULL);
	is(s->mcp_resources[1].name, "Company  files");
	is(s->mcp_resources[1].scopes, "files:* files:read");
	is(s->mcp_resources[1].base_scopes, "email files:list");
	is(s->mcp_resources[1].documentation, "https://docs.example/#files");
	ok(s->n_scope_descriptions == 2);
	is(s->scope_descriptions[0].scope, "files:write");
	is(s->scope_descriptions[0].text, "Change your files");
	is(s->scope_descriptions[0].language, "");
	is(s->scope_descriptions[1].scope, "files:write");
	is(s->scope_descriptions[1].text, "Ihre Dateien \xc3\xa4ndern");
	is(s->scope_descriptions[1].language, "de");
	settings_print(s, &shown);
	ok(strstr(buf_text(&shown),
	       "\nSCOPE_DESCRIPTION=files:write Change your files\n"
	       "SCOPE_DESCRIPTION[de]=files:write Ihre Dateien "
	       "\xc3\xa4ndern\n") != NULL);
	ok(strstr(buf_text(&shown),
	       "\nMCP_RESOURCE_SCOPES=/mcp notes\n"
	       "MCP_RESOURCE_SCOPES=/files files:* files:read\n") != NULL);
	ok(!strstr(buf_text(&shown), "MCP_RESOURCE_NAME=\n"));
}

#define REMOTE \
	"OAUTH_LOGIN=remote_user\nREMOTE_GROUPS_VARIABLE=GROUPS\n" \
	"MCP_RESOURCE_SCOPES=/mcp a b:*\n"

static void
test_groups(struct arena *arena)
{
	static const char lines[] = REMOTE
	    "REMOTE_GROUP_SCOPES=staff a\n"
	    "REMOTE_GROUP_SCOPES=\"cn=Domain Admins,dc=example\"  a  b:*\n"
	    "REMOTE_GROUP_SCOPES='Staff b:read'\n";
	const char *error = NULL;
	const struct settings *s = load(arena, lines, &error);
	struct settings other;
	struct buf shown = buf_in(arena);

	is(error, NULL);
	ok(s != NULL);
	if (!s)
		return;
	ok(s->login_remote_user && s->n_remote_group_scopes == 3);
	is(s->remote_scope_ruled, "a a b:* b:read");
	is(s->remote_group_scopes[1].group, "cn=Domain Admins,dc=example");
	is(group_scope_given(arena, s, NULL), "");
	is(group_scope_given(arena, s, ""), "");
	is(group_scope_given(arena, s, "staff"), "a");
	is(group_scope_given(arena, s, "x, staff ,Staff"), "a b:read");
	is(group_scope_given(arena, s, "staff staff"), "");
	is(group_scope_given(arena, s, "staffs,staf,STAFF"), "");
	other = *s;
	other.remote_groups_separator = ";";
	is(group_scope_given(arena, &other,
	       "cn=Domain Admins,dc=example; staff"),
	    "a b:*");
	is(group_scope_given(arena, &other, "x,staff"), "");
	settings_print(s, &shown);
	ok(strstr(buf_text(&shown),
	       "\nREMOTE_GROUP_SCOPES=\"staff\" a\n"
	       "REMOTE_GROUP_SCOPES=\"cn=Domain Admins,dc=example\" a b:*\n") !=
	    NULL);
	s = load(arena, "OAUTH_LOGIN=remote_user\n", &error);
	ok(s && s->remote_scope_ruled == NULL);
}

static void
test_refusals(struct arena *arena)
{
	static const struct {
		const char *lines, *error;
	} bad[] = {
	    {"MCP_RESOURCE_NAME=/file x", "MCP_RESOURCE_NAME speaks of /file"},
	    {"MCP_RESOURCE_NAME=/mcp", "MCP_RESOURCE_NAME must say"},
	    {"MCP_RESOURCE_NAME=/mcp a\nMCP_RESOURCE_NAME=/mcp b",
	        "line 5: MCP_RESOURCE_NAME speaks of /mcp, as "},
	    {"MCP_RESOURCE_NAME=/mcp \xff", "MCP_RESOURCE_NAME must be UTF-8"},
	    {"MCP_RESOURCE_SCOPES=/mcp a \"b",
	        "MCP_RESOURCE_SCOPES must be scopes"},
	    {"MCP_RESOURCE_SCOPES=/mcp \xc3\xb6",
	        "MCP_RESOURCE_SCOPES must be scopes"},
	    {"MCP_RESOURCE_BASE_SCOPES=/mcp a",
	        "MCP_RESOURCE_BASE_SCOPES holds a, which does not exist"},
	    {"MCP_RESOURCE_SCOPES=/mcp a:*\nMCP_RESOURCE_BASE_SCOPES=/mcp a:",
	        "MCP_RESOURCE_BASE_SCOPES holds a:, which"},
	    {"MCP_RESOURCE_BASE_SCOPES=/mcp email offline_access",
	        "MCP_RESOURCE_BASE_SCOPES must not hold offline_access"},
	    {"MCP_RESOURCE_DOCUMENTATION=/mcp http://x.example/",
	        "MCP_RESOURCE_DOCUMENTATION must be a path and an https URL"},
	    {"SCOPE_DESCRIPTION=a Text", "SCOPE_DESCRIPTION speaks of a"},
	    {"SCOPE_DESCRIPTION[de]=a Text", "SCOPE_DESCRIPTION speaks of a"},
	    {"SCOPE_DESCRIPTION[de]=email A\nSCOPE_DESCRIPTION[de]=email B",
	        "speaks of email, as "},
	    {"SCOPE_DESCRIPTION[tlh]=email A",
	        "SCOPE_DESCRIPTION[tlh] names no language of the pages: en de"},
	    {"SCOPE_DESCRIPTION[]=email A", "SCOPE_DESCRIPTION[] names no"},
	    {"SCOPE_DESCRIPTION[de=email A", "SCOPE_DESCRIPTION[de names no"},
	    {"SCOPE_DESCRIPTION[de]x=email A", "SCOPE_DESCRIPTION[de]x names"},
	    {"SCOPE_DESCRIPTION[de fr]=email A",
	        "SCOPE_DESCRIPTION[de fr] nam"},
	    {"MCP_RESOURCE_NAME[de]=/mcp A", "MCP_RESOURCE_NAME[de] is no set"},
	    {"SCOPE_DESCRIPTIO[de]=email A", "SCOPE_DESCRIPTIO[de] is no sett"},
	    {"SCOPES_SUPPORTED=email \"x", "SCOPES_SUPPORTED must be scopes"},
	    {"MCP_RESOURCES=/mcp /mcp", "MCP_RESOURCES names /mcp twice"},
	    {"MCP_RESOURCES=/mcp\nMCP_RESOURCES=/mcp", "stands in line 4"},
	    {REMOTE "REMOTE_GROUP_SCOPES=staff",
	        "REMOTE_GROUP_SCOPES must say"},
	    {REMOTE "REMOTE_GROUP_SCOPES=\"\" a",
	        "REMOTE_GROUP_SCOPES must be a group"},
	    {REMOTE "REMOTE_GROUP_SCOPES=\"the staff a",
	        "REMOTE_GROUP_SCOPES names staff, which is neither"},
	    {REMOTE
	        "REMOTE_GROUP_SCOPES=staff a\nREMOTE_GROUP_SCOPES=staff b:c",
	        "speaks of staff, as "},
	    {REMOTE "REMOTE_GROUP_SCOPES=staff c",
	        "REMOTE_GROUP_SCOPES names c, which is neither"},
	    {"REMOTE_GROUP_SCOPES=staff email",
	        "REMOTE_GROUP_SCOPES is for OAUTH_LOGIN=remote_user only"},
	    {"OAUTH_LOGIN=remote_user\nREMOTE_GROUP_SCOPES=staff email",
	        "REMOTE_GROUPS_VARIABLE is missing"},
	    {"OAUTH_LOGIN=remote_user\nREMOTE_PROVISION=on",
	        "REMOTE_PROVISION needs the e-mail address"},
	    {"REMOTE_USER_IS_EMAIL=on\nREMOTE_EMAIL_VARIABLE=MAIL",
	        "REMOTE_EMAIL_VARIABLE must be left out"},
	    {"REMOTE_EMAIL_VARIABLE=HTTP_X_EMAIL",
	        "REMOTE_EMAIL_VARIABLE must be a variable"},
	    {"REMOTE_GROUPS_VARIABLE=REDIRECT_HTTP_GROUPS",
	        "REMOTE_GROUPS_VARIABLE must be a variable"},
	    {"REMOTE_GROUPS_VARIABLE=QUERY_STRING",
	        "REMOTE_GROUPS_VARIABLE must be a variable"},
	    {"REMOTE_GROUPS_VARIABLE=A B",
	        "REMOTE_GROUPS_VARIABLE must be a variable"},
	    {"REMOTE_GROUPS_SEPARATOR=;;",
	        "REMOTE_GROUPS_SEPARATOR must be one character"},
	    {"OAUTH_LOGIN=remote_user\nREMOTE_SESSION_EXPIRES=3599",
	        "REMOTE_SESSION_EXPIRES must not be shorter than"},
	    {"REMOTE_SOURCE=the directory", "REMOTE_SOURCE must be one word"},
	};
	const char *error;
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		error = "";
		ok(!load(arena, bad[i].lines, &error));
		tap_ok(strstr(error, bad[i].error) != NULL, bad[i].error,
		    __FILE__, __LINE__);
		tap_ok(strstr(error, file) != NULL, error, __FILE__, __LINE__);
	}
	error = "";
	ok(!load(arena, "\nMCP_RESOURCE_NAME=/file x", &error));
	ok(strstr(error, " line 5: MCP_RESOURCE_NAME ") != NULL);
}

int
main(void)
{
	struct arena *arena = arena_new(4 << 20);
	int fd = mkstemp(file);

	if (fd < 0)
		return 1;
	(void)close(fd);
	test_good(arena);
	test_programs(arena);
	test_groups(arena);
	test_refusals(arena);
	(void)unlink(file);
	arena_free(arena);
	return tap_done();
}
