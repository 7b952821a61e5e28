# SPDX-License-Identifier: MIT
# shellcheck shell=bash
#
# nginx.sh - an nginx of the site's own around the configuration files that we
# ship, and the FastCGI programs beside it, started by spawn-fcgi.  Sourced by
# front_use.

nginx_find() {
  NGINX_BIN=$(PATH=$PATH:/usr/sbin command -v nginx) ||
    die 'no nginx found: run demo/packages.sh check'
}

# An MCP server of SITE_SERVE.
nginx_serve() { # PATH BACKEND
  local path=${2#http://*/}
  echo "    location ^~ $1 {"
  case $2 in
  whoami) echo "      fastcgi_pass unix:$D/run/whoami.socket;" ;;
  http://*)
    echo "      rewrite ^$1/\$ /$path break;"
    echo "      proxy_pass $2;"
    ;;
  *) die "nginx runs no CGI programs: $2" ;;
  esac
  echo "      include $D/nginx/conf/guard.conf;"
  echo '    }'
}

web_log_to() {
  echo "$D/log/error.log"
}

web_make() {
  local share=$D/usr/share/mcp-oauth/nginx-conf file
  nginx_find
  mkdir -p "$D/nginx/conf" "$D/nginx/www" "$D/nginx/tmp"
  # As its comments say, less the paths of a system.
  for file in "$share"/*; do
    sed "s|/run/mcp-oauth|$D/run|;s|/var/lib/mcp-oauth|$D|;s|$share|$D/nginx/conf|" "$file" \
      >"$D/nginx/conf/${file##*/}"
  done
  {
    cat <<EOF
pid $D/nginx/nginx.pid;
error_log $D/log/error.log;
worker_processes 1;
events {
  worker_connections 2048;
}
http {
  client_body_temp_path $D/nginx/tmp/body;
  proxy_temp_path $D/nginx/tmp/proxy;
  fastcgi_temp_path $D/nginx/tmp/fastcgi;
  uwsgi_temp_path $D/nginx/tmp/uwsgi;
  scgi_temp_path $D/nginx/tmp/scgi;
  server_tokens off;
  include $D/nginx/conf/mcp-oauth-http.conf;
  server {
    listen 127.0.0.1:$port;
    root $D/nginx/www;
    access_log $D/log/access.log mcp_oauth;
EOF
    [ -z "${SITE_STATIC_METADATA-}" ] ||
      echo "    include $D/nginx/conf/static-metadata.conf;"
    echo "    include $D/nginx/conf/mcp-oauth.conf;"
    # What the demo adds: paths of old clients.
    [ -n "${SITE_PLAIN-}" ] || echo "    include $D/nginx/conf/legacy-paths.conf;"
    front_servers | while read -r path backend; do
      nginx_serve "$path" "$backend"
    done
    printf '%s\n' "${SITE_NGINX_EXTRA-}" '  }' '}'
  } >"$D/nginx/nginx.conf"
}

nginx_run() {
  as "$NGINX_BIN" -p "$D/nginx" -c "$D/nginx/nginx.conf" -e "$D/log/error.log" \
    </dev/null >>"$D/log/setup.log" 2>&1
}

web_start() {
  nginx_find
  programs_start "$D/nginx/conf/workers.sh"
  nginx_run ||
    die "nginx did not start: $(tail -n 5 "$D/log/setup.log" "$D/log/error.log")"
}

nginx_pid() {
  pid_of "$D/nginx/nginx.pid"
}

web_running() {
  alive "$(nginx_pid)" "$D/nginx"
}

web_reload() {
  kill -HUP "$(nginx_pid)"
}

web_stop() {
  local pid
  pid=$(nginx_pid)
  if web_running; then
    kill -QUIT "$pid"
    await 5 gone "$pid" "$D/nginx" || kill -TERM "$pid"
    await 20 gone "$pid" "$D/nginx" || kill -KILL "$pid"
  fi
  rm -f "$D/nginx/nginx.pid"
  programs kill -TERM
}

web_env() {
  echo "NGINX_CONF='$D/nginx/nginx.conf'"
}
