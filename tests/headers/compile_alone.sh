#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# compile_alone.sh ROOT: every public header alone, as C11 and C++17, with every compiler there is, without a warning.
set -u
root=$1
passed=0
failed=0
compile() { # HEADER COMPILER...
    local header=$1 out
    shift
    if out=$(printf '#include <%s>\nint lsi_nothing_else;\n' "$header" |
             "$@" -Wall -Wextra -Wshadow -Wpedantic -Werror -I "$root/include" -fsyntax-only - 2>&1); then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        printf 'failed: %s with %s\n%s\n' "$header" "$*" "$out"
    fi
}
cd "$root/include" || exit 1
for header in lockstep.h lockstep/*.h; do
    case $header in
        */operands.h | */cplusplus.h) continue ;; # parts of types.h, one for each language
    esac
    for cc in gcc clang; do
        command -v $cc > /dev/null && compile "$header" $cc -std=c11 -x c
    done
    for cxx in g++ clang++; do
        command -v $cxx > /dev/null && compile "$header" $cxx -std=c++17 -x c++
    done
done
echo "$passed passed, $failed failed"
[[ $failed == 0 && $passed -gt 20 ]]
