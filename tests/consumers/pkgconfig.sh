#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# pkgconfig.sh FOLDER PREFIX: a plain compiler call with pkg-config, shared, static, and static as tradition has it.
set -euo pipefail
folder=$1 prefix=$2
here=$(dirname "$(readlink -f "$0")")
rm -rf "$folder" && mkdir -p "$folder" && cd "$folder"
unset LD_LIBRARY_PATH
PKG_CONFIG_PATH=$(dirname "$(find "$prefix" -name lockstep.pc)")
export PKG_CONFIG_PATH

try() { # NAME FLAGS...: the flags stay words
    local name=$1
    shift
    "$CC" -Wall -Wextra -Werror "$here/cmake_c/app.c" "$@" -o "$name"
    [[ $("./$name") == "$(cat "$prefix/total")" ]] || { echo "$name: another total" >&2; exit 1; }
}
# shellcheck disable=SC2046
try shared $(pkg-config --cflags --libs lockstep)
# shellcheck disable=SC2046
try static $(pkg-config --cflags --libs lockstep-static)
# shellcheck disable=SC2046
try bstatic -DLOCKSTEP_STATIC -Wl,-Bstatic $(pkg-config --cflags --libs-only-L lockstep) -llockstep -Wl,-Bdynamic \
    $(pkg-config --libs-only-l --static lockstep | sed 's/-llockstep//')
[[ $(ldd shared) == *liblockstep.so* ]] || { echo "the shared program is not one" >&2; exit 1; }
[[ $(ldd static bstatic) != *liblockstep.so* ]] || { echo "a static program loads the shared library" >&2; exit 1; }
[[ $(pkg-config --modversion lockstep) == "$("$prefix/bin/lockstep" --version | cut -d' ' -f2)" ]]
echo "3 passed, 0 failed"
