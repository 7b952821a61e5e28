# SPDX-License-Identifier: MIT
# shellcheck shell=bash
#
# caddy.sh - a Caddy of the site's own around the configuration file that we
# ship, and the FastCGI programs beside it, started by spawn-fcgi.  Sourced by
# front_use.

caddy_find() {
  CADDY_BIN=$(command -v caddy) || die 'no caddy found: run demo/packages.sh check'
}

# An MCP server of SITE_SERVE.
caddy_serve() { # PATH BACKEND
  local backend=${2#http://}
  echo "    @serve${1//\//_} path $1 $1/*"
  echo "    route @serve${1//\//_} {"
  echo '      import mcp_oauth_guard'
  case $2 in
  whoami)
    echo "      reverse_proxy unix/$D/run/whoami.socket {"
    echo '        transport fastcgi {'
    echo '          env PATH_INFO ""'
    echo '        }'
    echo '      }'
    ;;
  http://*)
    echo "      uri path_regexp ^$1/?\$ /${backend#*/}"
    echo "      uri path_regexp ^$1/ /${backend#*/}/"
    echo "      reverse_proxy ${backend%%/*} {"
    echo '        import mcp_oauth_backend'
    echo '      }'
    ;;
  *) die "Caddy runs no CGI programs: $2" ;;
  esac
  echo '    }'
}

web_log_to() {
  echo "$D/log/error.log"
}

web_make() {
  local share=$D/usr/share/mcp-oauth
  caddy_find
  mkdir -p "$D/caddy/home"
  # As its comments say, less the paths of a system.
  sed "s|/run/mcp-oauth|$D/run|;s|/var/lib/mcp-oauth|$D|" "$share/caddy/mcp-oauth.caddy" \
    >"$D/caddy/mcp-oauth.caddy"
  sed "s|/run/mcp-oauth|$D/run|" "$share/nginx-conf/workers.sh" \
    >"$D/caddy/workers.sh"
  {
    cat <<EOF
{
  admin unix/$D/run/caddy-admin.socket
  auto_https off
  log {
    output file $D/log/error.log
  }
}
import $D/caddy/mcp-oauth.caddy
http://:$port {
  bind 127.0.0.1
  log {
    output file $D/log/access.log
    import mcp_oauth_log
  }
  route {
EOF
    [ -z "${SITE_STATIC_METADATA-}" ] || echo '    import mcp_oauth_documents'
    echo '    import mcp_oauth'
    front_servers | tac | while read -r path backend; do
      caddy_serve "$path" "$backend"
    done
    printf '%s\n' "${SITE_CADDY_EXTRA-}" '    respond 404' '  }' '}'
  } >"$D/caddy/Caddyfile"
}

caddy_run() {
  as env HOME="$D/caddy/home" "$CADDY_BIN" "$@" --config "$D/caddy/Caddyfile" \
    --adapter caddyfile </dev/null >>"$D/log/setup.log" 2>&1
}

web_start() {
  caddy_find
  programs_start "$D/caddy/workers.sh"
  caddy_run start --pidfile "$D/caddy/caddy.pid" ||
    die "Caddy did not start: $(tail -n 5 "$D/log/setup.log")"
}

caddy_pid() {
  pid_of "$D/caddy/caddy.pid"
}

web_running() {
  alive "$(caddy_pid)" "$D/caddy"
}

web_reload() {
  caddy_find
  caddy_run reload --force --address "unix/$D/run/caddy-admin.socket"
}

web_stop() {
  local pid
  pid=$(caddy_pid)
  if web_running; then
    kill -TERM "$pid"
    await 20 gone "$pid" "$D/caddy" || kill -KILL "$pid"
  fi
  rm -f "$D/caddy/caddy.pid"
  programs kill -TERM
}

web_env() {
  echo "CADDY_CONF='$D/caddy/Caddyfile'"
}
