-- SPDX-License-Identifier: MIT
--
-- grants.sql - who may do what; applied after every migration, in the same
-- transaction.  Roles that do not exist are passed over: then one login owns
-- everything and needs no grant.
REVOKE ALL ON SCHEMA oauth FROM PUBLIC;
REVOKE ALL ON ALL TABLES IN SCHEMA oauth FROM PUBLIC;

DO $body$
DECLARE
  -- A name stands for all functions of that name in schema oauth.
  v_grants CONSTANT jsonb := '{
    "mcp_oauth_web": ["client_get", "client_check", "client_register",
      "client_configuration_get", "client_configuration_put",
      "client_configuration_delete",
      "client_document_put", "client_document_missed", "fetch_take",
      "client_keys", "client_keys_turn", "client_keys_put", "jti_take",
      "machine_grant", "assertion_grant", "issuer_keys", "issuer_keys_turn",
      "issuer_keys_put", "token_introspect", "userinfo", "client_post_logout",
      "authorization_request_create", "authorization_request_get",
      "pushed_request_create", "pushed_request_use",
      "device_authorization_create", "device_request_create", "device_redeem",
      "login_begin", "login_finish", "login_end", "login_get", "identity_sign_in",
      "second_step_begin", "second_step_finish",
      "user_apps", "user_app_revoke", "user_sessions_revoke",
      "password_check_begin", "password_change", "recovery_check", "recovery_use",
      "second_factor_get", "second_factor_offer", "second_factor_begin",
      "second_factor_confirm", "second_factor_change",
      "consent_grant", "consent_deny", "code_redeem",
      "session_rotate", "session_rotate_2", "session_find_legacy", "session_revoke", "status",
      "access_token_state", "refresh_token_state", "metrics"],
    "mcp_oauth_guard": ["revocations_since", "status"],
    "mcp_oauth_admin": ["client_get", "client_register", "client_disable",
      "client_enable", "client_delete", "client_rotate_secret", "consent_revoke",
      "identity_add", "identity_list", "identity_remove",
      "user_recover", "user_reset_second_factor",
      "user_list", "user_show", "client_list", "client_show", "client_prune",
      "session_list", "consent_list", "audit_list", "audit_follow", "status_show",
      "user_add", "user_passwd", "user_disable", "user_enable", "user_delete",
      "revoke_user", "revoke_client", "revoke_session", "revoke_token",
      "revoke_everything", "revocations_since", "purge", "status",
      "access_token_state", "refresh_token_state"]
  }';
  -- What the admin role reads: all columns but those that hold the digest of a
  -- secret.  A table that is not named here is not for reading.
  v_readable CONSTANT text[] := '{
    oauth.live_sessions, oauth.connected_apps, oauth.stale_clients,
    oauth.replayed_tokens, oauth.login_failures, oauth.client, oauth.consent,
    oauth.login, oauth.identity, oauth.attempt, oauth.revocation, oauth.audit,
    oauth.issuer_keys, oauth.migration, public.mcp_server_sessions}';
  v_role text;
  v_function regprocedure;
  v_columns record;
BEGIN
  FOR v_role IN SELECT jsonb_object_keys(v_grants) LOOP
    CONTINUE WHEN NOT EXISTS (SELECT FROM pg_roles WHERE rolname = v_role);
    EXECUTE format('REVOKE ALL ON ALL FUNCTIONS IN SCHEMA oauth FROM %I', v_role);
    EXECUTE format('GRANT USAGE ON SCHEMA oauth TO %I', v_role);
    FOR v_function IN
      SELECT p.oid::regprocedure FROM pg_proc p
       WHERE p.pronamespace = 'oauth'::regnamespace
         AND v_grants -> v_role ? p.proname::text
    LOOP
      EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO %I', v_function, v_role);
    END LOOP;
  END LOOP;

  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'mcp_oauth_admin') THEN
    REVOKE ALL ON ALL TABLES IN SCHEMA oauth FROM mcp_oauth_admin;
    REVOKE ALL ON public.users, public.mcp_server_sessions FROM mcp_oauth_admin;
    FOR v_columns IN
      SELECT a.attrelid::regclass AS of, string_agg(quote_ident(a.attname), ', ') AS list
        FROM unnest(v_readable) AS name
        JOIN pg_attribute a ON a.attrelid = name::regclass
       WHERE a.attnum > 0 AND NOT a.attisdropped AND a.attname !~ '(_digest|_hash)$'
       GROUP BY a.attrelid
    LOOP
      EXECUTE format('GRANT SELECT (%s) ON %s TO mcp_oauth_admin', v_columns.list, v_columns.of);
    END LOOP;
    -- The site may keep anything in columns of its own.
    GRANT SELECT (id, email, name, disabled_at) ON public.users TO mcp_oauth_admin;
  END IF;
END
$body$;

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA oauth FROM PUBLIC;
