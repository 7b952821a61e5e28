// SPDX-License-Identifier: MIT
// table.mjs - ways to break what is promised, one at a time, and the test that
// has to notice. change: pairs of what stands in the file, once, and what stands
// there in the mutant. caught: a test file and the name of its test, or a unit
// test's program.
export const mutations = [
  {
    what: 'a refresh token is looked up first and rotated then',
    file: 'schema/functions/session_rotate.sql',
    change: [
      ['BEGIN\n  UPDATE', 'BEGIN\n  IF EXISTS (SELECT FROM public.mcp_server_sessions x WHERE x.id = p_session_id\n      AND x.generation = p_generation AND x.refresh_token_hash = p_token_hash) THEN\n  UPDATE'],
      ['WHERE s.id = p_session_id AND s.generation = p_generation\n     AND s.refresh_token_hash = p_token_hash AND', 'WHERE s.id = p_session_id AND'],
      ['    RETURN v_rotation;\n  END IF;\n', '    RETURN v_rotation;\n  END IF;\n  END IF;\n']
    ],
    caught: ['faults/races.test.mjs', 'a refresh token has one successor, whoever asks']
  },
  {
    what: 'a code is not marked as spent before it is answered',
    file: 'schema/functions/code_redeem.sql',
    change: [['AND a.spent_at IS NULL AND a.expires_at', 'AND a.expires_at']],
    caught: ['http/token.test.mjs', 'of 50 redemptions at once, one succeeds']
  },
  {
    what: 'the code_verifier is not compared (PKCE)',
    file: 'schema/functions/code_redeem.sql',
    change: [['CASE WHEN a.code_challenge = p_code_challenge THEN p_session_id END', 'p_session_id']],
    caught: ['http/token.test.mjs', 'a wrong verifier burns the code']
  },
  {
    what: 'a retired refresh token that comes back ends nothing',
    file: 'schema/functions/session_rotate_again.sql',
    change: [["ELSE 'replayed'", "ELSE 'unknown'"]],
    caught: ['http/token.test.mjs', 'an older one, or one after the grace, ends the session']
  },
  {
    what: 'the client of a code is not looked at',
    file: 'schema/functions/code_redeem.sql',
    change: [['     AND (p_client_id IS NULL OR p_client_id = c.client_id)\n', '']],
    caught: ['http/token.test.mjs', 'another client or another address spends nothing']
  },
  {
    what: 'a redirect_uri need only begin like a registered one',
    file: 'common/oauth/redirect_uri.c',
    change: [['if (text_equal(registered, requested))', 'if (text_starts(requested, registered))']],
    caught: ['http/authorize.test.mjs', 'an unknown or doubled client, or another address than the registered one, is told on a page']
  },
  {
    what: 'the audience of an access token is not looked at',
    file: 'common/oauth/access_token.c',
    change: [['if (!claims_aud_holds(claims, audience_of(settings, audience)))', 'if (!audience)']],
    caught: ['http/resources.test.mjs', 'a token is good at its own resource alone, also inside another']
  },
  {
    what: 'the issuer of an access token is not looked at',
    file: 'common/oauth/access_token.c',
    change: [['if (!iss || !text_equal(iss, settings->oauth_issuer))', 'if (!iss)']],
    caught: ['http/shared_secret.test.mjs', 'claims are judged one by one']
  },
  {
    what: 'an access token never expires',
    file: 'common/oauth/access_token.c',
    change: [['return token->exp_s <= now_s ? ACCESS_TOKEN_EXPIRED : ACCESS_TOKEN_GOOD;', 'return ACCESS_TOKEN_GOOD;']],
    caught: ['http/shared_secret.test.mjs', 'claims are judged one by one']
  },
  {
    what: 'the guard does not look at revocations',
    file: 'cgi-bin/guard/snapshot_read.c',
    change: [['\tif (mapped.header->n == 0)\n\t\treturn false;\n', '\tif (mapped.header->n < UINT32_MAX)\n\t\treturn false;\n']],
    caught: ['http/revocation.test.mjs', 'a session: a row deleted, and the function']
  },
  {
    what: 'the guard lets pages of any site in',
    file: 'cgi-bin/guard/verdict.c',
    change: [['if (v->kind == VERDICT_ALLOWED &&\n\t    !origin_allowed(rq->arena, rq->settings,\n\t        request_header(rq, "HTTP_ORIGIN"))) {', 'if (false) {']],
    caught: ['http/guard.test.mjs', 'a page of another site is 403, our own page and a program are let in']
  },
  {
    what: 'the anti-forgery token of a form is not compared',
    file: 'common/oauth/browser.c',
    change: [['return strlen(csrf) == strlen(wanted) &&\n\t    bytes_equal(csrf, wanted, strlen(wanted));', 'return strlen(csrf) <= strlen(wanted);']],
    caught: ['http/sign_in.test.mjs', 'without a token, with a wrong one or that of another page']
  },
  {
    what: 'a token of which nobody can ask the database is told to be inactive',
    file: 'cgi-bin/introspect.c',
    change: [['\tcase INTROSPECT_STORE_DOWN:\n\t\tbreak;', '\tcase INTROSPECT_STORE_DOWN:\n\t\treturn answer_inactive(rq);']],
    caught: ['http/introspect.test.mjs', 'no answer without the database: 503, never inactive']
  },
  {
    what: 'a revocation is acknowledged though the database is away',
    file: 'cgi-bin/revoke.c',
    change: [['\tcase REVOKE_STORE_DOWN:\n\t\tbreak;\n\t}\n\treturn refuse_unreachable(rq);', '\tcase REVOKE_STORE_DOWN:\n\t\tbreak;\n\t}\n\treturn reply_empty(rq, 200);']],
    caught: ['http/token.test.mjs', 'away, it never looks like a bad credential, and everything recovers']
  },
  {
    what: 'the token that a client revokes stands in the log',
    file: 'cgi-bin/revoke.c',
    change: [['{"token", PARAM_REQUIRED}', '{"token", PARAM_REQUIRED | PARAM_LOGGED}']],
    caught: ['http/secrets.test.mjs', 'neither logs nor tables hold a secret']
  },
  {
    what: 'documents are fetched from any address',
    file: 'cgi-bin/fetch/fetch.c',
    change: [['return address_is_public(address) ||\n\t    address_in_list(fetch->arena, address, fetch->allowed);', 'return true;']],
    caught: ['http/fetch.test.mjs', 'to no address that is not public is anything sent, by name or by number (case 65)']
  },
  {
    what: 'the memory of a request is not wiped',
    file: 'common/base/arena.c',
    change: [['\texplicit_bzero(chunk->data, chunk->used);\n', '']],
    caught: ['unit/test_base']
  },
  {
    what: 'programs do not lock themselves in',
    file: 'common/http/confine.c',
    change: [['missing = enter(endpoint, settings);', 'missing = false ? enter(endpoint, settings) : NULL;']],
    caught: ['http/sandbox.test.mjs', 'each program is locked in: nothing that a thief tries from inside works, and the answer comes all the same']
  },
  {
    what: "the guard's keys are written while another command changes them",
    file: 'admin/render.c',
    change: [
      ['\tif (!file_lock_take(command->arena, path, &lock))\n\t\treturn EXIT_REFUSED;\n', ''],
      ['\tfile_lock_release(&lock);\n', '\t(void)lock;\n']
    ],
    caught: ['faults/key_races.test.mjs', 'each step is taken once']
  },
  {
    what: 'a lock is taken by a file that is not there any more',
    file: 'admin/file_lock.c',
    change: [['if (fd < 0 || is_still_at(fd, path))', 'if (fd < 0 || fstat(fd, &(struct stat){0}) == 0)']],
    caught: ['unit/test_file_lock']
  },
  {
    what: 'metadata documents are written while another command writes them',
    file: 'admin/documents.c',
    change: [
      ['\tif (!file_lock_take(command->arena, first, &lock))\n\t\treturn EXIT_REFUSED;\n', ''],
      ['\tfile_lock_release(&lock);\n', '\t(void)lock;\n']
    ],
    caught: ['http/static_metadata.test.mjs', 'several at once: each succeeds, and whoever reads finds whole documents']
  },
  {
    what: 'an address that begins like one of FCGI_WEB_SERVER_ADDRS may connect',
    file: 'common/http/connection.c',
    change: [['if (len == wanted &&', 'if (len <= wanted &&']],
    caught: ['http/ending.test.mjs', 'FCGI_WEB_SERVER_ADDRS names who may connect over IP']
  },
  {
    what: 'a program that is told to end leaves who comes to it then',
    file: 'common/http/ending.c',
    change: [['while ((left = left_ms()) > 0) {', 'while ((left = left_ms()) > INT32_MAX) {']],
    caught: ['http/ending.test.mjs', 'who comes after SIGTERM, while the worker was busy lately, is answered']
  }
]
