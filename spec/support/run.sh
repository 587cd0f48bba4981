#!/bin/bash
# SPDX-License-Identifier: MIT
# run.sh STAGE... - run stages of the test suite, two at a time, and end with
# one line `N passed, N failed` that sums them. Run from the root; what the
# stages need has been built.
#
#   core, san-core    the C tests of the core
#   spec, spec/...    busted specs in ./wlrun; san-spec, san-spec/... sanitized
#   san-eager         those of modules in C once more, collecting all the time
#   fuzz              each fuzz target for $FUZZ_SECONDS
#   lint              style and layers
#
# What a program prints is shown only when it failed; it stays in build/test.
logs=build/test
counts=$logs/counts.$$
mkdir -p "$logs"
: >"$counts"
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
  echo "$2 $3" >>"$counts"
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

binding_specs() {
  ls spec/bind/*_spec.lua
  for c in runtime/bind/lua_*.c; do
    name=$(basename "${c#*/lua_}" .c)
    [ -e "spec/wl/${name}_spec.lua" ] && echo "spec/wl/${name}_spec.lua"
  done
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
    san-spec*) count "sanitized ${1#san-}" build/san/wlrun --busted "${1#san-}" ;;
    san-eager)
      export WLRUN_EAGER_GC=1
      for s in $(binding_specs); do
        count "sanitized, collecting, ${s%.lua}" build/san/wlrun --busted "$s"
      done ;;
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

# What a stage says comes out in one piece.
whole_stage() {
  stage "$1" >"$counts.$BASHPID" 2>&1
  cat "$counts.$BASHPID"
  rm -f "$counts.$BASHPID"
}

for s in "$@"; do
  [ "$(jobs -rp | wc -l)" -lt 2 ] || wait -n
  whole_stage "$s" &
done
wait
awk '{ passed += $1; failed += $2 }
  END { print passed + 0 " passed, " failed + 0 " failed"; exit failed > 0 }' \
  "$counts"
status=$?
rm -f "$counts"
exit $status
