#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# same_hashes.sh PROGRAM PLUGIN COMMAND: the hashes over every operation and over random chains of calls are the same on
# the host and on the GPU of the plug-in, which the lockstep command must see: without it the host would compare with
# itself.
set -u
export LOCKSTEP_JIT=off
if ! LOCKSTEP_CUDA_PLUGIN=$2 LOCKSTEP_DEVICE=cuda:0 "$3" info | grep -q '^cuda:0'; then
    echo "no cuda:0 by $2"
    exit 1
fi
host=$(LOCKSTEP_DEVICE=cpu "$1" | grep 'hash of')
device=$(LOCKSTEP_CUDA_PLUGIN=$2 LOCKSTEP_DEVICE=cuda:0 "$1" | grep 'hash of')
if [[ $(wc -l <<< "$host") == 2 && $host == "$device" ]]; then
    printf '%s\n2 passed, 0 failed\n' "$host"
else
    printf 'on the host:\n%s\non the device:\n%s\n' "$host" "$device"
    exit 1
fi
