#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Compiles a module of CUDA kernels to PTX and reads what "the same bits" rests on: nothing approximate or flushed,
# nothing ptxas may contract (a plain add or mul without .rn), no other rounding, no function that is not ours; no fused
# operation at all where the module has no floating-point arithmetic of its own.
#   ptx.sh file.ptx fused|unfused nvcc arguments...
set -eu
ptx=$1 fused=$2 bad=0
shift 2
"$@" -ptx -o "$ptx"

. "$(dirname "$0")/../support/ptx_rules.sh"
[ "$fused" = fused ] || forbid '[[:space:]]fma\.rn' 'a fused operation nobody asked for'

kernels=$(grep -c '\.entry' "$ptx" || true)
echo "$kernels kernels, $(grep -cE '[[:space:]]fma\.rn' "$ptx" || true) fused operations," \
     "$(grep -cE '(ld|st)\.[a-z.]*v[24]' "$ptx" || true) wide accesses," \
     "$(grep -cE '\.local .*depot' "$ptx" || true) functions with local memory"
[ "$kernels" -ge 1 ] || { echo 'no kernels'; bad=1; }
exit $bad
