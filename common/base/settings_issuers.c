/* SPDX-License-Identifier: MIT */
/*
 * settings_issuers.c - the identity providers that may vouch for people:
 *
 *	ID_JAG_ISSUER=ISSUER JWKS_URI [DOMAIN ...]
 */
#include <string.h>

#include "base/settings_reader.h"
#include "base/text.h"
#include "base/uri.h"

static const char key[] = "ID_JAG_ISSUER";

static bool
is_https(struct arena *arena, const char *text)
{
	struct uri uri;

	return uri_parse(arena, text, &uri) &&
	    text_equal(uri.scheme, "https") && !uri.userinfo && !uri.fragment;
}

static bool
is_domain(const char *text)
{
	return strchr(text, '.') &&
	    text_only(text, "abcdefghijklmnopqrstuvwxyz0123456789-.");
}

static bool
settle_issuer(struct settings_reader *r, const struct repeated_line *line,
    struct id_jag_issuer *ret)
{
	size_t len = strcspn(line->text, " \t");
	const char *rest = line->text + len + strspn(line->text + len, " \t");
	const char **domains = text_split(r->arena, rest, " \t", NULL);

	ret->issuer = line->subject;
	ret->jwks_uri = arena_strndup(r->arena, line->text, len);
	ret->email_domains = *rest ? rest : NULL;
	r->file = line->where;
	if (!is_https(r->arena, ret->issuer) ||
	    !is_https(r->arena, ret->jwks_uri))
		return settings_fail(r, key,
		    "must be the provider's issuer, the URL of its keys, and "
		    "the domains whose e-mail addresses it is trusted for, if "
		    "any, such as https://idp.example "
		    "https://idp.example/jwks.json example.com");
	for (; *domains; domains++)
		if (!is_domain(*domains))
			return settings_fail(r, key,
			    arena_printf(r->arena,
			        "names %s, which is no domain in lower case",
			        *domains));
	return true;
}

bool
settings_issuers_settle(struct settings_reader *r)
{
	struct id_jag_issuer *list = arena_alloc(r->arena,
	    (r->n_repeated + 1) * sizeof(*list));
	size_t n = 0, i;

	for (i = 0; i < r->n_repeated; i++)
		if (text_equal(r->repeated[i].key, key) &&
		    !settle_issuer(r, &r->repeated[i], &list[n++]))
			return false;
	r->settings->id_jag_issuers = list;
	r->settings->n_id_jag_issuers = n;
	return true;
}

void
settings_issuers_print(const struct settings *settings, struct buf *ret)
{
	const struct id_jag_issuer *issuer = settings->id_jag_issuers;
	size_t i;

	for (i = 0; i < settings->n_id_jag_issuers; i++)
		buf_addf(ret, "%s=%s %s%s%s\n", key, issuer[i].issuer,
		    issuer[i].jwks_uri, issuer[i].email_domains ? " " : "",
		    issuer[i].email_domains ? issuer[i].email_domains : "");
}
