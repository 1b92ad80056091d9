#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# exported.sh LIBRARY ROOT: the shared library exports what the headers declare with LS_API, and nothing else.
set -u
exported=$(nm -D --defined-only "$1" | awk '$2 ~ /[TDBRV]/ { print $3 }' | sort -u)
declared=$(cat "$2"/include/lockstep/*.h |
           perl -0777 -ne 'print "$+\n" while /LS_API\b[^;{]*?(?:\((ls_\w+)\)\s*\(|\b(ls_(?!status\b)\w+)\s*\()/g' | sort -u)
if ! diff <(echo "$declared") <(echo "$exported"); then
    echo "lines with <: declared but not exported; with >: exported but not declared" >&2
    exit 1
fi
echo "$(echo "$exported" | wc -l) passed, 0 failed"
