-- SPDX-License-Identifier: MIT
--
-- 0013_account.sql - signing in with more than a password, and coming back
-- without one.
--
--   oauth.second_factor     authenticator apps (RFC 6238)
--   oauth.recovery_code     what stands in for a lost one, each once
--   oauth.half_login        browsers whose password was right, and no more yet
--   oauth.recovery_link     one-time links to choose a new password
SET LOCAL lock_timeout = '5s';

CREATE TABLE oauth.second_factor (
  user_id uuid PRIMARY KEY REFERENCES public.users ON DELETE CASCADE,
  sealed_secret bytea NOT NULL CHECK (octet_length(sealed_secret) = 60),
  last_step bigint NOT NULL DEFAULT 0,
  created_at timestamptz NOT NULL DEFAULT now(),
  confirmed_at timestamptz
);
COMMENT ON TABLE oauth.second_factor IS
  'Authenticator apps (RFC 6238). It counts once confirmed_at is set: the person typed a code of it.';
COMMENT ON COLUMN oauth.second_factor.sealed_secret IS
  'The shared secret, encrypted under a key of the server and for this user alone.';
COMMENT ON COLUMN oauth.second_factor.last_step IS
  'The step of 30 seconds whose code was used last: it and earlier ones are spent (RFC 6238 s5.2).';

CREATE TABLE oauth.recovery_code (
  user_id uuid NOT NULL REFERENCES oauth.second_factor ON DELETE CASCADE,
  code_digest bytea NOT NULL CHECK (octet_length(code_digest) = 32),
  PRIMARY KEY (user_id, code_digest)
);
COMMENT ON TABLE oauth.recovery_code IS
  'Codes in place of the authenticator app''s, by their SHA-256; a row goes when its code is used.';

CREATE TABLE oauth.half_login (
  login_digest bytea PRIMARY KEY CHECK (octet_length(login_digest) = 32),
  user_id uuid NOT NULL REFERENCES public.users ON DELETE CASCADE,
  created_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz NOT NULL
);
COMMENT ON TABLE oauth.half_login IS
  'Browsers whose password was right and whose second factor is still to come. Nobody is signed in by a row here.';
CREATE INDEX half_login_expires_at_idx ON oauth.half_login (expires_at);
CREATE INDEX half_login_user_id_idx ON oauth.half_login (user_id);

CREATE TABLE oauth.recovery_link (
  user_id uuid PRIMARY KEY REFERENCES public.users ON DELETE CASCADE,
  token_digest bytea NOT NULL UNIQUE CHECK (octet_length(token_digest) = 32),
  created_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz NOT NULL
);
COMMENT ON TABLE oauth.recovery_link IS
  'Links by which a person may choose a new password, by the SHA-256 of their token: one a person, a row goes when it is used.';

-- How a person signed in (RFC 8176), from the login to the ID token.
ALTER TABLE oauth.login ADD COLUMN amr text;
ALTER TABLE oauth.authorization_code ADD COLUMN amr text;
ALTER TABLE oauth.device_code ADD COLUMN amr text;
COMMENT ON COLUMN oauth.second_factor.confirmed_at IS
  'When a code of it was first typed; NULL: it counts for nothing yet.';
COMMENT ON COLUMN oauth.half_login.login_digest IS 'SHA-256 of the cookie.';
COMMENT ON COLUMN oauth.recovery_link.token_digest IS 'SHA-256 of what the link holds.';
COMMENT ON COLUMN oauth.login.amr IS
  'Authentication methods (RFC 8176), such as "pwd otp mfa"; NULL: not known here.';
COMMENT ON COLUMN oauth.authorization_code.amr IS 'Those of the login.';
COMMENT ON COLUMN oauth.device_code.amr IS 'Those of the login.';

COMMENT ON TABLE oauth.attempt IS
  'Counted attempts, by what is tried and by whom (account:USER, account-browser:USER:BROWSER, code:USER, day:code:USER, remote:ADDRESS, register:ADDRESS, device:ADDRESS ...), each in a window of its own.';

-- Arguments or result columns change, whatever they were.
DO $body$
DECLARE
  v_function regprocedure;
BEGIN
  FOR v_function IN
    SELECT p.oid::regprocedure FROM pg_proc p
     WHERE p.pronamespace = 'oauth'::regnamespace
       AND p.proname IN ('login_begin', 'login_finish', 'login_start', 'login_locked', 'login_user', 'request_user',
         'device_decide', 'code_redeem', 'device_redeem')
  LOOP
    EXECUTE format('DROP FUNCTION %s', v_function);
  END LOOP;
END
$body$;
