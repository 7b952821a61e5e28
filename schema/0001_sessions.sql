-- SPDX-License-Identifier: MIT
--
-- 0001_sessions.sql - everything the server remembers.
--
--   public.users, public.mcp_server_sessions
--       people and their sessions, as sites of the guide know them: made here
--       or, where they exist, taken over in place with columns added
--   oauth.client                  registered clients (RFC 7591)
--   oauth.authorization_request   what a browser is being asked (10 minutes)
--   oauth.authorization_code      codes and what became of them (RFC 6749 s4.1)
--   oauth.consent                 what users allowed
--   oauth.login, credential, identity, attempt
--                                 signing in: cookies, password hashes,
--                                 sign-ins from outside, counted attempts
--   oauth.revocation              what guards must refuse, for a while
--   oauth.audit                   what happened, by month
--   oauth.migration               which of these files were applied
--
-- Secrets are stored as SHA-256 alone, passwords as Argon2id.  Codes, tokens
-- and cookies cannot be read back from here.
SET LOCAL lock_timeout = '5s';

CREATE SCHEMA IF NOT EXISTS oauth;

CREATE TABLE IF NOT EXISTS oauth.migration (
  number integer PRIMARY KEY,
  name text NOT NULL,
  sha256 text NOT NULL,
  applied_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE oauth.migration IS
  'Applied migrations; a file is never changed once it stands here.';

-- ---- people and sessions: make them, or take them over ---------------------

CREATE FUNCTION pg_temp.require_column(p_table text, p_column text, VARIADIC p_types text[])
RETURNS void LANGUAGE plpgsql AS $body$
DECLARE
  v_type text;
BEGIN
  SELECT format_type(atttypid, NULL) INTO v_type FROM pg_attribute
   WHERE attrelid = p_table::regclass AND attname = p_column AND NOT attisdropped;
  IF v_type IS NULL THEN
    RAISE EXCEPTION 'cannot adopt %: column % is missing', p_table, p_column
      USING HINT = format('Add a column %s of type %s and run migrate again.', p_column, p_types[1]);
  END IF;
  IF NOT v_type = ANY (p_types) THEN
    RAISE EXCEPTION 'cannot adopt %: column % is of type %, not %', p_table, p_column, v_type, p_types[1]
      USING HINT = format('Change the type of %s.%s, or rename the column, and run migrate again.', p_table, p_column);
  END IF;
END
$body$;

-- An addition of ours that exists already must be what we would have made.
CREATE FUNCTION pg_temp.allow_column(p_table text, p_column text, VARIADIC p_types text[])
RETURNS void LANGUAGE plpgsql AS $body$
BEGIN
  IF EXISTS (SELECT FROM pg_attribute WHERE attrelid = p_table::regclass
                AND attname = p_column AND NOT attisdropped) THEN
    PERFORM pg_temp.require_column(p_table, p_column, VARIADIC p_types);
  END IF;
END
$body$;

-- What must hold of a table before rows are read from it or written to it.
CREATE FUNCTION pg_temp.require_table(p_table text) RETURNS void
LANGUAGE plpgsql AS $body$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_class WHERE oid = p_table::regclass
                    AND relkind = 'r' AND NOT relrowsecurity) THEN
    RAISE EXCEPTION 'cannot adopt %: it is not a plain table without row security', p_table;
  END IF;
  PERFORM pg_temp.require_column(p_table, 'id', 'uuid');
  IF NOT EXISTS (SELECT FROM pg_index i
                   JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attname = 'id'
                  WHERE i.indrelid = p_table::regclass AND i.indisunique
                    AND i.indpred IS NULL AND i.indnkeyatts = 1 AND i.indkey[0] = a.attnum) THEN
    RAISE EXCEPTION 'cannot adopt %: column id is not unique', p_table
      USING HINT = format('ALTER TABLE %s ADD PRIMARY KEY (id), and run migrate again.', p_table);
  END IF;
END
$body$;

-- Rows are inserted with the columns named here and no others.
CREATE FUNCTION pg_temp.require_nothing_else(p_table text, VARIADIC p_known text[])
RETURNS void LANGUAGE plpgsql AS $body$
DECLARE
  v_column text;
BEGIN
  SELECT attname INTO v_column FROM pg_attribute
   WHERE attrelid = p_table::regclass AND attnum > 0 AND NOT attisdropped
     AND attnotnull AND NOT atthasdef AND attidentity = '' AND NOT attname = ANY (p_known)
   LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'cannot adopt %: column % is NOT NULL and has no default', p_table, v_column
      USING HINT = format('Give %s.%s a default or let it be NULL, and run migrate again.', p_table, v_column);
  END IF;
END
$body$;

DO $body$
DECLARE
  v_twice text;
BEGIN
  IF to_regclass('public.users') IS NOT NULL THEN
    PERFORM pg_temp.require_table('public.users');
    PERFORM pg_temp.require_column('public.users', 'email', 'text', 'character varying', 'citext');
    PERFORM pg_temp.allow_column('public.users', 'name', 'text', 'character varying');
    PERFORM pg_temp.allow_column('public.users', 'disabled_at', 'timestamp with time zone');
    IF EXISTS (SELECT FROM public.users WHERE email IS NULL) THEN
      RAISE EXCEPTION 'cannot adopt public.users: column email is empty in some rows'
        USING HINT = 'Give every user an email and run migrate again.';
    END IF;
    SELECT lower(email) INTO v_twice FROM public.users
     GROUP BY lower(email) HAVING count(*) > 1 LIMIT 1;
    IF FOUND THEN
      RAISE EXCEPTION 'cannot adopt public.users: column email is not unique without regard to case'
        USING DETAIL = format('For example %s stands there more than once.', v_twice),
              HINT = 'Merge or rename these users and run migrate again.';
    END IF;
  END IF;

  IF to_regclass('public.mcp_server_sessions') IS NOT NULL THEN
    PERFORM pg_temp.require_table('public.mcp_server_sessions');
    PERFORM pg_temp.require_column('public.mcp_server_sessions', 'user_id', 'uuid');
    PERFORM pg_temp.require_column('public.mcp_server_sessions', 'client_identifier', 'text', 'character varying');
    PERFORM pg_temp.require_column('public.mcp_server_sessions', 'refresh_token_hash', 'text', 'character varying');
    PERFORM pg_temp.require_column('public.mcp_server_sessions', 'expires_at', 'timestamp with time zone');
    PERFORM pg_temp.require_column('public.mcp_server_sessions', 'created_at', 'timestamp with time zone');
    PERFORM pg_temp.allow_column('public.mcp_server_sessions', 'generation', 'integer');
    PERFORM pg_temp.allow_column('public.mcp_server_sessions', 'scope', 'text');
    PERFORM pg_temp.allow_column('public.mcp_server_sessions', 'resource', 'text');
    PERFORM pg_temp.require_nothing_else('public.mcp_server_sessions', 'id', 'user_id',
      'client_identifier', 'refresh_token_hash', 'expires_at', 'created_at', 'generation');
  END IF;
END
$body$;

CREATE TABLE IF NOT EXISTS public.users (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  email text NOT NULL,
  created_at timestamptz DEFAULT now()
);
ALTER TABLE public.users
  ADD COLUMN IF NOT EXISTS name text,
  ADD COLUMN IF NOT EXISTS disabled_at timestamptz;
CREATE UNIQUE INDEX IF NOT EXISTS users_email_lower_key ON public.users (lower(email));
COMMENT ON COLUMN public.users.disabled_at IS
  'Set: signs in no more, sessions refresh no more, guards refuse within seconds.';

CREATE TABLE IF NOT EXISTS public.mcp_server_sessions (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  user_id uuid REFERENCES public.users(id) ON DELETE CASCADE,
  client_identifier text NOT NULL,
  refresh_token_hash text NOT NULL,
  expires_at timestamptz NOT NULL,
  created_at timestamptz DEFAULT now()
);
-- Nullable or with a constant default: no row is rewritten.
ALTER TABLE public.mcp_server_sessions
  ADD COLUMN IF NOT EXISTS generation integer NOT NULL DEFAULT 0,
  ADD COLUMN IF NOT EXISTS previous_token_hash text,
  ADD COLUMN IF NOT EXISTS rotated_at timestamptz,
  ADD COLUMN IF NOT EXISTS rotated_from text,
  ADD COLUMN IF NOT EXISTS scope text,
  ADD COLUMN IF NOT EXISTS resource text,
  ADD COLUMN IF NOT EXISTS session_expires_at timestamptz,
  ADD COLUMN IF NOT EXISTS access_expires_at timestamptz,
  ADD COLUMN IF NOT EXISTS last_used_at timestamptz,
  ADD COLUMN IF NOT EXISTS auth_at timestamptz;
COMMENT ON TABLE public.mcp_server_sessions IS
  'One row a session of a user with a client. Deleting a row ends it: its refresh token is dead at once, its access tokens within seconds.';
COMMENT ON COLUMN public.mcp_server_sessions.refresh_token_hash IS
  'SHA-256 of the live refresh token, in hex; rows from before adoption may hold base64 or base64url.';
COMMENT ON COLUMN public.mcp_server_sessions.generation IS
  'Counts rotations from 1; 0 is a row from before adoption that has not refreshed yet.';
COMMENT ON COLUMN public.mcp_server_sessions.previous_token_hash IS
  'Of the token rotated last: within the grace it is answered with the same successor again.';
COMMENT ON COLUMN public.mcp_server_sessions.expires_at IS
  'When the session ends unless it is used (idle limit).';
COMMENT ON COLUMN public.mcp_server_sessions.session_expires_at IS
  'When it ends whatever happens (absolute limit).';
COMMENT ON COLUMN public.mcp_server_sessions.access_expires_at IS
  'When the youngest access token of the session expires.';

CREATE INDEX IF NOT EXISTS idx_mcp_sessions_refresh_token
  ON public.mcp_server_sessions (refresh_token_hash);
CREATE INDEX IF NOT EXISTS idx_mcp_sessions_expires_at
  ON public.mcp_server_sessions (expires_at);
CREATE INDEX IF NOT EXISTS mcp_server_sessions_user_id_idx
  ON public.mcp_server_sessions (user_id);
CREATE INDEX IF NOT EXISTS mcp_server_sessions_client_idx
  ON public.mcp_server_sessions (client_identifier);
-- Holds only rows of before adoption that have refreshed once: rotations of
-- others never touch it.
CREATE INDEX IF NOT EXISTS mcp_server_sessions_upgraded_idx
  ON public.mcp_server_sessions (previous_token_hash)
  WHERE generation = 1 AND previous_token_hash IS NOT NULL;

-- ---- clients ---------------------------------------------------------------

CREATE TABLE oauth.client (
  client_id text PRIMARY KEY,
  client_name text,
  client_secret_digest bytea CHECK (octet_length(client_secret_digest) = 32),
  token_endpoint_auth_method text NOT NULL
    CHECK (token_endpoint_auth_method IN ('none', 'client_secret_post', 'client_secret_basic')),
  redirect_uris text[] NOT NULL,
  grant_types text[] NOT NULL,
  response_types text[] NOT NULL DEFAULT '{code}',
  scope text,
  client_uri text,
  logo_uri text,
  tos_uri text,
  policy_uri text,
  application_type text CHECK (application_type IN ('native', 'web')),
  software_id text,
  software_version text,
  registration text NOT NULL CHECK (registration IN ('dynamic', 'admin', 'adopted')),
  created_at timestamptz NOT NULL DEFAULT now(),
  consented_at timestamptz,
  disabled_at timestamptz,
  CHECK ((token_endpoint_auth_method = 'none') = (client_secret_digest IS NULL))
);
COMMENT ON TABLE oauth.client IS 'Registered clients (RFC 7591 s2); column names are the metadata''s.';
COMMENT ON COLUMN oauth.client.registration IS
  'dynamic: by the client itself; admin: by mcp-oauth client add; adopted: found in sessions, may only refresh.';
COMMENT ON COLUMN oauth.client.consented_at IS
  'When a user first allowed it; a dynamic client without is purged after a day.';
CREATE INDEX client_unused_idx ON oauth.client (created_at)
  WHERE registration = 'dynamic' AND consented_at IS NULL;

INSERT INTO oauth.client (client_id, client_name, token_endpoint_auth_method,
                          redirect_uris, grant_types, registration, consented_at)
SELECT DISTINCT client_identifier, client_identifier, 'none',
       '{}'::text[], '{refresh_token}'::text[], 'adopted', now()
  FROM public.mcp_server_sessions;

-- ---- asking and allowing ---------------------------------------------------

CREATE TABLE oauth.authorization_request (
  request_id text PRIMARY KEY,
  browser_digest bytea NOT NULL CHECK (octet_length(browser_digest) = 32),
  client_id text NOT NULL REFERENCES oauth.client ON DELETE CASCADE,
  redirect_uri text NOT NULL,
  scope text NOT NULL,
  resource text NOT NULL,
  state text,
  code_challenge text NOT NULL CHECK (length(code_challenge) = 43),
  prompt text,
  created_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz NOT NULL,
  decided_at timestamptz,
  decision text CHECK (decision IN ('granted', 'denied')),
  user_id uuid REFERENCES public.users ON DELETE CASCADE,
  CHECK ((decided_at IS NULL) = (decision IS NULL))
);
COMMENT ON TABLE oauth.authorization_request IS
  'Checked authorization requests on their way through sign-in and consent, bound to one browser.';
CREATE INDEX authorization_request_expires_at_idx ON oauth.authorization_request (expires_at);
CREATE INDEX authorization_request_client_id_idx ON oauth.authorization_request (client_id);

CREATE TABLE oauth.authorization_code (
  code_digest bytea PRIMARY KEY CHECK (octet_length(code_digest) = 32),
  client_id text NOT NULL REFERENCES oauth.client ON DELETE CASCADE,
  user_id uuid NOT NULL REFERENCES public.users ON DELETE CASCADE,
  redirect_uri text NOT NULL,
  scope text NOT NULL,
  resource text NOT NULL,
  code_challenge text NOT NULL,
  auth_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz NOT NULL,
  spent_at timestamptz,
  session_id uuid
);
COMMENT ON TABLE oauth.authorization_code IS
  'Codes by their SHA-256. spent_at is set once, by whoever redeems or burns the code; session_id is what it started.';
CREATE INDEX authorization_code_expires_at_idx ON oauth.authorization_code (expires_at);
CREATE INDEX authorization_code_client_id_idx ON oauth.authorization_code (client_id);

CREATE TABLE oauth.consent (
  user_id uuid NOT NULL REFERENCES public.users ON DELETE CASCADE,
  client_id text NOT NULL REFERENCES oauth.client ON DELETE CASCADE,
  redirect_uri text NOT NULL,
  resource text NOT NULL,
  scope text NOT NULL,
  granted_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (user_id, client_id, redirect_uri, resource)
);
COMMENT ON TABLE oauth.consent IS
  'What users allowed. The same request to the same https address is not asked again.';
CREATE INDEX consent_client_id_idx ON oauth.consent (client_id);

-- ---- signing in ------------------------------------------------------------

CREATE TABLE oauth.login (
  login_digest bytea PRIMARY KEY CHECK (octet_length(login_digest) = 32),
  user_id uuid NOT NULL REFERENCES public.users ON DELETE CASCADE,
  created_at timestamptz NOT NULL DEFAULT now(),
  auth_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz NOT NULL,
  remote text,
  user_agent text
);
COMMENT ON TABLE oauth.login IS 'Signed-in browsers, by the SHA-256 of their cookie.';
CREATE INDEX login_expires_at_idx ON oauth.login (expires_at);
CREATE INDEX login_user_id_idx ON oauth.login (user_id);

CREATE TABLE oauth.credential (
  user_id uuid PRIMARY KEY REFERENCES public.users ON DELETE CASCADE,
  password_hash text NOT NULL CHECK (password_hash LIKE '$argon2id$%'),
  changed_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE oauth.credential IS 'Password hashes, apart from users.';

CREATE TABLE oauth.identity (
  source text NOT NULL,
  name text NOT NULL,
  user_id uuid NOT NULL REFERENCES public.users ON DELETE CASCADE,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (source, name)
);
COMMENT ON TABLE oauth.identity IS 'Who a user is at a sign-in outside.';
CREATE INDEX identity_user_id_idx ON oauth.identity (user_id);

CREATE TABLE oauth.attempt (
  key text PRIMARY KEY,
  count integer NOT NULL,
  window_started_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE oauth.attempt IS
  'Counted attempts: account:USER, remote:ADDRESS, register:ADDRESS, each in a window of its own.';
CREATE INDEX attempt_window_started_at_idx ON oauth.attempt (window_started_at);

-- ---- what guards must refuse, and what happened ----------------------------

CREATE TABLE oauth.revocation (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  txid xid8 NOT NULL DEFAULT pg_current_xact_id(),
  session_id uuid,
  user_id uuid,
  client_id text,
  jti text,
  everything boolean NOT NULL DEFAULT false,
  not_before timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz NOT NULL,
  CHECK (num_nonnulls(session_id, user_id, client_id, jti) + everything::integer = 1)
);
COMMENT ON TABLE oauth.revocation IS
  'Access tokens issued up to not_before are refused by every guard within seconds, until expires_at when none is left alive. Insert a row to revoke by hand.';
CREATE INDEX revocation_txid_idx ON oauth.revocation (txid);
CREATE INDEX revocation_expires_at_idx ON oauth.revocation (expires_at);

CREATE TABLE oauth.audit (
  at timestamptz NOT NULL DEFAULT now(),
  event text NOT NULL,
  user_id uuid,
  client_id text,
  session_id uuid,
  remote text,
  detail text
) PARTITION BY RANGE (at);
COMMENT ON TABLE oauth.audit IS
  'Sign-ins, consents, starts and ends of sessions, replays. Partitions by month; oauth.purge() makes the coming ones.';
CREATE TABLE oauth.audit_default PARTITION OF oauth.audit DEFAULT;
CREATE INDEX audit_at_idx ON oauth.audit (at);
CREATE INDEX audit_user_id_idx ON oauth.audit (user_id, at);

DO $body$
DECLARE
  v_month date := date_trunc('month', now() AT TIME ZONE 'UTC');
BEGIN
  FOR i IN 0..2 LOOP
    EXECUTE format('CREATE TABLE oauth.audit_%s PARTITION OF oauth.audit FOR VALUES FROM (%L) TO (%L)',
      to_char(v_month, 'YYYY_MM'), v_month::text || ' 00:00+00',
      (v_month + interval '1 month')::date::text || ' 00:00+00');
    v_month := v_month + interval '1 month';
  END LOOP;
END
$body$;
