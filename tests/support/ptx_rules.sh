# SPDX-License-Identifier: BSD-3-Clause
# What no PTX of this project may have, for scripts that read one: . ptx_rules.sh, with the file's name in $ptx. Sets
# $bad to 1 for each rule that is broken.

forbid() { # pattern, what it would mean
    if grep -nE "$1" "$ptx" >"$ptx.found"; then
        echo "$2:"
        head -5 "$ptx.found"
        bad=1
    fi
    rm -f "$ptx.found"
}
forbid '\.approx' 'an approximate instruction'
forbid '\.ftz' 'subnormals flushed to zero'
forbid '[[:space:]](add|sub|mul)\.(f32|f64|f16|bf16)' 'arithmetic that may be contracted'
forbid '[[:space:]](mad|fma)\.(f32|f64|f16|bf16)' 'a fused operation without rounding mode'
forbid '(add|sub|mul|div|sqrt|fma)\.(rz|rm|rp)' 'another rounding than to nearest'
forbid '\.(rz|rm|rp)\.f(32|64)[[:space:]]' 'another rounding than to nearest'
forbid '\.extern[[:space:]]+\.func' 'a function that is not ours'
forbid '__nv_|__internal_' "the vendor's mathematical library"
forbid '(atom|red)\.[a-z.]*add\.(f32|f64|f16|bf16)' 'a floating-point atomic'
