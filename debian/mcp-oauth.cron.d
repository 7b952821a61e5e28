# SPDX-License-Identifier: MIT
#
# mcp-oauth - what is of no more use is removed, and the guard's file gets the
# keys of the coming months.  Nothing is done while the settings are not good.
*/5 * * * *  root  [ ! -x /usr/bin/mcp-oauth ] || ! mcp-oauth config check >/dev/null 2>&1 || mcp-oauth purge >/dev/null
17 4 * * 1   root  [ ! -x /usr/bin/mcp-oauth ] || ! mcp-oauth config check >/dev/null 2>&1 || mcp-oauth render >/dev/null
