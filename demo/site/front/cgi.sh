# SPDX-License-Identifier: MIT
# shellcheck shell=bash
#
# cgi.sh - apache.sh as a shared host has it: each request starts a program, by
# mod_cgid and the .htaccess that we ship; the guard stands before MCP servers
# that are programs too.  Sourced by front_use.

# shellcheck source=apache.sh
. "$root/demo/site/front/apache.sh"

# Apache breaks up what a CGI program writes to fd 2.
web_log_to() {
  echo "$D/log/error.log"
}

apache_modules='cgid'

# The steps that the head of shared-host.htaccess tells.
apache_profile() {
  local home=$D/cgi/www/.htaccess
  sed -e "s|^#SetEnv MCP_OAUTH_CONFIG .*|SetEnv MCP_OAUTH_CONFIG $conf/mcp-oauth.conf|" \
    -e "s|^#SetEnv MCP_OAUTH_GUARD_CONFIG .*|SetEnv MCP_OAUTH_GUARD_CONFIG $conf/guard.conf|" \
    "$D/usr/share/mcp-oauth/apache-conf/shared-host.htaccess" >"$home"
  [ -n "${SITE_PLAIN-}" ] || grep -q '^MCP_RESOURCE_PROGRAM=/mcp ' "$conf/guard.conf" ||
    echo "MCP_RESOURCE_PROGRAM=/mcp $D/usr/libexec/mcp-oauth/demo/whoami" >>"$conf/guard.conf"
  cat <<EOF
ScriptSock $D/cgi/run/cgid.sock
ScriptAlias /cgi-bin/mcp-oauth/ $D/usr/libexec/mcp-oauth/cgi-bin/
ScriptAlias /cgi-bin/mcp-oauth-guard/ $D/usr/libexec/mcp-oauth/guard/
<Directory $D/usr/libexec/mcp-oauth>
  Require all granted
</Directory>
<Directory $D/cgi/www>
  AllowOverride All
</Directory>
LogFormat "%h %l %u %t \"%m %U %H\" %>s %O %D %<{UNIQUE_ID}e" mcp_oauth
LogFormat "%h" mcp_oauth_calls
TraceEnable off
LimitRequestLine 16384
RequestReadTimeout header=10,MinRate=500 body=10,MinRate=500
EOF
}

# What the demo adds: paths of old clients.
apache_demo() {
  # shellcheck disable=SC2016 # for Apache
  echo 'RewriteRule ^(authorize|token|register)$ /cgi-bin/mcp-oauth/$1 [E=HTTP_AUTHORIZATION:%{HTTP:Authorization},END]' \
    >>"$D/cgi/www/.htaccess"
}

apache_serve() { # PATH BACKEND
  local path=${1#/}
  sed -n "s|^#RewriteRule ^mcp(|RewriteRule ^$path(|p" \
    "$D/usr/share/mcp-oauth/apache-conf/shared-host.htaccess" >>"$D/cgi/www/.htaccess"
  case $2 in
  whoami) ;;
  cgi:*)
    echo "MCP_RESOURCE_PROGRAM=$1 ${2#cgi:}" >>"$conf/guard.conf"
    ;;
  *) die "a CGI guard leads to programs alone: $2" ;;
  esac
}
