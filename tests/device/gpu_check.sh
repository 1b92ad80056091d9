#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# gpu_check.sh BUILD PLUGIN: scripts/gpu-check itself, on the simulated GPU: its stages run, say what they should, keep
# their limits and leave a table and JSON that hold what was measured. NVIDIA's, Python's and CMake's programs are stood in
# for, so what ceilings, build and probes do is not seen here, only what the script makes of it. The tests are told that
# this is no GPU of theirs to control, as on a real one.
set -euo pipefail
build=$1
export LOCKSTEP_CUDA_PLUGIN=$2 GPU_CHECK_SIZE=100 GPU_CHECK_SMALL=1 GPU_CHECK_STRIDE=65521 OMP_WAIT_POLICY=passive
export GPU_CHECK_LIMIT_memory=150 GPU_CHECK_LIMIT_bench=250 # of a machine with more to do
work=$(mktemp -d)
trap 'rm -rf "$work" "$build/gpu-check"' EXIT
fail() { echo "gpu_check: $*" >&2; cat "$work/said" >&2; exit 1; }

mkdir "$work/bin"
cat > "$work/bin/nvidia-smi" <<'END'
#!/bin/sh
case "$*" in *compute_cap*) printf 'Simulated GPU, 9.0\nAnother, 8.0\n' ;; *) echo 580.00 ;; esac
END
cat > "$work/bin/compute-sanitizer" <<'END'
#!/bin/sh
while [ "${1#--}" != "$1" ]; do shift 2; done
LOCKSTEP_JIT=off "$@" > /dev/null || exit 9
echo "========= ERROR SUMMARY: 0 errors"
END
cat > "$work/bin/python3" <<'END'
#!/bin/sh
echo "sin_cos_f64_1e8 1000.5"; echo "# nothing: of it"; echo "sin_cos_f64_1e8_compiled 500.25"; echo "first_result nan"
END
cat > "$work/bin/nvcc" <<'END'
#!/bin/sh
# What it makes prints what ceilings.cu prints; probes.cu does not compile.
case "$*" in *probes.cu*) echo "probes.cu(1): error"; exit 2 ;; esac
while [ "$1" != -o ]; do shift; done
printf '#!/bin/sh\necho "# device bandwidth, GB/s"\necho "copy 4000"\necho "read 4500"\n' > "$2"
chmod +x "$2"
END
chmod +x "$work"/bin/*
PATH=$work/bin:$PATH

check() { scripts/gpu-check --build "$build" --out "$work/results" "$@" > "$work/said" 2>&1; }

check --only smoke,memory,bench,samples || fail "a stage failed"
for words in 'default device *cuda:0' 'memcheck-test_folds: .* 0 errors .status 0.' 'racecheck-05_eval: .* 0 errors' \
    '^sin_cos_f64_1e8 .* - *- *[0-9]*\.[0-9]* *[0-9]*\.[0-9]* *[0-9]*\.[0-9]*$' '^05_eval: the same' '^07_your_function: the same' \
    '^09_your_kernel: 100 points' '^4 stages passed, 0 failed'; do
    grep -E "$words" "$work/said" > /dev/null || fail "no line like: $words"
done
[[ $(grep -c ': the same$' "$work/said") == 7 ]] || fail "samples are missing"

# Another call adds to the results; what is stopped says so, and what has no time left.
check --only smoke,bits,tests --budget 6 && fail "a budget of 6 s sufficed for the bits"
grep -E '^-- bits stopped at its limit after [4-9] s' "$work/said" > /dev/null || fail "bits were not stopped"
grep '^== tests: no time left' "$work/said" > /dev/null || fail "tests had time"
json=$work/results/simulated-gpu.json
/usr/bin/env -i PATH="${PATH#*:}" python3 - "$json" <<'END' || fail "the JSON holds something else"
import json, sys
result = json.load(open(sys.argv[1]))
stages = result["stages"]
assert result["gpu"] == "Simulated GPU", result
assert [s for s in stages if stages[s]["status"] == "passed"] == ["smoke", "memory", "bench", "samples"], stages
assert stages["bits"]["status"] == "stopped at its limit" and stages["tests"]["status"] == "no time left", stages
assert result["rows"]["ours"]["sum_f64_1e9"] > 0 and len(result["rows"]["ours"]) >= 28, result["rows"]
assert result["rows"]["cupy"] == {"sin_cos_f64_1e8": 1000.5, "sin_cos_f64_1e8_compiled": 500.25}, result["rows"]
END
[[ $(grep -c '^== ' "$work/results/simulated-gpu.txt") == 7 ]] || fail "the log does not hold both calls"

# What fails and what does not end is said, and keeps no later stage from running; nor does a build that failed, though
# smoke, which then has nothing to run, does. The build asks for what is there.
mkdir "$work/stub"
printf '#!/bin/sh\ncase "$*" in *"--target help"*) exec "%s" --build "%s" --target help ;; *--build*) echo "FAILED: $*"; exit 1 ;; esac\n' \
    "$(command -v cmake)" "$build" > "$work/stub/cmake"
printf '#!/bin/sh\nsleep 100\n' > "$work/stub/compute-sanitizer"
chmod +x "$work"/stub/*
PATH=$work/stub:$PATH GPU_CHECK_LIMIT_memory=3 GPU_CHECK_LIMIT_bits=2 GPU_CHECK_LIMIT_bench=3 GPU_CHECK_TESTS='test_assign test_devices test_tier0 test_views test_nothing' \
    LOCKSTEP_SIMULATED_CONTROL=off check && fail "nothing failed"
for words in '^copy 4000' '^-- ceilings passed' '^FAILED: --build .* test_memory_flat' '^-- build failed' '^-- smoke passed' \
    '^-- bits stopped at its limit' '^-- LOCKSTEP_JIT=off' '^sum_random_philox4x32_f64_1e8 ' '^-- LOCKSTEP_MATMUL_TILE=small' '^-- probes failed' '^-- memory stopped at its limit after [3-9] s' '^-- bench stopped at its limit' '^-- samples passed' \
    '^test_devices: passed' '^test_tier0: passed' '^-- tests passed'; do
    grep -E "$words" "$work/said" > /dev/null || fail "no line like: $words"
done
grep ': not in this build' "$work/said" | grep -v '^lockstep_cuda' && fail "the build asks for what there is not"

# Wrong words, and a machine without a GPU.
status=0; check --only smoke,nonsense || status=$?
[[ $status == 2 ]] || fail "a wrong stage gives $status"
printf '#!/bin/sh\nexit 9\n' > "$work/bin/nvidia-smi"
status=0; check || status=$?
[[ $status == 77 ]] || fail "without a GPU the status is $status"
echo "gpu_check: stages, limits, table and JSON are as they should be"
