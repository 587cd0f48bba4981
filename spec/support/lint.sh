#!/bin/sh
# SPDX-License-Identifier: MIT
# lint.sh CHECK - one check of style or of the layers. Prints what is wrong.
# Run from the root.

# none PATTERN FILES... - fail, showing the lines, when a line matches
none() {
  ! grep -nE "$@"
}

c_files() {
  find runtime spec -name '*.[ch]' | sort
}

# Each floor includes only what is below it; stdlib/ uses what users may use.
layers() {
  bad=0
  none '#include <(lua|lauxlib|lualib|uv|yaml)\.h>' \
    runtime/core/*.[ch] || bad=1
  none '#include <(lua|lauxlib|lualib)\.h>' runtime/io/*.[ch] runtime/main.c \
    spec/core/*.[ch] || bad=1
  none '#include "\.\./(io|bind)/' runtime/core/*.[ch] || bad=1
  none '#include "\.\./bind/' runtime/io/*.[ch] || bad=1
  none '\<(v?f?printf|f?puts|f?putc|putchar|perror|fwrite|exit)\(' \
    runtime/core/*.[ch] || bad=1
  if grep -rnE 'require *\(?"(wl\.(store|host|base|cli|repl)"|[^ws])' stdlib ||
    grep -rnwE '(io|os|debug)\.[a-z]+' --include='*.lua' stdlib |
      grep -vE ':[0-9]+: *--'; then
    bad=1
  fi
  return $bad
}

# No file of the core keeps state of its own.
globals() {
  size -A $(find build/runtime/core -name '*.o' | sort) | awk '
    /\.o +:/ { file = $1 }
    ($1 ~ /^\.(data|bss|tdata|tbss)(\.|$)/ && $1 !~ /rel\.ro/ && $2 > 0) {
      print file ": " $2 " bytes of file-level state"; bad = 1
    }
    END { exit bad }'
}

# A file is one subject.
sizes() {
  { find runtime -name '*.[ch]' -exec awk -v limit=500 'END {
      if (NR > limit) print FILENAME ": " NR " lines, at most " limit }' {} \;
    find lua stdlib -name '*.lua' ! -path 'lua/meta/*' -exec awk -v limit=450 'END {
      if (NR > limit) print FILENAME ": " NR " lines, at most " limit }' {} \;
  } | awk '{ print; bad = 1 } END { exit bad }'
}

licence() {
  find runtime lua stdlib spec \( -name '*.[ch]' -o -name '*.S' \
    -o -name '*.lua' -o -name '*.sh' \) -print | sort | while read -r file; do
    head -n 2 "$file" | grep -q 'SPDX-License-Identifier: MIT' ||
      echo "$file: no SPDX line"
  done | awk '{ print; bad = 1 } END { exit bad }'
}

c_tidy() {
  c_files | grep '\.c$' | xargs -P 2 -I '{}' clang-tidy --quiet '{}' -- \
    -std=c11 -D_GNU_SOURCE '-DWL_VERSION="lint"' \
    $(pkg-config --cflags lua5.4) 2>/dev/null
}

case $1 in
  c-format) c_files | xargs clang-format --dry-run -Werror ;;
  c-tidy) c_tidy ;;
  luacheck) luacheck -q lua stdlib examples spec --exclude-files lua/meta ;;
  layers) layers ;;
  globals) globals ;;
  sizes) sizes ;;
  licence) licence ;;
  *) echo "lint.sh: no check called '$1'" >&2 && exit 2 ;;
esac
