# SPDX-License-Identifier: MIT
# shellcheck shell=bash
#
# front.sh - which web server stands in front.  Sourced by site.sh.
#
# A file of front/ is one way to serve a site.  What it writes lies in the
# folder of its name below the site's; it gives these functions:
#
#   web_log_to   print LOG_TO of its programs
#   web_make     write its configuration; its folder is there
#   web_start    start it, and what it does not start itself; in the background
#   web_stop     end it, whatever state it is in
#   web_reload   make it read its configuration anew, without a lost request
#   web_running  does it run?
#   web_env      print its lines of the file env, besides those for every front
#
# It logs to $D/log/error.log and $D/log/access.log.

front_use() { # NAME
  [ -r "$root/demo/site/front/$1.sh" ] ||
    die "no such SITE_FRONT: $1 (there is $(front_names))"
  front=$1
  # shellcheck source=site/front/apache.sh
  . "$root/demo/site/front/$front.sh"
}

front_names() {
  local names
  names=$(cd "$root/demo/site/front" && echo *.sh)
  echo "${names//.sh/}"
}

# The front of the site in $D, which was started earlier.
front_of_site() {
  front_use "$(cat "$D/front" 2>/dev/null || echo apache)"
}

# The MCP servers to guard, a path below another after it.
front_servers() {
  {
    [ -n "${SITE_PLAIN-}" ] || echo /mcp "${SITE_MCP:-whoami}"
    printf '%s\n' "${SITE_SERVE-}"
  } | sed '/^$/d' | LC_ALL=C sort
}

# The FastCGI programs end with the web server that started them; what it
# forgets is found by its path.
front_stop() {
  web_stop
  await 10 programs_gone || programs kill -KILL
}
