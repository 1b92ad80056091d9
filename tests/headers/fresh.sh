#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# fresh.sh PROGRAM ROOT: include/lockstep/elementwise.h is what its program writes from the rows.
if ! diff <("$1") "$2/include/lockstep/elementwise.h"; then
    echo "elementwise.h is stale: cmake --build build --target elementwise-header" >&2
    exit 1
fi
