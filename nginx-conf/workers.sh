#!/bin/sh
# SPDX-License-Identifier: MIT
#
# workers.sh [stop] - start the FastCGI programs by spawn-fcgi, for web servers
# that start none, as the user that runs this: the web server's own.  What runs
# already ends first.  At each start of the machine, for instance from cron:
#   @reboot www-data /usr/local/share/mcp-oauth/nginx-conf/workers.sh
#
# A program that ends is not started again; ours do not end at a request, only
# when they are told to or killed.
set -eu

libexec=/usr/local/libexec/mcp-oauth
settings=/etc/mcp-oauth
run=/run/mcp-oauth

stop() {
  for file in "$run"/*.pids; do
    [ -e "$file" ] || continue
    # The last line has no end.
    while read -r pid || [ -n "$pid" ]; do
      # A number may be another process's by now.
      case $(readlink "/proc/$pid/exe" 2>/dev/null) in
      "$libexec"/*) kill "$pid" 2>/dev/null || true ;;
      esac
    done <"$file"
    rm -f "$file" "${file%.pids}.socket"
  done
}

start() { # PROGRAM COUNT SETTINGS
  name=${1##*/}
  env -i PATH=/usr/bin:/bin MCP_OAUTH_CONFIG="$settings/$3" \
    "$spawn" -s "$run/$name.socket" -M 0600 -F "$2" -P "$run/$name.pids" \
    -- "$libexec/$1" >/dev/null
}

spawn=$(command -v spawn-fcgi) || {
  echo 'workers.sh: apt install spawn-fcgi' >&2
  exit 1
}
umask 077
stop
[ "${1-}" != stop ] || exit 0

# Each may hold one database connection (60 with these numbers), the guard's hold
# one together.
for program in "$libexec"/cgi-bin/*; do
  case ${program##*/} in
  token) count=4 ;;
  authorize | login | par) count=8 ;;
  apps | logout | metrics | password | recover | second_factor) count=1 ;;
  *) count=2 ;;
  esac
  start "cgi-bin/${program##*/}" "$count" mcp-oauth.conf
done
start guard/guard 2 guard.conf
