/* SPDX-License-Identifier: MIT */
#include "oauth/reconnect.h"

#include "base/text.h"
#include "base/uri.h"
#include "http/html.h"

/* What of a URI is an application's own; NULL: whatever it is. */
static const struct mark {
	enum word recipe;
	const char *scheme, *host, *port, *path;
} marks[] = {
    {WORD_RECIPE_CLAUDE, "https", "claude.ai", NULL, NULL},
    {WORD_RECIPE_CLAUDE, "https", "claude.com", NULL, NULL},
    {WORD_RECIPE_CLAUDE, "claude", NULL, NULL, NULL},
    {WORD_RECIPE_CHATGPT, "https", "chatgpt.com", NULL, NULL},
    {WORD_RECIPE_CHATGPT, "https", "chat.openai.com", NULL, NULL},
    {WORD_RECIPE_VSCODE, "https", "vscode.dev", NULL, NULL},
    {WORD_RECIPE_VSCODE, "https", "insiders.vscode.dev", NULL, NULL},
    {WORD_RECIPE_VSCODE, "vscode", NULL, NULL, NULL},
    {WORD_RECIPE_VSCODE, "vscode-insiders", NULL, NULL, NULL},
    {WORD_RECIPE_VSCODE, "http", NULL, "33418", NULL},
    {WORD_RECIPE_VSCODE, "http", "127.0.0.1", NULL, ""},
    {WORD_RECIPE_VSCODE, "http", "127.0.0.1", NULL, "/"},
    {WORD_RECIPE_CURSOR, "cursor", NULL, NULL, NULL},
    {WORD_RECIPE_CURSOR, "https", "www.cursor.com", NULL, NULL},
    {WORD_RECIPE_CURSOR, "http", "localhost", "8787", "/callback"},
    {WORD_RECIPE_INSPECTOR, "http", NULL, "6274", NULL},
    {WORD_RECIPE_INSPECTOR, "http", NULL, "6276", NULL},
    {WORD_RECIPE_GEMINI, "http", NULL, "7777", "/oauth/callback"},
    /* Ports of these are whatever is free. */
    {WORD_RECIPE_MCP_REMOTE, "http", NULL, NULL, "/oauth/callback"},
    {WORD_RECIPE_CLAUDE_CODE, "http", "localhost", NULL, "/callback"},
    {WORD_RECIPE_CODEX, "http", "127.0.0.1", NULL, "/callback"},
};

enum { N_MARKS = sizeof(marks) / sizeof(*marks) };

static bool
fits(const char *wanted, const char *value)
{
	return !wanted || (value && text_equal(wanted, value));
}

static enum word
recipe_of_uri(struct request *rq, const char *text)
{
	struct uri uri;
	size_t i;

	if (!text || !uri_parse(rq->arena, text, &uri))
		return WORD_RECIPE_OTHER;
	for (i = 0; i < N_MARKS; i++)
		if (fits(marks[i].scheme, uri.scheme) &&
		    fits(marks[i].host, uri.host) &&
		    fits(marks[i].port, uri.port) &&
		    fits(marks[i].path, uri.path))
			return marks[i].recipe;
	return WORD_RECIPE_OTHER;
}

static void
add_recipe(struct request *rq, struct buf *html, enum word recipe)
{
	buf_add(html, "<li>");
	html_add(html, word(rq, recipe));
	buf_add(html, "</li>\n");
}

const char *
reconnect_recipe(struct request *rq, const char *client_id,
    const char *redirect_uri)
{
	struct buf html = buf_in(rq->arena);
	enum word recipe = recipe_of_uri(rq, redirect_uri);

	if (recipe == WORD_RECIPE_OTHER)
		recipe = recipe_of_uri(rq, client_id);
	buf_add(&html, "<ul>\n");
	if (recipe != WORD_RECIPE_OTHER)
		add_recipe(rq, &html, recipe);
	/* Programs of the terminal look alike. */
	if (recipe == WORD_RECIPE_CLAUDE_CODE)
		add_recipe(rq, &html, WORD_RECIPE_CODEX);
	if (recipe == WORD_RECIPE_CODEX)
		add_recipe(rq, &html, WORD_RECIPE_CLAUDE_CODE);
	add_recipe(rq, &html, WORD_RECIPE_OTHER);
	buf_add(&html, "</ul>\n");
	return buf_text(&html);
}
