#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# gpu_check.sh BUILD PLUGIN: scripts/gpu-check itself, on the simulated GPU: its stages run, say what they should, keep
# their limits and leave a table and JSON that hold what was measured. What needs a GPU's driver or a whole build (ceilings,
# build, probes) is not run; NVIDIA's and Python's programs are stood in for.
set -euo pipefail
build=$1
export LOCKSTEP_CUDA_PLUGIN=$2 GPU_CHECK_SIZE=100 GPU_CHECK_SMALL=1 GPU_CHECK_STRIDE=65521 OMP_WAIT_POLICY=passive
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
"$@" > /dev/null || exit 9
echo "========= ERROR SUMMARY: 0 errors"
END
cat > "$work/bin/python3" <<'END'
#!/bin/sh
echo "sin_cos_f64_1e8 1000.5"; echo "# nothing: of it"; echo "sin_cos_f64_1e8_compiled 500.25"; echo "first_result nan"
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

# Wrong words, and a machine without a GPU.
status=0; check --only smoke,nonsense || status=$?
[[ $status == 2 ]] || fail "a wrong stage gives $status"
printf '#!/bin/sh\nexit 9\n' > "$work/bin/nvidia-smi"
status=0; check || status=$?
[[ $status == 77 ]] || fail "without a GPU the status is $status"
echo "gpu_check: stages, limits, table and JSON are as they should be"
