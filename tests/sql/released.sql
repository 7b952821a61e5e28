-- SPDX-License-Identifier: MIT
-- What a released program may call: by which role, with which arguments, and
-- what comes back. None of it ever changes or goes away, since programs of an
-- older version serve the same database during an upgrade. A function that has
-- to differ gets another name (rotate_2); each release adds what is new at the
-- end of the list.
BEGIN;
SELECT plan(2);

CREATE TEMPORARY TABLE released (version text, roles text, signature text, result text);
COPY released FROM STDIN;
0.1.0	admin web	access_token_state(p_session_id uuid, p_client_id text, p_jti text, p_issued_s bigint)	text
0.1.0	web	assertion_grant(p_client_id text, p_method text, p_client_secret_digest bytea, p_dpop_jkt text, p_issuer text, p_subject text, p_email text, p_jti_digest bytea, p_jti_expires_s integer, p_scope text, p_resource text, p_session_id uuid, p_access_s integer, p_remote text)	TABLE(outcome text, client_id text, user_id uuid, email text, scope text, resource text, now_s bigint)
0.1.0	admin	audit_follow(p_user text, p_client_id text, p_event text, p_snapshot text, p_limit integer)	TABLE(at timestamp with time zone, event text, outcome text, email text, user_id uuid, client_id text, session_id uuid, remote text, request_id text, details jsonb, snapshot text)
0.1.0	admin	audit_list(p_user text, p_client_id text, p_event text, p_since timestamp with time zone, p_after text, p_limit integer)	TABLE(at timestamp with time zone, event text, outcome text, email text, user_id uuid, client_id text, session_id uuid, remote text, request_id text, details jsonb, cursor text)
0.1.0	web	authorization_request_create(p_request_id text, p_browser_digest bytea, p_login_digest bytea, p_client_id text, p_redirect_uri text, p_scope text, p_resource text, p_state text, p_code_challenge text, p_prompt text, p_nonce text, p_max_age_s integer, p_login_hint text, p_expected_user_id uuid, p_dpop_jkt text, p_expires_s integer)	TABLE(outcome text, signed_in boolean)
0.1.0	web	authorization_request_get(p_request_id text, p_browser_digest bytea, p_login_digest bytea)	TABLE(outcome text, client_id text, client_name text, client_uri text, registration text, redirect_uri text, scope text, resource text, state text, prompt text, request_created_s bigint, user_id uuid, email text, user_name text, auth_s bigint, remembered boolean, device_code_digest text, login_hint text, scope_asked text)
0.1.0	web	client_check(p_client_id text, p_method text, p_client_secret_digest bytea)	text
0.1.0	web	client_configuration_delete(p_client_id text, p_registration_access_token_digest bytea, p_remote text)	text
0.1.0	web	client_configuration_get(p_client_id text, p_registration_access_token_digest bytea)	TABLE(outcome text, client_name text, token_endpoint_auth_method text, redirect_uris text, grant_types text, scope text, client_uri text, logo_uri text, tos_uri text, policy_uri text, application_type text, software_id text, software_version text, issued_s bigint, jwks text, jwks_uri text, post_logout_redirect_uris text, dpop_bound_access_tokens boolean)
0.1.0	web	client_configuration_put(p_client_id text, p_registration_access_token_digest bytea, p_presented_secret_digest bytea, p_client_name text, p_client_secret_digest bytea, p_token_endpoint_auth_method text, p_redirect_uris text, p_grant_types text, p_scope text, p_client_uri text, p_logo_uri text, p_tos_uri text, p_policy_uri text, p_application_type text, p_software_id text, p_software_version text, p_jwks text, p_jwks_uri text, p_post_logout_redirect_uris text, p_dpop_bound_access_tokens boolean)	TABLE(outcome text, issued_s bigint, secret_issued boolean)
0.1.0	admin	client_delete(p_client_id text)	TABLE(outcome text, sessions bigint)
0.1.0	admin	client_disable(p_client_id text)	TABLE(outcome text, sessions bigint)
0.1.0	web	client_document_missed(p_client_id text, p_wait_s integer)	void
0.1.0	web	client_document_put(p_client_id text, p_client_name text, p_token_endpoint_auth_method text, p_token_endpoint_auth_methods text, p_redirect_uris text, p_grant_types text, p_scope text, p_client_uri text, p_logo_uri text, p_tos_uri text, p_policy_uri text, p_jwks text, p_jwks_uri text, p_post_logout_redirect_uris text, p_dpop_bound_access_tokens boolean, p_fresh_s integer)	text
0.1.0	admin	client_enable(p_client_id text)	text
0.1.0	admin web	client_get(p_client_id text)	TABLE(outcome text, client_name text, client_uri text, redirect_uris text, grant_types text, scope text, token_endpoint_auth_method text, registration text, created_s bigint, fresh boolean, usable boolean, known boolean)
0.1.0	web	client_keys(p_client_id text)	TABLE(outcome text, jwks text, jwks_uri text, fresh boolean, known boolean)
0.1.0	web	client_keys_put(p_client_id text, p_jwks_uri text, p_jwks text, p_fresh_s integer)	void
0.1.0	web	client_keys_turn(p_client_id text, p_jwks_uri text, p_wait_s integer)	boolean
0.1.0	admin	client_list(p_registration text, p_disabled boolean, p_after text, p_limit integer)	TABLE(client_id text, client_name text, registration text, token_endpoint_auth_method text, created_at timestamp with time zone, last_used_at timestamp with time zone, disabled_at timestamp with time zone, cursor text)
0.1.0	web	client_post_logout(p_client_id text)	text
0.1.0	admin	client_prune(p_unused_days integer, p_batch integer)	bigint
0.1.0	admin web	client_register(p_client_id text, p_client_name text, p_client_secret_digest bytea, p_token_endpoint_auth_method text, p_redirect_uris text, p_grant_types text, p_scope text, p_client_uri text, p_logo_uri text, p_tos_uri text, p_policy_uri text, p_application_type text, p_software_id text, p_software_version text, p_jwks text, p_jwks_uri text, p_post_logout_redirect_uris text, p_registration text, p_remote text, p_limit integer, p_registration_access_token_digest bytea, p_receivers text, p_resources text, p_introspects text, p_dpop_bound_access_tokens boolean)	TABLE(outcome text, issued_s bigint, retry_after_s integer)
0.1.0	admin	client_rotate_secret(p_client_id text, p_client_secret_digest bytea)	text
0.1.0	admin	client_show(p_client_id text)	TABLE(outcome text, details json)
0.1.0	web	code_redeem(p_client_id text, p_method text, p_client_secret_digest bytea, p_dpop_jkt text, p_code_digest bytea, p_redirect_uri text, p_code_challenge text, p_resource text, p_session_id uuid, p_refresh_token_hash text, p_access_s integer, p_idle_s integer, p_session_s integer, p_remote text)	TABLE(outcome text, client_id text, user_id uuid, email text, scope text, resource text, now_s bigint, refresh boolean, auth_s bigint, user_name text, nonce text, amr text)
0.1.0	web	consent_deny(p_request_id text, p_browser_digest bytea, p_login_digest bytea, p_remote text)	TABLE(outcome text, redirect_uri text, state text, client_id text)
0.1.0	web	consent_grant(p_request_id text, p_browser_digest bytea, p_login_digest bytea, p_code_digest bytea, p_code_expires_s integer, p_remember boolean, p_remote text)	TABLE(outcome text, redirect_uri text, state text, client_id text)
0.1.0	admin	consent_list(p_email text, p_client_id text, p_after text, p_limit integer)	TABLE(email text, client_id text, client_name text, resource text, scope text, redirect_uri text, granted_at timestamp with time zone, cursor text)
0.1.0	admin	consent_revoke(p_email text, p_client_id text)	TABLE(outcome text, sessions bigint)
0.1.0	web	device_authorization_create(p_device_code_digest bytea, p_user_code_digest bytea, p_client_id text, p_scope text, p_resource text, p_interval_s integer, p_expires_s integer)	text
0.1.0	web	device_redeem(p_client_id text, p_method text, p_client_secret_digest bytea, p_dpop_jkt text, p_device_code_digest bytea, p_resource text, p_session_id uuid, p_refresh_token_hash text, p_access_s integer, p_idle_s integer, p_session_s integer, p_remote text)	TABLE(outcome text, client_id text, user_id uuid, email text, scope text, resource text, now_s bigint, refresh boolean, auth_s bigint, user_name text, amr text)
0.1.0	web	device_request_create(p_user_code_digest bytea, p_request_id text, p_browser_digest bytea, p_login_digest bytea, p_expires_s integer, p_remote text, p_remote_limit integer, p_user_limit integer, p_window_s integer)	TABLE(outcome text, signed_in boolean, retry_after_s integer, client_id text)
0.1.0	web	fetch_take(p_origin text, p_remote text, p_limit integer, p_limit_total integer)	integer
0.1.0	admin	identity_add(p_source text, p_name text, p_email text)	TABLE(outcome text, user_id uuid, email text)
0.1.0	admin	identity_list(p_source text, p_after text, p_limit integer)	TABLE(source text, name text, email text, disabled boolean, created_at timestamp with time zone, cursor text)
0.1.0	admin	identity_remove(p_source text, p_name text)	TABLE(outcome text)
0.1.0	web	identity_sign_in(p_source text, p_name text, p_email text, p_join boolean, p_provision boolean, p_login_digest bytea, p_previous_login_digest bytea, p_expires_s integer, p_session_s integer, p_scope_ruled text, p_scope_given text, p_remote text, p_user_agent text)	TABLE(outcome text, user_id uuid)
0.1.0	web	issuer_keys(p_issuer text, p_jwks_uri text)	TABLE(jwks text, fresh boolean)
0.1.0	web	issuer_keys_put(p_issuer text, p_jwks_uri text, p_jwks text, p_fresh_s integer)	void
0.1.0	web	issuer_keys_turn(p_issuer text, p_jwks_uri text, p_wait_s integer)	boolean
0.1.0	web	jti_take(p_digest bytea, p_expires_s integer)	boolean
0.1.0	web	login_begin(p_email text, p_remote text, p_known_user_id uuid, p_known_browser text, p_account_limit integer, p_browser_limit integer, p_remote_limit integer, p_window_s integer)	TABLE(outcome text, user_id uuid, password_hash text, reason text, counted text, counted_limit integer)
0.1.0	web	login_end(p_login_digest bytea)	TABLE(outcome text)
0.1.0	web	login_finish(p_user_id uuid, p_password_hash text, p_counted text, p_counted_limit integer, p_window_s integer, p_login_digest bytea, p_previous_login_digest bytea, p_expires_s integer, p_half_expires_s integer, p_remote text, p_user_agent text)	TABLE(outcome text)
0.1.0	web	login_get(p_login_digest bytea)	TABLE(outcome text, email text)
0.1.0	web	machine_grant(p_client_id text, p_method text, p_client_secret_digest bytea, p_dpop_jkt text, p_scope text, p_supported text, p_resource text, p_session_id uuid, p_access_s integer, p_remote text)	TABLE(outcome text, client_id text, scope text, resource text, now_s bigint)
0.1.0	web	metrics()	TABLE(migration integer, sessions bigint, users bigint, clients bigint, authorization_requests bigint, revocations bigint, purge_overdue_s bigint, connections integer, max_connections integer)
0.1.0	web	password_change(p_login_digest bytea, p_current_hash text, p_password_hash text, p_disconnect boolean, p_remote text)	TABLE(outcome text, user_id uuid)
0.1.0	web	password_check_begin(p_login_digest bytea, p_limit integer, p_window_s integer)	TABLE(outcome text, user_id uuid, email text, password_hash text, retry_after_s integer)
0.1.0	admin	purge(p_batch integer, p_audit_keep_days integer)	TABLE(kind text, deleted bigint)
0.1.0	web	pushed_request_create(p_request_uri_digest bytea, p_client_id text, p_redirect_uri text, p_scope text, p_resource text, p_state text, p_code_challenge text, p_prompt text, p_nonce text, p_max_age_s integer, p_login_hint text, p_expected_user_id uuid, p_dpop_jkt text, p_expires_s integer)	text
0.1.0	web	pushed_request_use(p_request_uri_digest bytea, p_client_id text, p_request_id text, p_browser_digest bytea, p_login_digest bytea, p_expires_s integer)	TABLE(outcome text, signed_in boolean, redirect_uri text, state text, prompt text, max_age_s integer)
0.1.0	web	recovery_check(p_token_digest bytea)	TABLE(outcome text)
0.1.0	web	recovery_use(p_token_digest bytea, p_password_hash text, p_remote text)	TABLE(outcome text, user_id uuid)
0.1.0	admin web	refresh_token_state(p_session_id uuid, p_hex text, p_base64 text, p_base64url text)	TABLE(state text, session_id uuid)
0.1.0	admin guard	revocations_since(p_since text)	TABLE(next_since text, now_s bigint, kind text, subject text, not_before_s bigint, expires_s bigint)
0.1.0	admin	revoke_client(p_client_id text)	TABLE(outcome text, sessions bigint)
0.1.0	admin	revoke_everything()	TABLE(outcome text, sessions bigint)
0.1.0	admin	revoke_session(p_session_id uuid)	TABLE(outcome text, sessions bigint)
0.1.0	admin	revoke_token(p_jti text, p_expires_at timestamp with time zone)	TABLE(outcome text, sessions bigint)
0.1.0	admin	revoke_user(p_email text)	TABLE(outcome text, sessions bigint)
0.1.0	web	second_factor_begin(p_login_digest bytea, p_limit integer, p_window_s integer)	TABLE(outcome text, user_id uuid, email text, sealed_secret bytea, last_step bigint, now_s bigint, active boolean, retry_after_s integer)
0.1.0	web	second_factor_change(p_login_digest bytea, p_step bigint, p_recovery_digest bytea, p_sealed_secret bytea, p_code_digests bytea[], p_remote text)	TABLE(outcome text, user_id uuid)
0.1.0	web	second_factor_confirm(p_login_digest bytea, p_sealed_secret bytea, p_step bigint, p_code_digests bytea[], p_remote text)	TABLE(outcome text, user_id uuid)
0.1.0	web	second_factor_get(p_login_digest bytea)	TABLE(outcome text, email text, confirmed_s bigint, recovery_codes bigint)
0.1.0	web	second_factor_offer(p_login_digest bytea, p_password_hash text, p_sealed_secret bytea)	TABLE(outcome text)
0.1.0	web	second_step_begin(p_login_digest bytea, p_remote text, p_known_user_id uuid, p_known_browser text, p_account_limit integer, p_browser_limit integer, p_remote_limit integer, p_window_s integer)	TABLE(outcome text, user_id uuid, sealed_secret bytea, last_step bigint, now_s bigint, reason text, counted text, counted_limit integer)
0.1.0	web	second_step_finish(p_login_digest bytea, p_step bigint, p_recovery_digest bytea, p_sealed_secret bytea, p_counted text, p_counted_limit integer, p_window_s integer, p_new_login_digest bytea, p_expires_s integer, p_remote text, p_user_agent text)	TABLE(outcome text, user_id uuid)
0.1.0	web	session_find_legacy(p_hex text, p_base64 text, p_base64url text)	TABLE(outcome text, session_id uuid, token_hash text, generation integer)
0.1.0	admin	session_list(p_email text, p_client_id text, p_after text, p_limit integer)	TABLE(session_id uuid, email text, client_id text, client_name text, resource text, scope text, created_at timestamp with time zone, last_used_at timestamp with time zone, last_used_from text, expires_at timestamp with time zone, cursor text)
0.1.0	web	session_revoke(p_client_id text, p_method text, p_client_secret_digest bytea, p_session_id uuid)	text
0.1.0	web	session_rotate(p_client_id text, p_method text, p_client_secret_digest bytea, p_dpop_jkt text, p_session_id uuid, p_generation integer, p_token_hash text, p_successor_hash text, p_scope text, p_resource text, p_default_scope text, p_default_resource text, p_access_s integer, p_idle_s integer, p_session_s integer, p_grace_s integer, p_remote text)	TABLE(outcome text, client_id text, user_id uuid, email text, scope text, resource text, now_s bigint, auth_s bigint, elsewhere boolean)
0.1.0	web	session_rotate_2(p_client_id text, p_method text, p_client_secret_digest bytea, p_dpop_jkt text, p_session_id uuid, p_generation integer, p_token_hash text, p_successor_hash text, p_scope text, p_resource text, p_default_scope text, p_default_resource text, p_access_s integer, p_idle_s integer, p_session_s integer, p_grace_s integer, p_remote text, p_request_id text)	oauth.rotation
0.1.0	admin guard web	status()	TABLE(migration integer, now_s bigint, server_version_num integer)
0.1.0	admin	status_show()	TABLE(details json)
0.1.0	web	token_introspect(p_client_id text, p_method text, p_client_secret_digest bytea, p_session_id uuid, p_token_client_id text, p_jti text, p_issued_s bigint, p_resource text)	TABLE(outcome text, username text)
0.1.0	admin	user_add(p_email text, p_name text, p_password_hash text)	TABLE(outcome text, user_id uuid)
0.1.0	web	user_app_revoke(p_login_digest bytea, p_client_id text, p_remote text)	TABLE(outcome text, user_id uuid, sessions bigint)
0.1.0	web	user_apps(p_login_digest bytea, p_limit integer)	TABLE(outcome text, email text, client_id text, client_name text, client_uri text, registration text, resource text, scope text, first_used_s bigint, last_used_s bigint, remote text)
0.1.0	admin	user_delete(p_email text)	TABLE(outcome text, sessions bigint)
0.1.0	admin	user_disable(p_email text)	TABLE(outcome text, sessions bigint)
0.1.0	admin	user_enable(p_email text)	text
0.1.0	admin	user_list(p_disabled boolean, p_after text, p_limit integer)	TABLE(email text, name text, user_id uuid, disabled_at timestamp with time zone, password boolean, second_factor boolean, sessions bigint, cursor text)
0.1.0	admin	user_passwd(p_email text, p_password_hash text)	text
0.1.0	admin	user_recover(p_email text, p_token_digest bytea, p_expires_s integer)	TABLE(outcome text)
0.1.0	admin	user_reset_second_factor(p_email text)	TABLE(outcome text)
0.1.0	web	user_sessions_revoke(p_login_digest bytea, p_sign_out boolean, p_remote text)	TABLE(outcome text, user_id uuid, sessions bigint)
0.1.0	admin	user_show(p_email text)	TABLE(outcome text, details json)
0.1.0	web	userinfo(p_session_id uuid, p_user_id uuid, p_client_id text, p_jti text, p_issued_s bigint)	TABLE(outcome text, email text, user_name text)
\.

CREATE TEMPORARY VIEW present AS
SELECT p.oid, format('%s(%s)', p.proname, pg_get_function_identity_arguments(p.oid)) AS signature, pg_get_function_result(p.oid) AS result
  FROM pg_proc p WHERE p.pronamespace = 'oauth'::regnamespace;

SELECT is_empty($$
  SELECT r.signature, r.result, p.result FROM released r LEFT JOIN present p USING (signature)
   WHERE p.result IS DISTINCT FROM r.result
$$, 'each function that was released is there, and answers as it did');

SELECT is_empty($$
  SELECT r.signature, role FROM released r JOIN present p USING (signature) CROSS JOIN unnest(string_to_array(r.roles, ' ')) role
   WHERE NOT has_function_privilege('mcp_oauth_' || role, p.oid, 'EXECUTE')
$$, 'and whoever called it still may');

SELECT * FROM finish();
ROLLBACK;
