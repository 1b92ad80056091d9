#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# layering.sh ROOT: no layer includes a header of a layer it must not know (docs/architecture.md has the picture).
# Headers are included from src/ ("core/shape.h"), so a folder's name in an include line is the layer.
set -u
cd "$1/src" || exit 1
failed=0
passed=0
forbid() { # LAYER REGEX-OF-FORBIDDEN-FIRST-FOLDERS
    local hits
    hits=$(grep -rnE "#include \"(\.\./|($2)/)" "$1" --include='*.c' --include='*.h')
    if [[ -n $hits ]]; then
        printf 'src/%s must not include these:\n%s\n' "$1" "$hits"
        failed=$((failed + 1))
    else
        passed=$((passed + 1))
    fi
}
forbid core 'memory|host|lazy|io|api|device'
forbid memory 'host|lazy|io|api|device'
forbid host 'lazy|io|api|device'
forbid lazy 'host|io|api|device'
forbid io 'host|api|device'
forbid device 'host|lazy|io|api'
# The API reaches the host's threads through one header: how many there are is a question users ask.
hits=$(grep -rnE '#include "(\.\./|host/)' api | grep -vE 'api/(device|matmul|profile)\.c:.*"host/(parallel|blas|progress)\.h"')
if [[ -n $hits ]]; then
    printf 'src/api must not include these:\n%s\n' "$hits"
    failed=$((failed + 1))
else
    passed=$((passed + 1))
fi
# kernels/ stands alone.
hits=$(grep -rnE '#include "(core|memory|host|lazy|io|api|device|lockstep)/' ../kernels)
if [[ -n $hits ]]; then
    printf 'kernels/ must not include these:\n%s\n' "$hits"
    failed=$((failed + 1))
else
    passed=$((passed + 1))
fi
# OpenMP is known to one file.
hits=$(grep -rlE '#pragma omp|<omp\.h>' . | grep -v '^./host/parallel\.c$')
if [[ -n $hits ]]; then
    printf 'OpenMP outside host/parallel.c: %s\n' "$hits"
    failed=$((failed + 1))
else
    passed=$((passed + 1))
fi
echo "$passed passed, $failed failed"
[[ $failed == 0 ]]
