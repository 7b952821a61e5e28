# SPDX-License-Identifier: MIT
# shellcheck shell=bash
#
# process.sh - the account that a site runs as, its processes and its port.
# Sourced by site.sh.

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

# The programs, beside a web server that starts none, and the demo's MCP server.
programs_start() { # workers.sh, of nginx-conf
  as sh "$1" </dev/null >>"$D/log/setup.log" 2>&1 ||
    die "the programs did not start: $(tail -n 5 "$D/log/setup.log")"
  [ ! -x "$D/usr/libexec/mcp-oauth/demo/whoami" ] ||
    as spawn-fcgi -s "$D/run/whoami.socket" -M 0600 -F 4 \
      -- "$D/usr/libexec/mcp-oauth/demo/whoami" >>"$D/log/setup.log" 2>&1 ||
    die "whoami did not start: $(tail -n 5 "$D/log/setup.log")"
}
