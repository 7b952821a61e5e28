#!/bin/bash
# SPDX-License-Identifier: MIT
#
# run.sh - the pgTAP tests, on the database of a site made for them.
set -eu
cd "$(dirname "$0")/../.."

dir=$(mktemp -d)
trap 'demo/site.sh stop "$dir" >/dev/null; rm -rf "$dir"' EXIT
port=$((20000 + $$ % 10000))
SITE_PLAIN=1 demo/site.sh start "$dir" "$port" >/dev/null
# shellcheck disable=SC1091 # written by site.sh
. "$dir/env"
export PATH=$PG_BIN:$PATH
psql -X -q -h "$PG_SOCKET" -U postgres -d mcp_oauth -c 'CREATE EXTENSION pgtap'
pg_prove -h "$PG_SOCKET" -U postgres -d mcp_oauth tests/sql/*.sql
