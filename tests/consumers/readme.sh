#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# readme.sh FOLDER PREFIX: what the README tells a newcomer to type. Its first program, its CMake lines and its compiler
# line are taken from the text.
set -euo pipefail
folder=$1 prefix=$2
rm -rf "$folder" && mkdir -p "$folder" && cd "$folder"
unset LD_LIBRARY_PATH
PKG_CONFIG_PATH=$(dirname "$(find "$prefix" -name lockstep.pc)")
export PKG_CONFIG_PATH CMAKE_PREFIX_PATH=$prefix

block() { # LANGUAGE: the first block in it after "## In your program", or for c the first of all
    awk -v want="$1" '/^## In your program/ { open = 1 } want == "c" { open = 1 }
        /^```/ { if (inside) exit; if (open && $0 == "```" want) { inside = 1; next } } inside' "$SOURCE/README.md"
}
block c > app.c
block cmake > CMakeLists.txt
line=$(grep -m 1 '^cc app.c' "$SOURCE/README.md" | sed 's/ *#.*//')
[[ -s app.c && -s CMakeLists.txt && -n $line ]]

"$CMAKE" -G "$GENERATOR" "-DCMAKE_C_COMPILER=$CC" -S . -B build
"$CMAKE" --build build
first=$(./build/app)
mkdir bin && ln -s "$(command -v "$CC")" bin/cc
PATH=$PWD/bin:$PATH bash -c "$line"
second=$(./app)
echo "$first $second"
[[ $first == "$second" && $first =~ ^[0-9.]+$ ]]
