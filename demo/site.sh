#!/bin/bash
# SPDX-License-Identifier: MIT
#
# site.sh - a private site: PostgreSQL and a web server of its own with the
# configuration files that we ship, on loopback, for the demo and the tests.
#
#   site.sh start DIR PORT      install, set up and start; DIR gets the files
#                               env (KEY='value' lines) and state (a link)
#   site.sh run DIR PORT        the same in the foreground, until Ctrl-C
#   site.sh stop DIR            end its processes, remove what it kept
#   site.sh web DIR start|stop|reload
#   site.sh database DIR start|stop|kill
#                               one half of it, for tests of faults
#
# Of the environment: BUILD (build folder, default build) and, for tests,
#   SITE_CONF_EXTRA, SITE_GUARD_EXTRA   lines for mcp-oauth.conf, guard.conf;
#                      a key named there replaces ours
#   SITE_FRONT         the web server: apache (default), see site/front.sh
#   SITE_SERVE         MCP servers to guard, a line each: PATH BACKEND, which is
#                      an http URL, cgi:FILE or whoami, the demo's
#   SITE_APACHE_BEFORE, SITE_APACHE_EXTRA
#                      lines of httpd.conf before our Include and at the end
#   SITE_LIGHTTPD_EXTRA, SITE_NGINX_EXTRA, SITE_CADDY_EXTRA
#                      lines for these, in what serves the site
#   SITE_STATIC_METADATA=1
#                      metadata is served from files, of ${STATE}/documents
#   SITE_MODULES       Apache modules that those lines need, such as auth_basic;
#                      files of ours are in ${SHARE} there, the site is in ${STATE}
#   SITE_POSTGRESQL_EXTRA
#                      lines at the end of postgresql.conf
#   SITE_LOCALE        of the database; C (default) knows no letters but A to Z
#   SITE_KEY_ALG       RS256 (default) or ES256: of JWT_PRIVATE_KEY_FILE
#   SITE_MCP           an http URL: the MCP server at /mcp, in place of the demo's
#   SITE_PLAIN=1       leave the demo's MCP server and the root paths out
#   SITE_SQL_BEFORE    SQL file that the owner runs before migrate
#   SITE_KEEP=1        stop keeps the state folder and prints its path
#
# State lies in /var/tmp/mcp-oauth.XXXXXX, never in the checkout: a clone that
# only root can enter works, and socket paths stay short.  As root everything
# but the installation runs as www-data, otherwise as the user.
set -eu
umask 022

root=$(cd "$(dirname "$0")/.." && pwd)
unset MAKEFLAGS MFLAGS MAKELEVEL MAKEOVERRIDES MCP_OAUTH_CONFIG DATABASE_URL
unset "${!PG@}"

die() {
  echo "site.sh: $*" >&2
  exit 1
}

# shellcheck source=site/process.sh
. "$root/demo/site/process.sh"
# shellcheck source=site/postgresql.sh
. "$root/demo/site/postgresql.sh"
# shellcheck source=site/settings.sh
. "$root/demo/site/settings.sh"
# shellcheck source=site/front.sh
. "$root/demo/site/front.sh"

# The folder of DIR's site, or nothing.
state_of() {
  local state
  state=$(readlink "$1/state" 2>/dev/null) || return 0
  case $state in
  /var/tmp/mcp-oauth.*/*) ;;
  /var/tmp/mcp-oauth.*) [ ! -d "$state" ] || echo "$state" ;;
  esac
}

write_env() {
  local password=$1
  mkdir -p "$dir"
  {
    cat <<EOF
BASE_URL='$base_url'
MCP_URL='$base_url/mcp'
PORT='$port'
DEMO_EMAIL='demo@example.com'
DEMO_PASSWORD='$password'
DATABASE_URL='$(url mcp_owner)'
WEB_DATABASE_URL='$(url mcp_web)'
GUARD_DATABASE_URL='$(url mcp_guard)'
SUPERUSER_DATABASE_URL='$(url postgres)'
MCP_OAUTH_CONFIG='$conf/mcp-oauth.conf'
GUARD_CONFIG='$conf/guard.conf'
JWKS_FILE='$conf/jwks.json'
MCP_OAUTH='$D/usr/bin/mcp-oauth'
STATE='$D'
RUN_AS='$account'
FRONT='$front'
ERROR_LOG='$D/log/error.log'
ACCESS_LOG='$D/log/access.log'
PG_BIN='$PG_BIN'
PG_DATA='$D/pg/data'
PG_SOCKET='$D/pg'
PG_LOG='$D/log/postgresql.log'
EOF
    web_env
  } >"$dir/env.new"
  mv "$dir/env.new" "$dir/env"
}

start() {
  local password
  case $port in
  '' | *[!0-9]*) die "the port must be a number: '$port'" ;;
  esac
  case ${SITE_MCP-} in
  '' | http://?*) ;;
  *) die "the address of an MCP server begins with http://: '$SITE_MCP'; such as http://127.0.0.1:9000/mcp" ;;
  esac
  # A site that already runs here makes room, unless the port is another's.
  D=$(state_of "$dir")
  if [ -z "$D" ] || ! grep -qsx "PORT='$port'" "$dir/env"; then
    port_free
  fi
  stop
  port_free
  base_url=http://127.0.0.1:$port

  D=$(mktemp -d /var/tmp/mcp-oauth.XXXXXX)
  started=1
  mkdir -p "$dir"
  ln -sfn "$D" "$dir/state"
  conf=$D/etc/mcp-oauth
  front_use "${SITE_FRONT:-apache}"
  echo "$front" >"$D/front"
  mkdir -p "$conf" "$D/$front" "$D/log" "$D/pg" "$D/run"
  chmod 700 "$D/pg" "$D/run"
  make -C "$root" --no-print-directory -s BUILD="${BUILD:-build}" \
    install install-demo prefix="$D/usr" sysconfdir="$D/etc" \
    >"$D/log/setup.log" 2>&1 ||
    die "make install failed: $(tail -n 5 "$D/log/setup.log")"
  [ "$account" = "$(id -un)" ] || chown -R "$account:" "$D"

  settings_make
  web_make
  [ "$account" = "$(id -un)" ] || chown -R "$account:" "$D/etc" "$D/$front"
  database_make
  database_fill
  # A guard that shares a secret needs no public keys.
  ! grep -q '^JWKS_FILE=.' "$conf/guard.conf" ||
    command_run --config "$conf/mcp-oauth.conf" render
  password=$(random_hex 6)
  command_run --config "$conf/mcp-oauth.conf" user add demo@example.com \
    --name 'Demo User' --database "$(url mcp_owner)" <<<"$password"
  web_start
  await 20 healthy ||
    die "no answer from $base_url/api/oauth/health: $(tail -n 5 "$D/log/error.log")"
  write_env "$password"
}

# A sanitizer's report in a log of this site is a failed stop.
reports() {
  grep -hE 'ERROR: (Address|Leak)Sanitizer|runtime error:' \
    "$D"/log/*.log 2>/dev/null
}

stop() {
  local found=
  D=$(state_of "$dir")
  if [ -n "$D" ]; then
    front_of_site
    front_stop
    database_stop fast
    found=$(reports) || true
    if [ -n "${SITE_KEEP-}" ] || [ -n "$found" ]; then
      echo "kept: $D"
    else
      rm -rf "$D"
    fi
  fi
  rm -f "$dir/env" "$dir/state"
  [ -z "$found" ] || die "a sanitizer found: $found"
}

tell() {
  # shellcheck disable=SC1090,SC1091,SC2153 # written by write_env
  (
    . "$dir/env"
    cat <<EOF

mcp-oauth demo: an authorization server and an MCP server on this machine

  MCP server   $MCP_URL${SITE_MCP:+, which is $SITE_MCP behind the guard}
  sign in as   $DEMO_EMAIL
  password     $DEMO_PASSWORD

  try          claude mcp add --transport http demo $MCP_URL
               npx @modelcontextprotocol/inspector     (URL: $MCP_URL)
               curl -i $MCP_URL
  settings     $MCP_OAUTH_CONFIG
  logs         $STATE/log
  for scripts  ${dir#"$root"/}/env
  stop         $1

EOF
  )
}

verb=${1-}
[ $# -ge 2 ] || {
  sed -n '4,/^# Of the/s/^# \{0,1\}//p' "$0" >&2
  exit 2
}
mkdir -p "$2"
dir=$(cd "$2" && pwd)
port=${3-}
started=
case $verb in
start)
  trap '[ $? -eq 0 ] || [ -z "$started" ] || SITE_KEEP=1 stop' EXIT
  start
  tell 'make demo-stop'
  ;;
run)
  trap 'exit 0' INT TERM HUP
  trap 'trap "" INT TERM HUP; [ -z "$started" ] || stop' EXIT
  start
  tell 'Ctrl-C'
  while web_running; do
    sleep 1 &
    wait $! || true
  done
  die "$front has ended"
  ;;
stop) stop ;;
web | database)
  D=$(state_of "$dir")
  [ -n "$D" ] || die "no site runs in $dir"
  front_of_site
  case $verb-${3-} in
  web-start) web_start ;;
  web-stop) front_stop ;;
  web-reload) web_reload ;;
  database-start) database_start ;;
  database-stop) database_stop fast ;;
  database-kill) database_stop immediate ;;
  *) die "no such thing to do: $verb ${3-}" ;;
  esac
  ;;
*) die "no such verb: $verb" ;;
esac
