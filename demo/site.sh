#!/bin/bash
# SPDX-License-Identifier: MIT
#
# site.sh - a private site: PostgreSQL and Apache of its own with the
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
#   SITE_APACHE_BEFORE, SITE_APACHE_EXTRA
#                      lines of httpd.conf before our Include and at the end
#   SITE_MODULES       Apache modules that those lines need, such as auth_basic;
#                      files of ours are in ${SHARE} there
#   SITE_KEY_ALG       RS256 (default) or ES256: of JWT_PRIVATE_KEY_FILE
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

if [ "$(id -u)" -eq 0 ]; then
  account=www-data
else
  account=$(id -un)
fi

# Run a command as the account that everything runs as.
as() {
  if [ "$(id -u)" -eq 0 ]; then
    (cd / && exec runuser -u "$account" -- "$@")
  else
    (cd / && exec "$@")
  fi
}

# Does process $1 exist, and is $2 part of its command line?  A pid file may
# outlive its process, and another process get the number.
alive() {
  [ -n "$1" ] && [ -r "/proc/$1/cmdline" ] &&
    tr '\0' ' ' <"/proc/$1/cmdline" | grep -qF -- "$2"
}

pid_of() {
  [ ! -s "$1" ] || head -n 1 "$1" | tr -cd 0-9
}

# The folder of DIR's site, or nothing.
state_of() {
  local state
  state=$(readlink "$1/state" 2>/dev/null) || return 0
  case $state in
  /var/tmp/mcp-oauth.*/*) ;;
  /var/tmp/mcp-oauth.*) [ ! -d "$state" ] || echo "$state" ;;
  esac
}

await() { # SECONDS COMMAND...: until it succeeds
  local end=$((SECONDS + $1))
  shift
  until "$@"; do
    [ "$SECONDS" -lt "$end" ] || return 1
    sleep 0.05
  done
}

gone() {
  ! alive "$1" "$2"
}

port_busy() {
  (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null
}

port_free() {
  ! port_busy "$port" ||
    die "port $port of 127.0.0.1 is in use: choose another, such as PORT=$((port + 1))"
}

# The status code of a GET, without curl.
http_status() { # PORT PATH
  local line
  (
    exec 3<>"/dev/tcp/127.0.0.1/$1"
    printf 'GET %s HTTP/1.0\r\nHost: 127.0.0.1:%s\r\n\r\n' "$2" "$1" >&3
    read -r -t 5 line <&3
    echo "${line:9:3}"
  ) 2>/dev/null
}

random_hex() { # BYTES
  od -An -N "$1" -tx1 /dev/urandom | tr -d ' \n'
}

# ---- PostgreSQL: a unix socket in a folder that only the account can enter

find_postgresql() {
  local bin
  PG_BIN=
  for bin in /usr/lib/postgresql/*/bin; do
    [ ! -x "$bin/initdb" ] || PG_BIN=$bin
  done
  if [ -z "$PG_BIN" ] && command -v initdb >/dev/null; then
    PG_BIN=$(dirname "$(command -v initdb)")
  fi
  [ -n "$PG_BIN" ] || die 'no PostgreSQL server found: run demo/packages.sh demo'
}

database_start() {
  find_postgresql
  as "$PG_BIN/pg_ctl" -D "$D/pg/data" -s -w -t 60 -l "$D/log/postgresql.log" \
    start </dev/null >/dev/null 2>>"$D/log/setup.log" ||
    die "PostgreSQL did not start: $(tail -n 3 "$D/log/postgresql.log")"
}

database_stop() { # fast or immediate
  local pid
  pid=$(pid_of "$D/pg/data/postmaster.pid")
  if alive "$pid" "$D/pg/data"; then
    case $1 in
    fast) kill -INT "$pid" ;;
    immediate) kill -QUIT "$pid" ;;
    esac
    await 30 gone "$pid" "$D/pg/data" || kill -KILL "$pid"
    await 5 gone "$pid" "$D/pg/data" || die "PostgreSQL, process $pid, does not end"
  fi
}

sql() { # ROLE DATABASE [psql's arguments]
  local role=$1 database=$2
  shift 2
  as "$PG_BIN/psql" -X -q -v ON_ERROR_STOP=1 -h "$D/pg" -U "$role" \
    -d "$database" "$@" >>"$D/log/setup.log" 2>&1 ||
    die "SQL failed: $(tail -n 5 "$D/log/setup.log")"
}

database_make() {
  find_postgresql
  as "$PG_BIN/initdb" -D "$D/pg/data" -U postgres -A trust --no-sync \
    --locale=C -E UTF8 >>"$D/log/setup.log" 2>&1 ||
    die "initdb failed: $(tail -n 5 "$D/log/setup.log")"
  as tee -a "$D/pg/data/postgresql.conf" >/dev/null <<EOF
listen_addresses = ''
unix_socket_directories = '$D/pg'
unix_socket_permissions = 0700
max_connections = 100
shared_buffers = 32MB
log_line_prefix = '%m %u '
EOF
  database_start
  sql postgres postgres -c 'CREATE ROLE mcp_owner LOGIN CREATEROLE' \
    -c 'CREATE DATABASE mcp_oauth OWNER mcp_owner'
  [ -z "${SITE_SQL_BEFORE-}" ] ||
    sql mcp_owner mcp_oauth <"$SITE_SQL_BEFORE"
}

url() { # ROLE
  echo "postgresql://$1@/mcp_oauth?host=$D/pg"
}

# The logins of a real site: the owner migrates, the endpoints and the guard
# have no more than their group roles.
database_fill() {
  command_run --config "$conf/mcp-oauth.conf" migrate --roles \
    --database "$(url mcp_owner)"
  sql postgres mcp_oauth -c 'CREATE ROLE mcp_web LOGIN IN ROLE mcp_oauth_web' \
    -c 'CREATE ROLE mcp_guard LOGIN IN ROLE mcp_oauth_guard'
}

# ---- the settings

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
  local secret backend_secret
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
EOF
  settings "$conf/guard.conf" "${SITE_GUARD_EXTRA-}" <<EOF
OAUTH_BASE_URL=$base_url
MCP_RESOURCES=/mcp
JWKS_FILE=$conf/jwks.json
DATABASE_URL=$(url mcp_guard)
GUARD_BACKEND_SECRET=$backend_secret
STATE_DIRECTORY=$D/run
EOF
}

# ---- Apache

find_apache() {
  APACHE_BIN=$(command -v apache2 || command -v httpd || true)
  [ -n "$APACHE_BIN" ] || [ ! -x /usr/sbin/apache2 ] ||
    APACHE_BIN=/usr/sbin/apache2
  [ -n "$APACHE_BIN" ] || die 'no Apache found: run demo/packages.sh demo'
  for modules in /usr/lib/apache2/modules /usr/lib64/httpd/modules ''; do
    [ ! -e "$modules/mod_fcgid.so" ] || return 0
  done
  die 'no mod_fcgid found: run demo/packages.sh demo'
}

apache_make() {
  local share=$D/usr/share/mcp-oauth/apache-conf
  find_apache
  {
    cat <<EOF
ServerRoot $D/apache
ServerName 127.0.0.1
Listen 127.0.0.1:$port
PidFile $D/apache/run/httpd.pid
DefaultRuntimeDir $D/apache/run
Mutex file:$D/apache/run default
ErrorLog $D/log/error.log
LogLevel warn
ServerTokens Prod
EOF
    for module in mpm_event authn_core authz_core authz_host alias env headers \
      macro proxy proxy_http reqtimeout rewrite setenvif fcgid ${SITE_MODULES-}; do
      echo "LoadModule ${module}_module $modules/mod_$module.so"
    done
    cat <<EOF
StartServers 1
ServerLimit 2
ThreadsPerChild 32
MaxRequestWorkers 64
MinSpareThreads 4
MaxSpareThreads 64
FcgidIPCDir $D/apache/run/fcgid
FcgidProcessTableFile $D/apache/run/fcgid.shm
FcgidSpawnScoreUpLimit 50
DocumentRoot $D/apache/www
<Directory />
  AllowOverride None
  Require all denied
</Directory>
<Directory $D/apache/www>
  Require all granted
</Directory>

Define SHARE $share
${SITE_APACHE_BEFORE-}
Define MCP_OAUTH_CONFIG $conf/mcp-oauth.conf
Define MCP_OAUTH_GUARD_CONFIG $conf/guard.conf
Include $share/mcp-oauth.conf
CustomLog $D/log/access.log mcp_oauth
EOF
    if [ -z "${SITE_PLAIN-}" ]; then
      cat <<EOF

# What the demo adds: paths of old clients, and an MCP server at /mcp.
Include $share/legacy-paths.conf
Alias /mcp $D/usr/libexec/mcp-oauth/demo/whoami
<Directory $D/usr/libexec/mcp-oauth/demo>
  Options +ExecCGI
  SetHandler fcgid-script
  Require all granted
</Directory>
Use GuardMCP /mcp
EOF
      [ ! -x "$D/usr/libexec/mcp-oauth/demo/whoami" ] ||
        echo "FcgidCmdOptions $D/usr/libexec/mcp-oauth/demo/whoami MaxProcesses 16 MinProcesses 1"
    fi
    printf '%s\n' "${SITE_APACHE_EXTRA-}"
  } >"$D/apache/httpd.conf"
}

web_start() {
  find_apache
  as "$APACHE_BIN" -d "$D/apache" -f "$D/apache/httpd.conf" -k start \
    </dev/null >>"$D/log/setup.log" 2>&1 ||
    die "Apache did not start: $(tail -n 5 "$D/log/setup.log" "$D/log/error.log")"
}

web_pid() {
  pid_of "$D/apache/run/httpd.pid"
}

# The FastCGI programs are children of Apache's process manager; it ends them,
# and what it forgets is found by its path.
web_stop() {
  local pid
  pid=$(web_pid)
  if alive "$pid" "$D/apache"; then
    kill -TERM "$pid"
    await 20 gone "$pid" "$D/apache" || kill -KILL "$pid"
  fi
  rm -f "$D/apache/run/httpd.pid"
  await 10 programs_gone || programs kill -KILL
}

programs() { # COMMAND...: with the pid of each program of this site
  local link pid
  for link in /proc/[0-9]*/exe; do
    case $(readlink "$link" 2>/dev/null) in
    "$D"/usr/libexec/*)
      pid=${link#/proc/}
      "$@" "${pid%/exe}" || true
      ;;
    esac
  done
}

programs_gone() {
  [ -z "$(programs echo)" ]
}

healthy() {
  [ "$(http_status "$port" /api/oauth/health)" = 200 ]
}

# ---- the verbs

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
APACHE_BIN='$APACHE_BIN'
APACHE_CONF='$D/apache/httpd.conf'
APACHE_PID_FILE='$D/apache/run/httpd.pid'
APACHE_ERROR_LOG='$D/log/error.log'
APACHE_ACCESS_LOG='$D/log/access.log'
PG_BIN='$PG_BIN'
PG_DATA='$D/pg/data'
PG_SOCKET='$D/pg'
PG_LOG='$D/log/postgresql.log'
EOF
  } >"$dir/env.new"
  mv "$dir/env.new" "$dir/env"
}

start() {
  local password
  case $port in
  '' | *[!0-9]*) die "the port must be a number: '$port'" ;;
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
  mkdir -p "$conf" "$D/apache/run/fcgid" "$D/apache/www" "$D/log" "$D/pg" "$D/run"
  chmod 700 "$D/pg" "$D/run"
  make -C "$root" --no-print-directory -s BUILD="${BUILD:-build}" \
    install install-demo prefix="$D/usr" sysconfdir="$D/etc" \
    >"$D/log/setup.log" 2>&1 ||
    die "make install failed: $(tail -n 5 "$D/log/setup.log")"
  [ "$account" = "$(id -un)" ] || chown -R "$account:" "$D"

  settings_make
  apache_make
  [ "$account" = "$(id -un)" ] || chown -R "$account:" "$D/etc" "$D/apache"
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
    web_stop
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

  MCP server   $MCP_URL
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
  while alive "$(web_pid)" "$D/apache"; do
    sleep 1 &
    wait $! || true
  done
  die 'Apache has ended'
  ;;
stop) stop ;;
web | database)
  D=$(state_of "$dir")
  [ -n "$D" ] || die "no site runs in $dir"
  case $verb-${3-} in
  web-start) web_start ;;
  web-stop) web_stop ;;
  web-reload) kill -USR1 "$(web_pid)" ;;
  database-start) database_start ;;
  database-stop) database_stop fast ;;
  database-kill) database_stop immediate ;;
  *) die "no such thing to do: $verb ${3-}" ;;
  esac
  ;;
*) die "no such verb: $verb" ;;
esac
