#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# exported.sh LIBRARY ROOT: the shared library exports what the headers declare with LS_API, under the version of the
# ABI that the headers' version stands for, and nothing else; its SONAME says the same.
set -u
export LC_ALL=C
headers=$2/include/lockstep
version=$(sed -n 's/#define LS_VERSION_STRING "\(.*\)"/\1/p' "$headers/types.h")
abi=${version%%.*} # docs/abi.md: the major version; until 1.0 the minor one too
[[ $abi == 0 ]] && abi=${version%.*}

declared=$(cat "$headers"/*.h |
           perl -0777 -ne 'print "$+\n" while /LS_API\b[^;{]*?(?:\((ls_\w+)\)\s*\(|\b(ls_(?!status\b)\w+)\s*\()/g' |
           sed "s/\$/@@LOCKSTEP_$abi/" | sort -u)
exported=$(nm -D --defined-only --with-symbol-versions "$1" | awk '$2 != "A" { print $3 }' | sort -u)
count=$(echo "$exported" | wc -l)
if ! diff <(echo "$declared") <(echo "$exported") || ((count < 100)); then
    echo "lines with <: declared but not exported; with >: exported but not declared; $count exported" >&2
    exit 1
fi
soname=$(readelf -d "$1" | sed -n 's/.*SONAME.*\[\(.*\)\]/\1/p')
if [[ $soname != "liblockstep.so.$abi" ]]; then
    echo "the SONAME is $soname, the ABI $abi" >&2
    exit 1
fi
flags=$(readelf -d "$1")
if [[ $flags != *NODELETE* ]]; then
    echo "not linked with -z nodelete: a live thread team would outlive its code" >&2
    exit 1
fi
echo "$count passed, 0 failed"
