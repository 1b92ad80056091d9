#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Reads PTX on which "the same bits" rests: nothing approximate, nothing flushed, nothing that ptxas may contract (a
# plain add or mul without .rn), no call but to our own slow paths.
#   check_ptx.sh file.ptx smallest-number-of-kernels
set -eu
ptx=$1 least=$2 bad=0

. "$(dirname "$0")/../support/ptx_rules.sh"

# Called functions stand on the line after "call.uni (retval0),".
ours='ls_[a-z0-9_]*(slow|large)_f(32|64)'
if grep -A1 'call\.uni' "$ptx" | grep -oE '_Z[A-Za-z0-9_]+|ls_[a-z0-9_]+' | grep -vE "$ours"; then
    echo 'called, but no slow path of ours'
    bad=1
fi
# Consumer cards do float64 at 1/64 of the speed: a float32 function must not touch it, its rare slow path apart.
wide=$(awk '/\.entry|\.func/ { narrow = /\.entry.*_f32\(/; name = $0 }
            narrow && /[[:space:]][a-z.]+\.f64/ { print name }' "$ptx" | sort -u)
if [ -n "$wide" ]; then
    echo "float64 arithmetic in a float32 function: $wide"
    bad=1
fi
kernels=$(grep -c '\.entry' "$ptx" || true)
fused=$(grep -cE '[[:space:]]fma\.rn' "$ptx" || true)
echo "$kernels kernels, $fused fused operations, all of them written"
[ "$kernels" -ge "$least" ] || { echo "expected at least $least kernels"; bad=1; }
exit $bad
