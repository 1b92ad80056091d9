#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# install.sh CMAKE BUILD PREFIX: installs the build and moves the tree to PREFIX, where everything has to work.
set -euo pipefail
cmake=$1 build=$2 prefix=$3
rm -rf "$prefix" "$prefix.first"
"$cmake" --install "$build" --prefix "$prefix.first" > /dev/null
if grep -rIl --exclude-dir=doc -e "$build" -e "$prefix" "$prefix.first"; then
    echo "these files name a path of the build or of the prefix: the tree cannot be moved" >&2
    exit 1
fi
mv "$prefix.first" "$prefix"
"$prefix/bin/lockstep" random 1000,1000 --seed 42 -o "$prefix/x.npy"
"$prefix/bin/lockstep" eval 'sum(sin(x) + cos(x))' "x=$prefix/x.npy" > "$prefix/total"
echo "1 passed, 0 failed: total $(cat "$prefix/total")"
