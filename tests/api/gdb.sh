#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# gdb.sh PROGRAM PRINTER: gdb with the printer shows a pending array and a stored view as they are. 77 without gdb.
set -u
command -v gdb > /dev/null || { echo "skipped: no gdb"; exit 77; }
out=$(gdb -batch -nx -ex "source $2" -ex "break stop_here" -ex run -ex "print *a" -ex continue -ex "print *a" "$1" 2>&1)
case $out in *"ptrace"*"not permitted"* | *"warning: Error disabling address space"*"Could not trace"*) echo "skipped: gdb may not trace here"; exit 77 ;; esac
passed=0
for line in 'float64 \(4,\) on cpu, pending, made by ls_add at .*gdb_program\.c:[0-9]+$' \
            'float64 \(2,\) on cpu, stored, made by ls_at at .*gdb_program\.c:[0-9]+ \{4\.5, 2\.5\}$'; do
    if ! grep -Eq "$line" <<< "$out"; then
        printf 'expected a line like\n  %s\nin\n%s\n' "$line" "$out"
        exit 1
    fi
    passed=$((passed + 1))
done
echo "$passed passed, 0 failed"
