#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# project.sh FOLDER PREFIX PROJECT [total|configure]: configures, builds and runs one of the projects beside this file.
#   total      its output must be the total that the installed command computes, digit by digit
#   configure  no further than that
set -euo pipefail
folder=$1 prefix=$2 project=$3 expected=${4-}
here=$(dirname "$(readlink -f "$0")")
rm -rf "$folder"
unset LD_LIBRARY_PATH CMAKE_PREFIX_PATH PKG_CONFIG_PATH CFLAGS CXXFLAGS LDFLAGS

options=(-G "$GENERATOR" "-DCMAKE_C_COMPILER=$CC" "-DLockstep_SOURCE=$SOURCE")
[[ -n $CXX ]] && options+=("-DCMAKE_CXX_COMPILER=$CXX")
[[ -n $CCACHE ]] && options+=("-DCMAKE_C_COMPILER_LAUNCHER=$CCACHE")
"$CMAKE" -S "$here/$project" -B "$folder" "${options[@]}" "-DCMAKE_PREFIX_PATH=$prefix" --no-warn-unused-cli
[[ $expected == configure ]] && exit
"$CMAKE" --build "$folder" --parallel "$(nproc)" --target app
output=$("$folder/app")
echo "$output"
if [[ $expected == total && $output != "$(cat "$prefix/total")" ]]; then
    echo "the command says $(cat "$prefix/total")" >&2
    exit 1
fi
