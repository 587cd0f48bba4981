#!/bin/sh
# SPDX-License-Identifier: MIT
# run.sh STAGE... - run stages of the test suite, one after another, and end
# with one line `N passed, N failed` that sums them. Run from the root; what
# the stages need has been built.
#
#   core, san-core    the C tests of the core
#   spec, spec/...    busted specs in ./wlrun; san-spec, san-spec/... sanitized
#   fuzz              each fuzz target for $FUZZ_SECONDS
#   lint              style and layers
#
# What a program prints is shown only when it failed; it stays in build/test.
logs=build/test
passed=0
failed=0
mkdir -p "$logs"
export ASAN_OPTIONS=detect_leaks=1:detect_stack_use_after_return=0
export UBSAN_OPTIONS=print_stacktrace=1

# count NAME COMMAND... - a program that prints its own `N passed, N failed`
count() {
  name=$1
  shift
  log=$logs/$(echo "$name" | tr '/ ' '--').log
  "$@" >"$log" 2>&1
  status=$?
  sum=$(grep -E '^[0-9]+ passed, [0-9]+ failed$' "$log" | tail -n 1)
  ok=${sum%% passed*}
  bad=${sum##*passed, }
  bad=${bad%% failed}
  if [ -z "$sum" ]; then
    ok=0 bad=1
  elif [ "$status" != 0 ] && [ "$bad" = 0 ]; then
    bad=1 # it died after its last check
  fi
  report "$name" "$ok" "$bad" "$log" "$status"
}

# single NAME COMMAND... - a program that is one test: its exit status counts
single() {
  name=$1
  shift
  log=$logs/$(echo "$name" | tr '/ ' '--').log
  if "$@" >"$log" 2>&1; then
    report "$name" 1 0 "$log" 0
  else
    report "$name" 0 1 "$log" $?
  fi
}

report() {
  passed=$((passed + $2))
  failed=$((failed + $3))
  if [ "$3" = 0 ]; then
    echo "ok      $1 ($2)"
  else
    cat "$4"
    echo "FAILED  $1 ($3 of $(($2 + $3)), exit status $5, see $4)"
  fi
}

fuzz() {
  target=$(basename "$1")
  seeds=spec/fuzz/corpus/${target#fuzz_}
  mkdir -p "build/fuzz/found/$target"
  [ -d "$seeds" ] || seeds=
  single "fuzz ${target#fuzz_}" "$1" -max_total_time="${FUZZ_SECONDS:-5}" -seed=1 \
    -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 \
    -artifact_prefix="build/fuzz/$target-" "build/fuzz/found/$target" $seeds
}

stage() {
  case $1 in
    core)
      for t in spec/core/test_*.c; do count "${t%.c}" "build/${t%.c}"; done ;;
    san-core)
      for t in spec/core/test_*.c; do
        count "sanitized ${t%.c}" "build/san/${t%.c}"
      done ;;
    spec*) count "$1" ./wlrun --busted "$1" ;;
    san-spec*)
      WLRUN_EAGER_GC=1 count "sanitized ${1#san-}" \
        build/san/wlrun --busted "${1#san-}" ;;
    fuzz)
      for t in spec/fuzz/fuzz_*.c; do
        [ -e "$t" ] && fuzz "build/fuzz/$(basename "${t%.c}")"
      done ;;
    lint)
      for check in c-format c-tidy luacheck layers globals sizes licence; do
        single "lint $check" sh spec/support/lint.sh $check
      done ;;
  esac
}

for s in "$@"; do stage "$s"; done
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
