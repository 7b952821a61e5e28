# SPDX-License-Identifier: MIT
# shellcheck shell=bash
#
# lighttpd.sh - a lighttpd of the site's own around the configuration files that
# we ship, and the FastCGI programs below it.  Sourced by front_use.

lighttpd_find() {
  LIGHTTPD_BIN=$(PATH=$PATH:/usr/sbin command -v lighttpd) ||
    die 'no lighttpd found: run demo/packages.sh check'
}

# An MCP server of SITE_SERVE.
lighttpd_serve() { # PATH BACKEND
  local host path
  echo "\$HTTP[\"url\"] =~ \"^$1(/|\$)\" {"
  case $2 in
  whoami)
    echo "  fastcgi.server = ( \"$1\" => var.site_whoami )"
    ;;
  cgi:*)
    echo "  alias.url = ( \"$1\" => \"${2#cgi:}\" )"
    echo '  cgi.assign = ( "" => "" )'
    ;;
  http://*)
    host=${2#http://}
    path=/${host#*/}
    host=${host%%/*}
    echo "  proxy.server = ( \"\" => (( \"host\" => \"${host%:*}\", \"port\" => ${host#*:} )) )"
    echo "  proxy.header = ( \"map-urlpath\" => ( \"$1\" => \"$path\" ) )"
    ;;
  esac
  echo '  include var.mcp_oauth_share + "/guard.conf"'
  echo '}'
}

web_log_to() {
  echo "$D/log/error.log"
}

web_make() {
  local share=$D/usr/share/mcp-oauth/lighttpd-conf
  lighttpd_find
  mkdir -p "$D/lighttpd/www"
  # As its comments say, less the paths of a system.
  sed "s|/run/mcp-oauth|$D/run|" "$share/50-mcp-oauth.conf" \
    >"$D/lighttpd/50-mcp-oauth.conf"
  {
    cat <<EOF
server.modules = ( "mod_accesslog", "mod_alias", "mod_cgi" )
server.bind = "127.0.0.1"
server.port = $port
server.tag = "lighttpd"
server.document-root = "$D/lighttpd/www"
server.pid-file = "$D/lighttpd/lighttpd.pid"
server.errorlog = "$D/log/error.log"
server.feature-flags += ( "server.graceful-shutdown-timeout" => 20 )
accesslog.filename = "$D/log/access.log"
accesslog.format = "%h %l %u %t \"%m %U %H\" %>s %O %D %{UNIQUE_ID}e"

include "$D/lighttpd/50-mcp-oauth.conf"
EOF
    [ -n "${SITE_PLAIN-}" ] || cat <<EOF

# What the demo adds: paths of old clients, and an MCP server at /mcp.
include var.mcp_oauth_share + "/legacy-paths.conf"
var.site_whoami = ((
  "bin-path" => "$D/usr/libexec/mcp-oauth/demo/whoami",
  "socket" => "$D/run/lighttpd-whoami",
  "check-local" => "disable", "max-procs" => 4
))
EOF
    [ -z "${SITE_STATIC_METADATA-}" ] ||
      sed "s|/var/lib/mcp-oauth|$D|" "$share/static-metadata.conf"
    # Of two blocks the last that fits is taken.
    front_servers | while read -r path backend; do
      lighttpd_serve "$path" "$backend"
    done
    printf '%s\n' "${SITE_LIGHTTPD_EXTRA-}"
  } >"$D/lighttpd/lighttpd.conf"
}

web_start() {
  lighttpd_find
  as "$LIGHTTPD_BIN" -f "$D/lighttpd/lighttpd.conf" \
    </dev/null >>"$D/log/setup.log" 2>&1 ||
    die "lighttpd did not start: $(tail -n 5 "$D/log/setup.log" "$D/log/error.log")"
}

lighttpd_pid() {
  pid_of "$D/lighttpd/lighttpd.pid"
}

web_running() {
  alive "$(lighttpd_pid)" "$D/lighttpd"
}

web_reload() {
  kill -USR1 "$(lighttpd_pid)"
}

web_stop() {
  local pid
  pid=$(lighttpd_pid)
  if web_running; then
    kill -TERM "$pid"
    await 20 gone "$pid" "$D/lighttpd" || kill -KILL "$pid"
  fi
  rm -f "$D/lighttpd/lighttpd.pid"
}

web_env() {
  echo "LIGHTTPD_CONF='$D/lighttpd/lighttpd.conf'"
}
