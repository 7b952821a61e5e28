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
    echo "Alias $1 $D/usr/libexec/mcp-oauth/demo/whoami"
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

# Apache gives them its error log.
web_log_to() {
  echo stderr
}

web_make() {
  local share=$D/usr/share/mcp-oauth/apache-conf cgi=
  case ${SITE_SERVE-} in *' cgi:'*) cgi=cgid ;; esac
  apache_find
  mkdir -p "$D/apache/run/fcgid" "$D/apache/www"
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
      macro proxy proxy_http reqtimeout rewrite setenvif unique_id fcgid $cgi ${SITE_MODULES-}; do
      echo "LoadModule ${module}_module $modules/mod_$module.so"
    done
    cat <<EOF
StartServers 1
ServerLimit 2
ThreadsPerChild 32
MaxRequestWorkers 64
MinSpareThreads 4
MaxSpareThreads 64
${cgi:+ScriptSock $D/apache/run/cgid}
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
Define STATE $D
${SITE_APACHE_BEFORE-}
Define MCP_OAUTH_CONFIG $conf/mcp-oauth.conf
Define MCP_OAUTH_GUARD_CONFIG $conf/guard.conf
Include $share/mcp-oauth.conf
CustomLog $D/log/access.log mcp_oauth
CustomLog $D/log/calls.log mcp_oauth_calls "expr=-n reqenv('MCP_SUBJECT')"
EOF
    if [ -z "${SITE_PLAIN-}" ]; then
      cat <<EOF

# What the demo adds: paths of old clients, and an MCP server.
Include $share/legacy-paths.conf
<Directory $D/usr/libexec/mcp-oauth/demo>
  Options +ExecCGI
  SetHandler fcgid-script
  Require all granted
</Directory>
EOF
      [ ! -x "$D/usr/libexec/mcp-oauth/demo/whoami" ] ||
        echo "FcgidCmdOptions $D/usr/libexec/mcp-oauth/demo/whoami MaxProcesses 16 MinProcesses 1"
    fi
    # Of two aliases the first that fits is taken.
    front_servers | tac | while read -r path backend; do
      apache_serve "$path" "$backend"
    done
    printf '%s\n' "${SITE_APACHE_EXTRA-}"
  } >"$D/apache/httpd.conf"
}

web_start() {
  apache_find
  as "$APACHE_BIN" -d "$D/apache" -f "$D/apache/httpd.conf" -k start \
    </dev/null >>"$D/log/setup.log" 2>&1 ||
    die "Apache did not start: $(tail -n 5 "$D/log/setup.log" "$D/log/error.log")"
}

apache_pid() {
  pid_of "$D/apache/run/httpd.pid"
}

web_running() {
  alive "$(apache_pid)" "$D/apache"
}

web_reload() {
  kill -USR1 "$(apache_pid)"
}

web_stop() {
  local pid
  pid=$(apache_pid)
  if web_running; then
    kill -TERM "$pid"
    await 20 gone "$pid" "$D/apache" || kill -KILL "$pid"
  fi
  rm -f "$D/apache/run/httpd.pid"
}

web_env() {
  cat <<EOF
APACHE_BIN='$APACHE_BIN'
APACHE_CONF='$D/apache/httpd.conf'
APACHE_PID_FILE='$D/apache/run/httpd.pid'
APACHE_CALLS_LOG='$D/log/calls.log'
EOF
}
