# SPDX-License-Identifier: MIT
# shellcheck shell=bash
#
# settings.sh - the settings files and keys of a site.  Sourced by site.sh.

random_hex() { # BYTES
  od -An -N "$1" -tx1 /dev/urandom | tr -d ' \n'
}

command_run() { # arguments of mcp-oauth; standard input is ours
  as "$D/usr/bin/mcp-oauth" "$@" >>"$D/log/setup.log" 2>&1 ||
    die "mcp-oauth $3 failed: $(tail -n 5 "$D/log/setup.log")"
}

# Write a settings file: our lines less those that the extra lines replace.
settings() { # FILE EXTRA, our lines on standard input
  local line
  : >"$1"
  chmod 600 "$1"
  while IFS= read -r line; do
    case "
$2" in
    *"
${line%%=*}="*) ;;
    *) printf '%s\n' "$line" ;;
    esac
  done >>"$1"
  [ -z "$2" ] || printf '%s\n' "$2" >>"$1"
}

settings_make() {
  local secret backend_secret log_to
  log_to=$(web_log_to)
  secret=$(as "$D/usr/bin/mcp-oauth" key generate) ||
    die 'mcp-oauth key generate failed'
  backend_secret=$(random_hex 32)
  # As the account, so that it is the key's owner.
  # shellcheck disable=SC2016 # for the inner shell
  as sh -c 'umask 077 && "$1" key generate --alg "$2" >"$3"' sh \
    "$D/usr/bin/mcp-oauth" "${SITE_KEY_ALG:-RS256}" "$conf/signing-key.pem" ||
    die 'mcp-oauth key generate failed'
  settings "$conf/mcp-oauth.conf" "${SITE_CONF_EXTRA-}" <<EOF
OAUTH_BASE_URL=$base_url
JWT_SECRET=$secret
JWT_PRIVATE_KEY_FILE=$conf/signing-key.pem
MCP_RESOURCES=/mcp
DATABASE_URL=$(url mcp_web)
STATE_DIRECTORY=$D/run
LOG_TO=$log_to
EOF
  settings "$conf/guard.conf" "${SITE_GUARD_EXTRA-}" <<EOF
OAUTH_BASE_URL=$base_url
MCP_RESOURCES=/mcp
JWKS_FILE=$conf/jwks.json
DATABASE_URL=$(url mcp_guard)
GUARD_BACKEND_SECRET=$backend_secret
STATE_DIRECTORY=$D/run
LOG_TO=$log_to
EOF
}
