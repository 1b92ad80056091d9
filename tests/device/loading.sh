#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# loading.sh COMMAND SIMULATED OTHER [PLUGIN OLD [STUBS]]: how the library finds and opens its CUDA plug-in, on a machine without
# a driver. COMMAND is lockstep, SIMULATED and OTHER are plug-ins of this build and of another ABI, PLUGIN is
# liblockstep-cuda.so, OLD a driver that is too old, and STUBS the toolkit's folder of a libcuda.so that is none.
set -u
command=$1 simulated=$2 other=$3 plugin=${4:-} old=${5:-} stubs=${6:-}
unset LOCKSTEP_CUDA_PLUGIN LOCKSTEP_DEVICE
passed=0 failed=0
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

says() { # TEXT ENVIRONMENT...: the status of the cuda section, and a command that works all the same
    local text=$1 report
    shift
    report=$(cd "$scratch" && env "$@" "$command" info 2>&1)
    if [[ $? == 0 && $report == *"$text"* && $(env "$@" "$command" eval '1 + 2' 2>&1) == 3* ]]; then
        passed=$((passed + 1))
    else
        printf 'with %s: no "%s" in\n%s\n' "$*" "$text" "$(tail -3 <<< "$report")"
        failed=$((failed + 1))
    fi
}
check() { # WHAT COMMAND...
    local what=$1
    shift
    if "$@"; then passed=$((passed + 1)); else failed=$((failed + 1)); echo "failed: $what"; fi
}

# Where a real driver is, the first line would be another.
if ! ldconfig -p | grep -q libcuda.so.1; then
    says 'no NVIDIA driver (libcuda.so.1)' A=1
    says 'LOCKSTEP_DEVICE=cuda:0 is not here; no NVIDIA driver' LOCKSTEP_DEVICE=cuda:0
fi
says 'not looked for: LOCKSTEP_DEVICE=cpu' LOCKSTEP_DEVICE=cpu
says 'not looked for: LOCKSTEP_DEVICE=cpu' LOCKSTEP_DEVICE=cpu LOCKSTEP_CUDA_PLUGIN="$simulated"
says 'No such file' LOCKSTEP_CUDA_PLUGIN=/nowhere/liblockstep-cuda.so
says 'is not an absolute path' LOCKSTEP_CUDA_PLUGIN="$(basename "$simulated")"
echo 'no library' > "$scratch/broken.so"
says 'file too short' LOCKSTEP_CUDA_PLUGIN="$scratch/broken.so"
says 'of another build than the library' LOCKSTEP_CUDA_PLUGIN="$other"
says "has no entry" LOCKSTEP_CUDA_PLUGIN="$(ldd "$command" | awk '/libm\.so/ { print $3 }')"
says '1 GPU' LOCKSTEP_CUDA_PLUGIN="$simulated"
says 'cuda:0' LOCKSTEP_CUDA_PLUGIN="$simulated"
says '3 GPUs' LOCKSTEP_CUDA_PLUGIN="$simulated" LOCKSTEP_SIMULATED_DEVICES=3
says 'the driver does not start: CUDA_ERROR_UNKNOWN' LOCKSTEP_CUDA_PLUGIN="$simulated" LOCKSTEP_SIMULATED_FAIL=1:999
says 'CUDA_ERROR_NO_DEVICE' LOCKSTEP_CUDA_PLUGIN="$simulated" LOCKSTEP_SIMULATED_FAIL=2:100
says '1 GPU' LOCKSTEP_CUDA_PLUGIN="$simulated" LD_BIND_NOW=1

# A driver's name in the working directory is nothing to us.
cp "$simulated" "$scratch/liblockstep-cuda.so"
[[ $(cd "$scratch" && "$command" info) != *cuda:0* ]]
check 'the working directory is not looked at' test $? == 0

# LOCKSTEP_DEVICE=cpu does not so much as look for a driver.
looks() {
    LD_DEBUG=files "$command" info 2>&1 | grep -c 'libcuda\|liblockstep-cuda'
}
check 'a driver is looked for' test "$(looks)" -gt 0
check 'LOCKSTEP_DEVICE=cpu looks for none' test "$(LOCKSTEP_DEVICE=cpu looks)" == 0

# One binary for every machine: neither the command nor the library asks the loader for anything of CUDA, at any depth.
library=$(ldd "$command" | awk '/liblockstep/ { print $3 }')
for file in "$command" ${library:+"$library"}; do
    check "$(basename "$file") names no CUDA library" test "$(readelf -d "$file" | grep NEEDED | grep -ci 'cuda\|nvrtc\|cublas\|nvidia')" == 0
    check "$(basename "$file") loads no CUDA library" test "$(ldd "$file" | grep -ci 'cuda\|nvrtc\|cublas\|nvidia')" == 0
done

if [[ -n $plugin ]]; then
    check 'the plug-in needs no CUDA library' test "$(readelf -d "$plugin" | grep NEEDED | grep -c 'cuda\|nvrtc\|cublas')" == 0
    check 'the plug-in imports nothing of Lockstep' test "$(nm -D --undefined-only "$plugin" | grep -c ' lsi_\| ls_')" == 0
    check 'the plug-in exports its entry alone' test "$(nm -D --defined-only "$plugin" | awk '{ print $3 }')" == lockstep_plugin
    mkdir "$scratch/old" "$scratch/none"
    ln -s "$old" "$scratch/old/libcuda.so.1"
    made=$(cd "$scratch" && OLD_DRIVER=1000 LD_LIBRARY_PATH="$scratch/old" LOCKSTEP_CUDA_PLUGIN="$plugin" "$command" info |
        sed -n 's/.*this build is made with CUDA \([0-9]*\).*/\1/p')
    says 'supports CUDA 11.8; this build is made with CUDA' OLD_DRIVER=11080 LD_LIBRARY_PATH="$scratch/old" LOCKSTEP_CUDA_PLUGIN="$plugin"
    [[ $made != 12 ]] || says 'and needs driver 525 or newer' OLD_DRIVER=11080 LD_LIBRARY_PATH="$scratch/old" LOCKSTEP_CUDA_PLUGIN="$plugin"
    [[ $made != 13 ]] || says 'and needs driver 580 or newer' OLD_DRIVER=12020 LD_LIBRARY_PATH="$scratch/old" LOCKSTEP_CUDA_PLUGIN="$plugin"
    says 'does not have cuLaunchKernel: it is older than 525' OLD_DRIVER=entry LD_LIBRARY_PATH="$scratch/old" LOCKSTEP_CUDA_PLUGIN="$plugin"
    ln -s "$(ldd "$command" | awk '/libm\.so/ { print $3 }')" "$scratch/none/libcuda.so.1"
    says 'is older than 525: it has no cuGetProcAddress_v2' LD_LIBRARY_PATH="$scratch/none" LOCKSTEP_CUDA_PLUGIN="$plugin"
    if [[ -n $stubs ]]; then
        ln -s "$stubs/libcuda.so" "$scratch/libcuda.so.1"
        says 'is the toolkit'"'"'s stub for linking, not a driver' LD_LIBRARY_PATH="$scratch"  LOCKSTEP_CUDA_PLUGIN="$plugin"
        mkdir -p "$scratch/lib/lockstep"
        cp -L "$(ldd "$command" | awk '/liblockstep/ { print $3 }')" "$scratch/lib/"
        cp "$plugin" "$scratch/lib/lockstep/"
        says 'is the toolkit'"'"'s stub' LD_LIBRARY_PATH="$scratch/lib:$scratch"
        mv "$scratch/lib/lockstep/"*.so "$scratch/lib/"
        says 'is the toolkit'"'"'s stub' LD_LIBRARY_PATH="$scratch/lib:$scratch"
        rm "$scratch/lib/liblockstep-cuda.so"
        says 'no liblockstep-cuda.so in' LD_LIBRARY_PATH="$scratch/lib:$scratch"
    fi
fi
echo "$passed passed, $failed failed"
[[ $failed == 0 ]]
