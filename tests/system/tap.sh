# SPDX-License-Identifier: LGPL-2.1-or-later
# For the scripts beside this one: the TAP that they print. Sourced; they end with "finish".
tests=0 failed=0

# check TEXT COMMAND...: its output is shown when it fails.
check () {
  local text=$1 output

  shift
  tests=$((tests + 1))
  if output=$("$@" 2>&1); then
    echo "ok $tests - $text"
  else
    failed=$((failed + 1))
    echo "not ok $tests - $text"
    printf '%s\n' "$output" | sed 's/^/# /' | cut -c1-200 | tail -n 20
  fi
}

# until_ok COMMAND...: succeeds within 30 s.
until_ok () {
  local i

  for i in $(seq 300); do
    "$@" >/dev/null 2>&1 && return
    sleep 0.1
  done
  "$@"
}

finish () {
  echo "1..$tests"
  [ $failed = 0 ]
}
