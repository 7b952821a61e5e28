#!/bin/bash
# SPDX-License-Identifier: MIT
#
# run.sh corpus|SECONDS - feed the fuzz targets: their seeds once, or for so
# many seconds each, two at a time.  BUILD is where they lie.  What was found
# lies beside them afterwards, and so does the corpus, which the next run uses.
set -u
cd "$(dirname "$0")" || exit 1
build=${BUILD:?}/tests/fuzz
mode=${1:?corpus or seconds}
export ASAN_OPTIONS=detect_leaks=1:allocator_may_return_null=1
export UBSAN_OPTIONS=print_stacktrace=1

# One file a seed: they stand below lines of four hyphens.
seeds() { # NAME
  rm -rf "$build/seeds/$1"
  mkdir -p "$build/seeds/$1" "$build/corpus/$1"
  awk -v dir="$build/seeds/$1" '
    function done() { if (n) printf "%s", text > (dir "/" n) }
    $0 == "----" { done(); n++; text = ""; separator = ""; next }
    { text = text separator $0; separator = "\n" }
    END { done() }' "seeds/$1.txt"
}

fuzz() { # NAME
  local name=$1 log="$build/$1.log" args=()
  seeds "$name"
  if [ "$mode" = corpus ]; then
    args=(-runs=0)
  else
    args=("-max_total_time=$mode" "-dict=dict/$name.dict" -max_len=4096)
  fi
  # The next line of a log that went wrong names the input.
  if nice -n 10 "$build/fuzz_$name" "${args[@]}" -timeout=10 -rss_limit_mb=2048 \
    -artifact_prefix="$build/found-$name-" -print_final_stats=1 \
    "$build/corpus/$name" "$build/seeds/$name" >"$log" 2>&1; then
    printf 'ok   %-16s %s\n' "$name" "$(awk '
      /stat::number_of_executed_units/ { runs = $2 }
      /cov: / { for (i = 1; i < NF; i++) if ($i == "cov:") cov = $(i + 1) }
      END { printf "%d runs, %d edges", runs, cov }' "$log")"
  else
    tail -n 40 "$log"
    printf 'FAIL %-16s see %s\n' "$name" "$log"
    return 1
  fi
}

failed=0
running=0
for target in fuzz_*.c; do
  name=${target#fuzz_}
  name=${name%.c}
  fuzz "$name" &
  running=$((running + 1))
  if [ "$running" -ge 2 ]; then
    wait -n || failed=$((failed + 1))
    running=$((running - 1))
  fi
done
while [ "$running" -gt 0 ]; do
  wait -n || failed=$((failed + 1))
  running=$((running - 1))
done
[ "$failed" -eq 0 ] || echo "$failed targets found something"
[ "$failed" -eq 0 ]
