#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Runs the lockstep command as a user does and compares output, messages and exit status.
#   test_tool.sh path/to/lockstep path/to/source
set -uo pipefail

lockstep=$1
source=$2
vectors=$source/tests/vectors
manual=$source/tools/lockstep.1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder" || exit 1
passed=0
failed=0

# expect STATUS TEXT COMMAND...: the exit status, and a piece of text in what is printed (both streams).
expect() {
    local status=$1 text=$2 output got
    shift 2
    output=$("$@" 2>&1)
    got=$?
    if [[ $got == "$status" && $output == *"$text"* ]]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        printf 'failed: %s\n  status %s, expected %s; expected "%s" in:\n%s\n' "$*" "$got" "$status" "$text" "$output"
    fi
}

expect 0 "usage: lockstep" "$lockstep" --help
expect 0 "lockstep 0." "$lockstep" --version
expect 2 "usage: lockstep" "$lockstep"
expect 2 "no command 'nonsense'" "$lockstep" nonsense
expect 2 "no command '--frobnicate'" "$lockstep" --frobnicate
for command in info eval random; do
    expect 0 "lockstep $command" "$lockstep" $command --help
    expect 2 "(see lockstep --help)" "$lockstep" $command x=1 --frobnicate
done

expect 0 "version" "$lockstep" info
expect 0 '"library"' "$lockstep" info --json
expect 2 "unexpected" "$lockstep" info --yaml
if command -v python3 > /dev/null; then
    expect 0 "" bash -c "'$lockstep' info --json | python3 -m json.tool"
fi

expect 0 "5" "$lockstep" eval '2 + 3'
expect 0 "0.30000000000000004" "$lockstep" eval 'a + b' a=0.1 b=0.2
expect 0 "True" "$lockstep" eval 'a > 1' a=2
expect 2 "not NAME=FILE" "$lockstep" eval 'x' x
expect 2 "no expression" "$lockstep" eval
expect 2 "unknown option" "$lockstep" eval x --frobnicate
expect 2 "unknown option" "$lockstep" eval x -z
expect 2 "-o needs" "$lockstep" eval 1 -o
expect 0 "-3" "$lockstep" eval -x x=3
expect 1 "nowhere/x.npy" "$lockstep" eval 1 -o nowhere/x.npy
expect 1 "nowhere.npy: cannot be opened" "$lockstep" eval 'x' x=nowhere.npy
expect 1 "ls_eval" "$lockstep" eval 'x + '
expect 1 "ls_eval" "$lockstep" eval 'y' x=1

expect 0 "" "$lockstep" random 1000,100 --seed 42 -o r.npy
expect 0 "" "$lockstep" random "(1000, 100)" --seed=42 -o r2.npy
expect 0 "" cmp r.npy r2.npy
expect 0 "0.08607763" "$lockstep" random 2 --seed 42 --dist uniform
expect 0 "[" "$lockstep" random 4 --dist normal --dtype float32
expect 0 "[" "$lockstep" random 4 --dist exponential --engine philox4x32
expect 0 "[" "$lockstep" random 4 --dist bits --dtype uint32
expect 2 "no shape" "$lockstep" random
expect 2 "no shape such as" "$lockstep" random 3,x
expect 2 "no shape such as" "$lockstep" random "(3"
expect 2 "--dist is" "$lockstep" random 3 --dist cauchy
expect 2 "--engine is" "$lockstep" random 3 --engine mt19937
expect 2 "no dtype" "$lockstep" random 3 --dtype float63
expect 2 "--seed needs" "$lockstep" random 3 --seed -1
expect 1 "ls_random" "$lockstep" random 3 --dtype int8
expect 1 "" "$lockstep" random 9223372036854775807,2

expect 0 "programs" "$lockstep" eval 'sin(x) + cos(x)' x=r.npy -o out.npy --stats
expect 0 "0" "$lockstep" eval 'sum(abs(y - sin(x) - cos(x)) > 1e-15)' x=r.npy y=out.npy
expect 0 "..." "$lockstep" eval 'x' x=r.npy
expect 0 "12" "$lockstep" eval 'sum(x >= -100)' "x=$vectors/stored.npz:a"
expect 1 "has no array 'q'" "$lockstep" eval 'x' "x=$vectors/stored.npz:q"
expect 0 "5002" bash -c "'$lockstep' eval 'int64(sum(x) / 10)' x=<(cat r.npy)"
expect 0 "0.2276" bash -c "'$lockstep' random 2 --seed 42 -o /dev/stdout | '$lockstep' eval 'sum(x)' x=/dev/stdin"
if [[ -w /dev/full ]]; then
    expect 1 "lockstep:" "$lockstep" eval 'x' x=r.npy -o /dev/full
    expect 1 "standard output" bash -c "'$lockstep' --version > /dev/full"
fi

# A mistake is one line.
lines() { # NUMBER COMMAND...
    local wanted=$1 got
    shift
    got=$("$@" 2>&1 > /dev/null | wc -l)
    expect 0 "" test "$got" == "$wanted"
}
lines 1 "$lockstep" eval 'x' x=nowhere.npy
lines 1 "$lockstep" eval 'x + '
lines 1 "$lockstep" random 3 --frobnicate
lines 1 "$lockstep" nonsense

# Help and the manual page know the same options and the same commands.
words() {
    grep -oE -- '(^|[^-[:alnum:]])--?[a-z]+' | grep -oE -- '-.*' | sort -u
}
expect 0 "" diff <("$lockstep" --help | words) <(sed 's/\\-/-/g' "$manual" | words | grep -vx -e -h)
expect 0 "" diff <("$lockstep" --help | grep -o 'LOCKSTEP_[A-Z_]*' | sort -u) \
                 <(grep -o 'LOCKSTEP_[A-Z_]*' "$manual" | grep -E 'DEVICE|THREADS' | sort -u)
# The manual page and the headers have every variable that the library reads, and no other.
manual_variables=$(sed -n 's/^\.B \(LOCKSTEP_[A-Z_]*\)$/\1/p' "$manual" | sort -u)
header_variables=$(cat "$source"/include/lockstep/*.h | grep -oE 'LOCKSTEP_[A-Z_]+=' | tr -d = | sort -u)
read_variables=$(grep -rhoE '(getenv|is)\("LOCKSTEP_[A-Z_]+' "$source/src" | cut -d'"' -f2 | sort -u)
expect 0 "" diff <(echo "$read_variables") <(echo "$manual_variables")
expect 0 "" diff <(echo "$read_variables") <(echo "$header_variables")
if command -v man > /dev/null; then
    expect 0 "" test -z "$(man --warnings -l "$manual" 2>&1 > /dev/null)"
fi

echo "$passed passed, $failed failed"
[[ $failed == 0 ]]
