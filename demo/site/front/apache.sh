# SPDX-License-Identifier: MIT
# shellcheck shell=bash
#
# apache.sh - an Apache of the site's own around the configuration files that we
# ship, and the FastCGI programs below it.  Sourced by front_use.

apache_find() {
  APACHE_BIN=$(command -v apache2 || command -v httpd || true)
  [ -n "$APACHE_BIN" ] || [ ! -x /usr/sbin/apache2 ] ||
    APACHE_BIN=/usr/sbin/apache2
  [ -n "$APACHE_BIN" ] || die 'no Apache found: run demo/packages.sh demo'
  for modules in /usr/lib/apache2/modules /usr/lib64/httpd/modules ''; do
    [ ! -e "$modules/mod_fcgid.so" ] || return 0
  done
  die 'no mod_fcgid found: run demo/packages.sh demo'
}

# An MCP server of SITE_SERVE.
apache_serve() { # PATH BACKEND
  case $2 in
  whoami)
    apache_whoami "$1"
    echo "Use GuardMCP $1"
    ;;
  cgi:*)
    echo "ScriptAlias $1 ${2#cgi:}"
    echo "<Directory $(dirname "${2#cgi:}")>"
    echo '  Require all granted'
    echo '</Directory>'
    echo "Use GuardMCP $1"
    ;;
  *) echo "Use ProxyMCP $1 $2" ;;
  esac
}

# ---- the profile: mcp-oauth.conf.  pool.sh has others of these.

# Apache gives them its error log.
web_log_to() {
  echo stderr
}

apache_modules='fcgid buffer'

apache_profile() {
  cat <<EOF
FcgidIPCDir $D/$front/run/fcgid
FcgidProcessTableFile $D/$front/run/fcgid.shm
FcgidSpawnScoreUpLimit 50
Define MCP_OAUTH_CONFIG $conf/mcp-oauth.conf
Define MCP_OAUTH_GUARD_CONFIG $conf/guard.conf
Include $D/usr/share/mcp-oauth/apache-conf/mcp-oauth.conf
EOF
}

apache_documents() {
  [ -z "${SITE_STATIC_METADATA-}" ] || cat <<EOF
Define MCP_OAUTH_DOCUMENTS $D/documents
Include $D/usr/share/mcp-oauth/apache-conf/static-metadata.conf
EOF
}

# What the demo adds: paths of old clients, and an MCP server.
apache_demo() {
  cat <<EOF
Include $D/usr/share/mcp-oauth/apache-conf/legacy-paths.conf
<Directory $D/usr/libexec/mcp-oauth/demo>
  Options +ExecCGI
  SetHandler fcgid-script
  SetInputFilter BUFFER
  Require all granted
</Directory>
EOF
  [ ! -x "$D/usr/libexec/mcp-oauth/demo/whoami" ] ||
    echo "FcgidCmdOptions $D/usr/libexec/mcp-oauth/demo/whoami MaxProcesses 16 MinProcesses 1"
}

apache_whoami() { # PATH
  echo "Alias $1 $D/usr/libexec/mcp-oauth/demo/whoami"
}

# ---- the server

web_make() {
  local share=$D/usr/share/mcp-oauth/apache-conf cgi=
  case ${SITE_SERVE-} in *' cgi:'*) cgi=cgid ;; esac
  apache_find
  mkdir -p "$D/$front/run/fcgid" "$D/$front/www"
  {
    cat <<EOF
ServerRoot $D/$front
ServerName 127.0.0.1
Listen 127.0.0.1:$port
PidFile $D/$front/run/httpd.pid
DefaultRuntimeDir $D/$front/run
Mutex pthread default
ErrorLog $D/log/error.log
LogLevel warn
ServerTokens Prod
EOF
    for module in mpm_event authn_core authz_core authz_host alias env headers \
      macro proxy proxy_http reqtimeout rewrite setenvif unique_id $apache_modules $cgi ${SITE_MODULES-}; do
      echo "LoadModule ${module}_module $modules/mod_$module.so"
    done
    cat <<EOF
StartServers 1
ServerLimit 2
ThreadsPerChild 32
MaxRequestWorkers 64
MinSpareThreads 4
MaxSpareThreads 64
${cgi:+ScriptSock $D/$front/run/cgid}
DocumentRoot $D/$front/www
<Directory />
  AllowOverride None
  Require all denied
</Directory>
<Directory $D/$front/www>
  Require all granted
</Directory>

Define SHARE $share
Define STATE $D
${SITE_APACHE_BEFORE-}
$(apache_documents)
$(apache_profile)
CustomLog $D/log/access.log mcp_oauth
CustomLog $D/log/calls.log mcp_oauth_calls "expr=-n reqenv('MCP_SUBJECT')"
EOF
    [ -n "${SITE_PLAIN-}" ] || apache_demo
    # Of two aliases the first that fits is taken.
    front_servers | tac | while read -r path backend; do
      apache_serve "$path" "$backend"
    done
    printf '%s\n' "${SITE_APACHE_EXTRA-}"
  } >"$D/$front/httpd.conf"
}

apache_start() {
  apache_find
  as "$APACHE_BIN" -d "$D/$front" -f "$D/$front/httpd.conf" -k start \
    </dev/null >>"$D/log/setup.log" 2>&1 ||
    die "Apache did not start: $(tail -n 5 "$D/log/setup.log" "$D/log/error.log")"
}

apache_pid() {
  pid_of "$D/$front/run/httpd.pid"
}

web_running() {
  alive "$(apache_pid)" "$D/$front"
}

web_reload() {
  kill -USR1 "$(apache_pid)"
}

apache_stop() {
  local pid
  pid=$(apache_pid)
  if web_running; then
    kill -TERM "$pid"
    await 20 gone "$pid" "$D/$front" || kill -KILL "$pid"
  fi
  rm -f "$D/$front/run/httpd.pid"
}

web_start() {
  apache_start
}

web_stop() {
  apache_stop
}

web_env() {
  cat <<EOF
APACHE_BIN='$APACHE_BIN'
APACHE_CONF='$D/$front/httpd.conf'
APACHE_PID_FILE='$D/$front/run/httpd.pid'
APACHE_CALLS_LOG='$D/log/calls.log'
EOF
}
