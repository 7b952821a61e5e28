#!/bin/bash
# SPDX-License-Identifier: MIT
#
# packages.sh SET... - install the Debian packages of the named sets that are
# missing, and nothing else: no recommended packages, no service started, no
# PostgreSQL cluster made.  Sets: build, demo, check, long, lint, analyze, fuzz,
# bench, bench-peers, deb, and the web server of the demo: apache, pool, lighttpd,
# nginx, caddy.
set -eu

if [ $# -eq 0 ]; then
  echo 'usage: packages.sh build|demo|check|long|lint|analyze|fuzz|bench|bench-peers|deb ...' >&2
  exit 2
fi
if ! command -v dpkg-query >/dev/null; then
  echo 'packages.sh: no Debian packages here: what is needed must be there already' >&2
  exit 0
fi

installed() {
  [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

# The server of the release, or a newer one that is already there.
postgresql() {
  local bin
  for bin in /usr/lib/postgresql/*/bin/initdb; do
    if [ -x "$bin" ]; then
      bin=${bin%/bin/initdb}
      echo "postgresql-${bin##*/}"
      return
    fi
  done
  apt-cache depends postgresql 2>/dev/null |
    sed -n 's/.*Depends: \(postgresql-[0-9]*\)$/\1/p' | head -n 1 | grep . ||
    echo postgresql-15
}

wanted() {
  case $1 in
  build)
    echo gcc libc6-dev make pkg-config libfcgi-dev libjson-c-dev libsodium-dev \
      libpq-dev libssl-dev libcurl4-openssl-dev libqrencode-dev
    ;;
  demo) echo apache2-bin libapache2-mod-fcgid "$(postgresql)" ;;
  apache | cgi) ;;
  pool) echo spawn-fcgi multiwatch ;;
  lighttpd) echo lighttpd lighttpd-modules-lua ;;
  nginx) echo nginx nginx-common spawn-fcgi ;;
  caddy) echo caddy spawn-fcgi ;;
  check)
    echo perl curl ca-certificates valgrind chromium fail2ban pgbouncer libtap-parser-sourcehandler-pgtap-perl \
      "$(postgresql)-pgtap" "$(postgresql)-cron" \
      apache2-utils slapd ldap-utils libapache2-mod-auth-openidc php-cgi libnss-wrapper \
      python3 python3-jwt python3-cryptography php-cli \
      lighttpd lighttpd-modules-lua nginx nginx-common spawn-fcgi caddy multiwatch haproxy iproute2
    # Any npm will do: it fetches the node that runs the tests.
    command -v npm >/dev/null || echo nodejs npm
    ;;
  long) echo firefox-esr gccgo-12 ;;
  bench-peers)
    echo libapache2-mod-auth-openidc libapache2-mod-oauth2 glewlwyd \
      dbconfig-no-thanks
    ;;
  bench)
    echo wrk strace valgrind perl
    command -v npm >/dev/null || echo nodejs npm
    ;;
  lint)
    echo git cppcheck shellcheck mandoc
    command -v clang-format-14 >/dev/null || echo clang-format-14
    ;;
  analyze) command -v clang-tidy-14 >/dev/null || echo clang-tidy-14 ;;
  deb) echo debhelper apache2-dev dpkg-dev lintian debootstrap ;;
  fuzz) echo clang-14 libclang-rt-14-dev llvm-14 ;;
  *)
    echo "packages.sh: no set named '$1'; FRONT may be pool, lighttpd, nginx, caddy or cgi" >&2
    exit 2
    ;;
  esac
}

missing=()
for set in "$@"; do
  list=$(wanted "$set")
  for package in $list; do
    installed "$package" || missing+=("$package")
  done
done
[ ${#missing[@]} -gt 0 ] || exit 0

as_root=()
if [ "$(id -u)" -ne 0 ]; then
  if ! command -v sudo >/dev/null; then
    printf 'packages.sh: these packages are missing, and there is no sudo to install them with; as root:\n  apt-get install --no-install-recommends %s\n' \
      "${missing[*]}" >&2
    exit 1
  fi
  as_root=(sudo)
fi
echo "installing ${missing[*]}"

# What is written here for the time of the installation goes again at the end.
written=()
put() {
  "${as_root[@]}" mkdir -p "${1%/*}"
  written+=("$1")
  "${as_root[@]}" tee "$1" >/dev/null
}
# shellcheck disable=SC2317 # reached through the trap
tidy() {
  [ ${#written[@]} -eq 0 ] || "${as_root[@]}" rm -f "${written[@]}"
}
trap tidy EXIT
# postgresql-common makes no cluster of its own.
case " ${missing[*]} " in
*' postgresql-'*)
  put /etc/postgresql-common/createcluster.d/zz-mcp-oauth.conf \
    <<<'create_main_cluster = false'
  ;;
esac
# slapd makes no directory of its own either.
case " ${missing[*]} " in
*' slapd '*)
  "${as_root[@]}" debconf-set-selections \
    <<<'slapd slapd/no_configuration boolean true'
  ;;
esac
# Nor glewlwyd a database.
case " ${missing[*]} " in
*' glewlwyd '*)
  "${as_root[@]}" debconf-set-selections \
    <<<'glewlwyd glewlwyd/config_type select No configuration'
  ;;
esac
# No service starts: invoke-rc.d asks this program, and 101 means no.
if [ ! -e /usr/sbin/policy-rc.d ]; then
  put /usr/sbin/policy-rc.d <<<$'#!/bin/sh\nexit 101'
  "${as_root[@]}" chmod 755 /usr/sbin/policy-rc.d
fi

apt_get() {
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q \
    -o Dpkg::Use-Pty=0 -o Acquire::Retries=3 -o DPkg::Lock::Timeout=300 "$@" \
    </dev/null
}
apt_get update
apt_get install -y --no-install-recommends "${missing[@]}"

# Nor does one start at the next boot.
for package in "${missing[@]}"; do
  dpkg -L "$package" | sed -n 's|^\(/usr\)\{0,1\}/lib/systemd/system/\([^@/]*\.service\)$|\2|p'
done | while IFS= read -r unit; do
  "${as_root[@]}" rm -f /etc/systemd/system/*.wants/"$unit"
done
