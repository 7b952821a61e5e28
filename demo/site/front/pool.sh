# SPDX-License-Identifier: MIT
# shellcheck shell=bash
#
# pool.sh - apache.sh with the workers of pool.conf, which spawn-fcgi and
# multiwatch start as systemd would.  Sourced by front_use.

# shellcheck source=apache.sh
. "$root/demo/site/front/apache.sh"

# What they write to fd 2 is nobody's: spawn-fcgi leaves them without.
web_log_to() {
  echo "$D/log/error.log"
}

apache_modules='asis proxy_fcgi authnz_fcgi authz_user'

apache_profile() {
  cat <<EOF
# It knows no unix sockets.
AuthnzFcgiDefineProvider authn McpOAuthGuard fcgi://127.0.0.2:$port/
Define MCP_OAUTH_SOCKETS $D/pool/run
Include $D/usr/share/mcp-oauth/apache-conf/pool.conf
EOF
}

apache_demo() {
  echo "Include $D/usr/share/mcp-oauth/apache-conf/legacy-paths.conf"
}

apache_whoami() { # PATH
  echo "ProxyPass $1 \"unix:$D/pool/run/whoami.sock|fcgi://whoami\" retry=0"
}

# As ExecStart= of mcp-oauth@.service.  A pid file makes it a daemon.
pool_start() { # NAME PROGRAM WORKERS SETTINGS SOCKET-OPTIONS...
  local name=$1 program=$2 workers=$3 settings=$4
  shift 4
  [ -x "$program" ] || return 0
  as env -i PATH=/usr/bin:/bin MCP_OAUTH_CONFIG="$settings" \
    spawn-fcgi -P "$D/pool/run/$name.pid" "$@" \
    -- /usr/bin/multiwatch --forks="$workers" --retry=1000000 --signal=TERM \
    -- "$program" >>"$D/log/setup.log" 2>&1 ||
    die "could not start workers of $name: $(tail -n 3 "$D/log/setup.log")"
}

web_start() {
  local program name port libexec=$D/usr/libexec/mcp-oauth conf=$D/etc/mcp-oauth
  command -v spawn-fcgi >/dev/null && command -v multiwatch >/dev/null ||
    die 'no spawn-fcgi or multiwatch found: run demo/packages.sh check'
  for program in "$libexec"/cgi-bin/* "$libexec"/demo/whoami; do
    name=${program##*/}
    pool_start "$name" "$program" 4 "$conf/mcp-oauth.conf" \
      -s "$D/pool/run/$name.sock" -M 0600
  done
  port=$(sed -n 's|^Listen .*:||p' "$D/pool/httpd.conf")
  pool_start guard "$libexec/guard/guard" 4 "$conf/guard.conf" \
    -a 127.0.0.2 -p "$port"
  apache_start
}

# Apache first: nobody hears of a worker that is gone.
web_stop() {
  local file pid
  apache_stop
  for file in "$D"/pool/run/*.pid; do
    [ "$file" != "$D/pool/run/httpd.pid" ] || continue
    pid=$(pid_of "$file")
    ! alive "$pid" multiwatch || kill -TERM "$pid"
    rm -f "$file"
  done
}
