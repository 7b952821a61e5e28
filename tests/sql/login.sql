-- SPDX-License-Identifier: MIT
-- Signing in: what is counted, the second factor, other passwords.
BEGIN;
SELECT plan(110);

INSERT INTO public.users (id, email) VALUES
  ('00000000-0000-4000-8000-000000000001', 'One@example.com'),
  ('00000000-0000-4000-8000-000000000002', 'two@example.com'),
  ('00000000-0000-4000-8000-000000000003', 'outside@example.com');
INSERT INTO oauth.credential (user_id, password_hash)
SELECT ('00000000-0000-4000-8000-00000000000' || i)::uuid, '$argon2id$' || i FROM generate_series(1, 2) i;
CREATE FUNCTION pg_temp.one() RETURNS uuid LANGUAGE sql AS $$ SELECT '00000000-0000-4000-8000-000000000001'::uuid $$;
CREATE FUNCTION pg_temp.d(d text) RETURNS bytea LANGUAGE sql AS $$ SELECT decode(repeat(d, 32), 'hex') $$;
CREATE FUNCTION pg_temp.sealed(d text) RETURNS bytea LANGUAGE sql AS $$ SELECT decode(repeat(d, 60), 'hex') $$;
-- Three guesses an account, two a known browser, five an address.
CREATE FUNCTION pg_temp.begin(p_email text, p_remote text DEFAULT '192.0.2.1', p_known uuid DEFAULT NULL)
RETURNS SETOF record LANGUAGE sql AS $$
  SELECT * FROM oauth.login_begin(p_email, p_remote, p_known, CASE WHEN p_known IS NOT NULL THEN 'browser' END, 3, 2, 5, 900) $$;
CREATE FUNCTION pg_temp.begins(n integer, p_email text, p_remote text DEFAULT '192.0.2.1', p_known uuid DEFAULT NULL)
RETURNS text LANGUAGE sql AS $$
  SELECT string_agg(coalesce(b.reason, b.outcome), ' ') FROM generate_series(1, n) i,
    LATERAL pg_temp.begin(p_email, p_remote || left(i::text, 0), p_known)
      AS b (outcome text, user_id uuid, password_hash text, reason text, counted text, counted_limit integer) $$;
CREATE FUNCTION pg_temp.finish(p_hash text, p_counted text, p_limit integer, p_login text, p_previous text DEFAULT NULL)
RETURNS text LANGUAGE sql AS $$
  SELECT outcome FROM oauth.login_finish(pg_temp.one(), p_hash, p_counted, p_limit, 900, pg_temp.d(p_login),
    pg_temp.d(p_previous), 3600, 600, '192.0.2.1', 'agent') $$;
CREATE FUNCTION pg_temp.whose(p_login text) RETURNS text LANGUAGE sql AS $$
  SELECT email FROM oauth.login_get(pg_temp.d(p_login)) $$;
CREATE FUNCTION pg_temp.reset() RETURNS void LANGUAGE sql AS $$ DELETE FROM oauth.attempt $$;

-- ---- guesses are counted

SELECT is(pg_temp.begins(5, 'one@example.com'), 'check check check locked locked', 'so many guesses an account');
SELECT is(pg_temp.begins(1, 'one@example.com'), 'throttled', 'so many an address');
SELECT is(pg_temp.begins(1, 'two@example.com'), 'throttled', 'whatever account');
SELECT is(pg_temp.begins(2, 'one@example.com', '192.0.2.2'), 'locked locked', 'an account is locked from everywhere');
SELECT is(pg_temp.begins(2, 'nobody@example.com', '192.0.2.2'), 'unknown unknown', 'an unknown one is counted by address');
SELECT is(pg_temp.begins(1, 'outside@example.com', '192.0.2.3'), 'no_password', 'who has no password cannot sign in by one');

SELECT is(pg_temp.begins(3, 'one@example.com', '192.0.2.1', pg_temp.one()), 'check check throttled',
  'a browser where this person signed in before has its own, though account and address are used up');
SELECT is(pg_temp.begins(1, 'two@example.com', '192.0.2.9', pg_temp.one()), 'check', 'of no use for others:');
SELECT is((SELECT count FROM oauth.attempt WHERE key = 'account:00000000-0000-4000-8000-000000000002'), 1, 'it counts as any');
SELECT is((SELECT array_agg(key ORDER BY key) FROM oauth.attempt WHERE key LIKE '%-browser:%'),
  ARRAY['account-browser:00000000-0000-4000-8000-000000000001:browser'], 'and has no count there');
SELECT pg_temp.reset();
SELECT is(pg_temp.begins(6, 'one@example.com', '192.0.2.1', pg_temp.one()), 'check check check check check locked',
  'when its own are used up, those of everybody follow');
UPDATE oauth.attempt SET window_started_at = now() - interval '901 s';
SELECT is(pg_temp.begins(1, 'one@example.com'), 'check', 'it ends');
UPDATE public.users SET disabled_at = now() WHERE id = pg_temp.one();
SELECT is(pg_temp.begins(1, 'one@example.com'), 'disabled', 'a disabled one is refused');
UPDATE public.users SET disabled_at = NULL;

-- ---- the password was right

SELECT pg_temp.reset();
SELECT pg_temp.begins(1, 'one@example.com');
SELECT is(pg_temp.finish('$argon2id$1', 'account:' || pg_temp.one(), 3, '11'), 'signed_in', 'signed in');
SELECT is(pg_temp.whose('11'), 'One@example.com', 'as oneself');
SELECT is((SELECT amr FROM oauth.login), 'pwd', 'by a password');
SELECT is((SELECT count(*)::int FROM oauth.attempt WHERE key LIKE 'account:%'), 0, 'the count is cleared');
SELECT pg_temp.begins(4, 'one@example.com', '192.0.2.4');
SELECT is(pg_temp.finish('$argon2id$1', 'account:' || pg_temp.one(), 3, '12'), 'refused', 'locked meanwhile, it does not count');
SELECT is((SELECT count FROM oauth.attempt WHERE key LIKE 'account:%'), 4, 'and the count stays');
SELECT pg_temp.begins(1, 'one@example.com', '192.0.2.4', pg_temp.one());
SELECT is(pg_temp.finish('$argon2id$1', 'account-browser:' || pg_temp.one() || ':browser', 2, '12', '11'), 'signed_in',
  'a known browser signs in while others guess');
SELECT is((SELECT count FROM oauth.attempt WHERE key LIKE 'account:%'), 4, 'which does not let them guess anew');
SELECT is(pg_temp.whose('11'), NULL, 'the login that the browser had is over');
SELECT pg_temp.reset();
-- Another browser counts its guess in the moment after ours was cleared.
CREATE FUNCTION pg_temp.count_another() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN INSERT INTO oauth.attempt (key, count) VALUES ('account:' || pg_temp.one(), 1); RETURN NULL; END $$;
CREATE TRIGGER another AFTER DELETE ON oauth.attempt FOR EACH STATEMENT EXECUTE FUNCTION pg_temp.count_another();
SELECT is(pg_temp.finish('$argon2id$1', 'account:' || pg_temp.one(), 3, '11'), 'signed_in', 'another guess within the limit takes nothing from a right one');
DROP TRIGGER another ON oauth.attempt;
SELECT is((SELECT count FROM oauth.attempt WHERE key LIKE 'account:%'), 1, 'and stays counted');
SELECT pg_temp.reset();
SELECT is(pg_temp.finish('$argon2id$old', 'account:x', 3, '13'), 'refused', 'nor does a password that was changed meanwhile');
SELECT is(pg_temp.whose('13'), NULL, 'nobody is signed in by it');

-- ---- a second factor

SELECT is((SELECT outcome FROM oauth.second_factor_get(pg_temp.d('99'))), 'not_signed_in', 'for who is signed in only');
SELECT is((SELECT outcome FROM oauth.second_factor_get(pg_temp.d('12'))), 'none', 'there is none at first');
SELECT is((SELECT outcome FROM oauth.second_factor_begin(pg_temp.d('12'), 5, 900)), 'none', 'nor a code of one');
SELECT is((SELECT outcome FROM oauth.second_factor_offer(pg_temp.d('12'), '$argon2id$old', pg_temp.sealed('01'))), 'stale', 'an old password is of no use');
SELECT is((SELECT outcome FROM oauth.second_factor_offer(pg_temp.d('99'), '$argon2id$1', pg_temp.sealed('01'))), 'not_signed_in', 'nor is no login');
SELECT is((SELECT outcome FROM oauth.second_factor_offer(pg_temp.d('12'), '$argon2id$1', pg_temp.sealed('01'))), 'kept', 'a secret is offered');
SELECT is((SELECT outcome FROM oauth.second_factor_offer(pg_temp.d('12'), '$argon2id$1', pg_temp.sealed('02'))), 'kept', 'and another one');
SELECT is((SELECT outcome FROM oauth.second_factor_get(pg_temp.d('12'))), 'none', 'it does not count yet');
SELECT is(pg_temp.finish('$argon2id$1', 'account:x', 3, '14'), 'signed_in', 'sign-in does not ask for it');
SELECT is((SELECT sealed_secret FROM oauth.second_factor_begin(pg_temp.d('12'), 5, 900)), pg_temp.sealed('02'), 'its code is judged by the last one');
SELECT is((SELECT outcome FROM oauth.second_factor_confirm(pg_temp.d('12'), pg_temp.sealed('01'), 7, ARRAY[pg_temp.d('a1')], 'x')), 'wrong', 'and by no other');
SELECT is((SELECT outcome FROM oauth.second_factor_confirm(pg_temp.d('99'), pg_temp.sealed('02'), 7, ARRAY[pg_temp.d('a1')], 'x')), 'not_signed_in', 'nor by nobody');
SELECT is((SELECT outcome FROM oauth.second_factor_confirm(pg_temp.d('12'), pg_temp.sealed('02'), 7, ARRAY[pg_temp.d('a1'), pg_temp.d('a2')], 'x')), 'done', 'a code was right');
SELECT results_eq($$SELECT outcome, recovery_codes FROM oauth.second_factor_get(pg_temp.d('12'))$$, $$VALUES ('active', 2::bigint)$$, 'now it counts');
SELECT is(pg_temp.whose('14'), NULL, 'browsers that signed in without it are signed out');
SELECT is(pg_temp.whose('12'), 'One@example.com', 'this one is not');
SELECT is((SELECT outcome FROM oauth.second_factor_offer(pg_temp.d('12'), '$argon2id$1', pg_temp.sealed('03'))), 'active', 'no other takes its place');

-- ---- signing in with it

SELECT is(pg_temp.finish('$argon2id$1', 'account:x', 3, '21', '12'), 'second_factor', 'the password is half of it');
SELECT is(pg_temp.whose('21'), NULL, 'nobody is signed in by that');
SELECT is(pg_temp.whose('12'), NULL, 'and the login that the browser had is over');
SELECT is((SELECT count(*)::int FROM oauth.login_user(pg_temp.d('21'), '-infinity')), 0, 'for no function');
CREATE FUNCTION pg_temp.step(p_login text, p_remote text DEFAULT '192.0.2.5', p_known uuid DEFAULT NULL)
RETURNS text LANGUAGE sql AS $$
  SELECT coalesce(reason, outcome) FROM oauth.second_step_begin(pg_temp.d(p_login), p_remote, p_known,
    CASE WHEN p_known IS NOT NULL THEN 'browser' END, 3, 2, 50, 900) $$;
CREATE FUNCTION pg_temp.stepped(p_login text, p_step bigint, p_recovery text, p_new text, p_sealed bytea DEFAULT NULL)
RETURNS text LANGUAGE sql AS $$
  SELECT outcome FROM oauth.second_step_finish(pg_temp.d(p_login), p_step, pg_temp.d(p_recovery), p_sealed,
    'code:' || pg_temp.one(), 3, 900, pg_temp.d(p_new), 3600, '192.0.2.5', 'agent') $$;
SELECT is(pg_temp.step('99'), 'no_login', 'a code without a password is nothing');
SELECT is(pg_temp.step('21'), 'check', 'a code is looked at');
SELECT is(pg_temp.stepped('21', 7, NULL, '22'), 'wrong', 'the step that confirmed it is spent');
SELECT is(pg_temp.stepped('21', 6, NULL, '22'), 'wrong', 'and those before');
SELECT is(pg_temp.stepped('99', 8, NULL, '22'), 'no_login', 'the right code without a password is nothing');
SELECT is(pg_temp.whose('22'), NULL, 'nobody is signed in yet');
SELECT is(pg_temp.stepped('21', 8, NULL, '22'), 'signed_in', 'the next step signs in');
SELECT is(pg_temp.whose('22'), 'One@example.com', 'by a new login');
SELECT is((SELECT amr FROM oauth.login WHERE login_digest = pg_temp.d('22')), 'pwd otp mfa', 'with both');
SELECT is(pg_temp.stepped('21', 9, NULL, '23'), 'no_login', 'the half one is over');
SELECT pg_temp.finish('$argon2id$1', 'account:x', 3, '24');
SELECT is(pg_temp.stepped('24', 8, NULL, '25'), 'wrong', 'a code signs in once, in one browser');
SELECT is(pg_temp.stepped('24', NULL, 'a9', '25'), 'wrong', 'no such recovery code');
SELECT is(pg_temp.stepped('24', NULL, 'a1', '25'), 'signed_in', 'a recovery code signs in');
SELECT is((SELECT amr FROM oauth.login WHERE login_digest = pg_temp.d('25')), 'pwd mfa', 'which is no one-time password of an app');
SELECT pg_temp.finish('$argon2id$1', 'account:x', 3, '26');
SELECT is(pg_temp.stepped('26', NULL, 'a1', '27'), 'wrong', 'once');
SELECT is(pg_temp.stepped('26', 11, NULL, '27', pg_temp.sealed('04')), 'signed_in', 'a secret may be sealed anew');
SELECT is((SELECT sealed_secret FROM oauth.second_factor), pg_temp.sealed('04'), 'then it is');
SELECT pg_temp.finish('$argon2id$1', 'account:x', 3, '28');
UPDATE oauth.half_login SET expires_at = now();
SELECT is(pg_temp.step('28') || pg_temp.stepped('28', 20, NULL, '29'), 'no_loginno_login', 'half is not for long');

SELECT pg_temp.reset();
SELECT pg_temp.finish('$argon2id$1', 'account:x', 3, '31');
SELECT is((SELECT string_agg(pg_temp.step('31'), ' ') FROM generate_series(1, 4)), 'check check check locked', 'codes are counted as passwords are');
SELECT results_eq($$SELECT kind, remote FROM oauth.login_failures WHERE kind LIKE 'second %' AND remote = '192.0.2.5' LIMIT 1$$, $$VALUES ('second factor locked', '192.0.2.5')$$, 'and the operator sees it');
SELECT is(pg_temp.stepped('31', 30, NULL, '32'), 'refused', 'locked meanwhile, the right one does not count');
SELECT is(pg_temp.whose('32'), NULL, 'nobody is signed in by it');
SELECT is(pg_temp.step('31', '192.0.2.5', pg_temp.one()), 'check', 'a known browser has its own');
UPDATE oauth.attempt SET window_started_at = now() - interval '901 s' WHERE key LIKE 'code:%';
SELECT is((SELECT string_agg(pg_temp.step('31'), ' ') FROM generate_series(1, 3)), 'check check check', 'the window ends');
UPDATE oauth.attempt SET window_started_at = now() - interval '901 s' WHERE key LIKE 'code:%';
SELECT is((SELECT string_agg(pg_temp.step('31'), ' ') FROM generate_series(1, 3)), 'check check check', 'and the next');
UPDATE oauth.attempt SET window_started_at = now() - interval '901 s' WHERE key LIKE 'code:%';
SELECT is(pg_temp.step('31'), 'locked', 'but a day has so many');
SELECT pg_temp.reset();
CREATE FUNCTION pg_temp.days() RETURNS text LANGUAGE plpgsql AS $$
DECLARE v_all text := '';
BEGIN
  FOR i IN 1..7 LOOP
    v_all := v_all || pg_temp.step('31', '192.0.2.5', pg_temp.one()) || ' ';
    UPDATE oauth.attempt SET window_started_at = now() - interval '901 s' WHERE key LIKE 'code-browser:%';
  END LOOP;
  RETURN v_all;
END $$;
SELECT is(pg_temp.days(), 'check check check check check check locked ', 'for a known browser, too');
SELECT pg_temp.reset();
UPDATE public.users SET disabled_at = now() WHERE id = pg_temp.one();
SELECT is(pg_temp.stepped('31', 40, NULL, '33'), 'refused', 'a disabled one is refused at the end');
UPDATE public.users SET disabled_at = NULL;
SELECT is(pg_temp.stepped('31', 41, NULL, '33'), 'signed_in', 'else not');

-- ---- changing it

SELECT is((SELECT outcome FROM oauth.second_factor_change(pg_temp.d('33'), 41, NULL, NULL, NULL, 'x')), 'wrong', 'a spent code changes nothing');
SELECT is((SELECT outcome FROM oauth.second_factor_change(pg_temp.d('33'), 42, NULL, NULL, ARRAY[pg_temp.d('b1')], 'x')), 'done', 'other recovery codes');
SELECT is((SELECT array_agg(code_digest) FROM oauth.recovery_code), ARRAY[pg_temp.d('b1')], 'take the place of the old');
SELECT is((SELECT outcome FROM oauth.second_factor_change(pg_temp.d('33'), NULL, pg_temp.d('b1'), NULL, NULL, 'x')), 'done', 'a recovery code takes it away');
SELECT is((SELECT count(*)::int FROM oauth.second_factor), 0, 'it is gone');

-- ---- another password

INSERT INTO oauth.login (login_digest, user_id, expires_at) SELECT pg_temp.d(d), pg_temp.one(), now() + interval '1 day' FROM unnest(ARRAY['41', '42']) d;
INSERT INTO oauth.half_login (login_digest, user_id, expires_at) VALUES (pg_temp.d('43'), pg_temp.one(), now() + interval '1 day');
SELECT is((SELECT outcome FROM oauth.password_change(pg_temp.d('41'), '$argon2id$old', '$argon2id$new', false, 'x')), 'stale', 'the password compared must be the one in force');
SELECT is((SELECT outcome FROM oauth.password_change(pg_temp.d('41'), '$argon2id$1', '$argon2id$new', false, 'x')), 'changed', 'changed');
SELECT results_eq($$SELECT login_digest FROM oauth.login WHERE user_id = pg_temp.one()$$, $$VALUES (pg_temp.d('41'))$$, 'other browsers are signed out');
SELECT is((SELECT count(*)::int FROM oauth.half_login), 0, 'half ones too');
SELECT is((SELECT string_agg(outcome, ' ') FROM generate_series(1, 3) i, LATERAL oauth.password_check_begin(pg_temp.d('41'), 2, 900 + 0 * i)), 'check check refused', 'asking for it once more is counted');

SELECT is((SELECT string_agg(outcome, ' ') FROM unnest(ARRAY['nobody@example.com', 'ONE@example.com', 'one@example.com']) WITH ORDINALITY AS e (email, n),
  LATERAL oauth.user_recover(e.email, pg_temp.d('5' || e.n), 3600)), 'unknown made made', 'a recovery link');
SELECT is((SELECT string_agg(outcome, ' ') FROM unnest(ARRAY['51', '52', '53', '53']) d, LATERAL oauth.recovery_check(pg_temp.d(d))),
  'unknown unknown good good', 'the last one counts, looking spends nothing');
SELECT is((SELECT string_agg(outcome, ' ') FROM unnest(ARRAY['52', '53', '53']) d, LATERAL oauth.recovery_use(pg_temp.d(d), '$argon2id$recovered', 'x')),
  'unknown changed unknown', 'it sets a password once');

SELECT is((SELECT count(*)::int FROM oauth.login WHERE user_id = pg_temp.one()), 0, 'and signs every browser out');
SELECT is((SELECT password_hash FROM oauth.credential WHERE user_id = pg_temp.one()), '$argon2id$recovered', 'it is that password');
SELECT outcome FROM oauth.user_recover('outside@example.com', pg_temp.d('54'), 3600);
UPDATE oauth.recovery_link SET expires_at = now();
SELECT is((SELECT string_agg(outcome, ' ') FROM oauth.recovery_use(pg_temp.d('54'), '$argon2id$late', 'x')), 'unknown', 'not after its hour');
SELECT outcome FROM oauth.user_recover('outside@example.com', pg_temp.d('55'), 3600);
UPDATE public.users SET disabled_at = now() WHERE email = 'outside@example.com';
SELECT is((SELECT r.outcome || ' ' || m.outcome FROM oauth.recovery_use(pg_temp.d('55'), '$argon2id$late', 'x') r,
  oauth.user_recover('outside@example.com', pg_temp.d('56'), 3600) m), 'unknown disabled', 'nor for a disabled one');

-- ---- the operator

INSERT INTO oauth.login (login_digest, user_id, expires_at) VALUES (pg_temp.d('61'), pg_temp.one(), now() + interval '1 day');
INSERT INTO oauth.second_factor (user_id, sealed_secret, confirmed_at) VALUES (pg_temp.one(), pg_temp.sealed('01'), now());
SELECT is((SELECT string_agg(outcome, ' ') FROM unnest(ARRAY['nobody@example.com', 'two@example.com', 'one@example.com']) e,
  LATERAL oauth.user_reset_second_factor(e)), 'unknown none reset', 'takes a lost second factor away');
SELECT is((SELECT count(*)::int FROM oauth.second_factor), 0, 'it is gone');
SELECT is(pg_temp.whose('61'), NULL, 'and every browser is signed out');
SELECT is((SELECT outcome FROM oauth.user_recover('one@example.com', pg_temp.d('62'), 3600)) || ' ' || oauth.user_passwd('one@example.com', '$argon2id$other')
  || ' ' || (SELECT outcome FROM oauth.recovery_check(pg_temp.d('62'))), 'made changed unknown', 'a password that the operator sets ends the recovery link');
INSERT INTO oauth.half_login (login_digest, user_id, expires_at) VALUES (pg_temp.d('63'), pg_temp.one(), now() + interval '1 day');
SELECT oauth.revoke_user('one@example.com');
SELECT is((SELECT count(*)::int FROM oauth.half_login), 0, 'who is revoked is not half signed in either');
SELECT ok(NOT has_function_privilege('mcp_web', p.oid, 'EXECUTE'), p.proname || ' is not for the endpoints')
  FROM pg_proc p WHERE p.pronamespace = 'oauth'::regnamespace
   AND p.proname IN ('user_recover', 'user_reset_second_factor', 'login_attempt_take', 'login_attempt_clear', 'login_start',
     'login_forget', 'login_end_all', 'password_changed', 'second_factor_spend', 'second_factor_codes');
SELECT is_empty($$SELECT t FROM unnest(ARRAY['oauth.second_factor', 'oauth.recovery_code', 'oauth.recovery_link', 'oauth.half_login']) t
  WHERE has_table_privilege('mcp_web', t, 'SELECT, INSERT, UPDATE, DELETE')$$, 'nor is any table of these');
SELECT is_empty($$SELECT t FROM unnest(ARRAY['oauth.second_factor', 'oauth.recovery_code', 'oauth.recovery_link', 'oauth.credential']) t
  WHERE has_table_privilege('mcp_oauth_admin', t, 'SELECT')$$, 'and what secrets come from is not even for the operator');

SELECT * FROM finish();
ROLLBACK;
