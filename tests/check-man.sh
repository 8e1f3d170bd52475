#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# check-man.sh ROOT: mandoc finds nothing worse than a matter of style in the manual pages.
set -eu

if ! command -v mandoc >/dev/null; then
  echo "mandoc is missing"
  exit 77
fi

check () {
  mandoc -Tlint -Wwarning "$1"/docs/*.[1-9]
}

self_test () {
  planted=$(mktemp -d)
  trap 'rm -rf "$planted"' EXIT
  mkdir "$planted/docs"
  printf '.TH GOOD 7 2026-11-22 offhook\n.SH NAME\ngood \\- a page\n' >"$planted/docs/good.7"
  check "$planted" || { echo "NOT PASSED: a good page"; return 1; }
  printf '.TH BAD 1 2026-11-22 offhook\n.SH NAME\nbad \\- a page\n.SH\n' >"$planted/docs/bad.1"
  if said=$(check "$planted" 2>&1); then
    echo "NOT FOUND: a bad page"
    return 1
  fi
  case $said in
    *docs/bad.1:4:*) echo "found docs/bad.1:4" ;;
    *) echo "NOT NAMED: $said"; return 1 ;;
  esac
}

if [ "$1" = --self-test ]; then
  self_test
else
  check "$1"
fi
