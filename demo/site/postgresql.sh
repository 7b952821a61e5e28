# SPDX-License-Identifier: MIT
# shellcheck shell=bash
#
# postgresql.sh - a cluster of the site's own, on a unix socket in a folder that
# only the account can enter.  Sourced by site.sh.

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
    --locale="${SITE_LOCALE:-C}" -E UTF8 >>"$D/log/setup.log" 2>&1 ||
    die "initdb failed: $(tail -n 5 "$D/log/setup.log")"
  as tee -a "$D/pg/data/postgresql.conf" >/dev/null <<EOF
listen_addresses = ''
unix_socket_directories = '$D/pg'
unix_socket_permissions = 0700
max_connections = 100
shared_buffers = 32MB
log_line_prefix = '%m %u '
${SITE_POSTGRESQL_EXTRA-}
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
