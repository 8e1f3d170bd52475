#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Every C file is as clang-format leaves it. Prints file:line of what is not.
set -eu

root=${1:-$(cd "$(dirname "$0")/.." && pwd)}

if ! command -v clang-format >/dev/null; then
  echo "clang-format is missing"
  exit 77
fi

check () {
  cd "$1"
  find daemon client docs sim tests -name '*.[ch]' -print0 | sort -z |
    xargs -0 -r clang-format --dry-run -Werror --style=file
}

self_test () {
  planted=$(mktemp -d)
  trap 'rm -rf "$planted"' EXIT
  mkdir "$planted/daemon" "$planted/client" "$planted/docs" "$planted/sim" "$planted/tests"
  cp "$(dirname "$0")/../.clang-format" "$planted/"
  printf 'int\nmain (void)\n{\n  return 0;\n}\n' >"$planted/tests/good.c"
  (check "$planted") || { echo "NOT PASSED: a good file"; return 1; }
  printf 'int\nmain (void)\n{\n  return(0);\n}\n' >"$planted/sim/bad.c"
  if said=$(check "$planted" 2>&1); then
    echo "NOT FOUND: a bad file"
    return 1
  fi
  case $said in
    *sim/bad.c:4:*) echo "found sim/bad.c:4" ;;
    *) echo "NOT NAMED: $said"; return 1 ;;
  esac
}

if [ "$root" = --self-test ]; then
  self_test
else
  check "$root"
fi
