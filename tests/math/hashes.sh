#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Compiles the hash test with one compiler, optimisation level and instruction set, and runs it against hashes.txt.
#   hashes.sh compiler level isa [hashes.txt]     without the list the hashes are printed
# Exit status 77 when the compiler or the instructions are missing. A compiler for another machine (neon) runs its
# program under qemu.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
compiler=$1 level=$2 isa=$3
command -v "$compiler" >/dev/null || { echo "skipped: no $compiler"; exit 77; }

run=
avx2="-mavx2 -mfma -mf16c -mbmi2"
case $isa in
baseline) flags="" rank=0 ;;
avx2) flags=$avx2 rank=1 ;;
avx512) flags="$avx2 -mavx512f -mavx512dq -mavx512bw -mavx512vl -mavx512cd -mprefer-vector-width=512" rank=2 ;;
neon) flags="" rank=0 isa=baseline run=qemu-aarch64
    command -v $run >/dev/null || { echo "skipped: no $run"; exit 77; } ;;
*) echo "unknown instruction set $isa"; exit 2 ;;
esac

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
numerics="-std=gnu11 $level -ffp-contract=off -fno-math-errno -fno-trapping-math -fwrapv"
defines="-DMATH_ISA=$isa -DMATH_ISA_LEVEL=$rank"
# Only the arithmetic is built for the instruction set: the rest must be able to say that the machine lacks it.
# shellcheck disable=SC2086
"$compiler" $numerics $flags $defines -iquote "$here/../../kernels" -c "$here/rows.c" -o "$work/rows.o"
# shellcheck disable=SC2086
"$compiler" $numerics $defines "$here/test_math_hashes.c" "$here/isa_level.c" "$work/rows.o" -lm -o "$work/hashes" ${run:+-static}
if [ $# -gt 3 ]; then $run "$work/hashes" "$4"; else $run "$work/hashes"; fi
