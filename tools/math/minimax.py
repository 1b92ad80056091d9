# SPDX-License-Identifier: BSD-3-Clause
"""Minimax polynomials with machine-number coefficients, by Remez exchange in multiple precision.

A polynomial sum c_i * b_i(x) is fitted to f on [lo, hi] so that the largest |weight(x) * (P(x) - f(x))| is least. Then
the coefficients are rounded one after the other, the most important first, and the rest fitted again around each rounded
one; so the printed table is nearly as good as the unrounded one. Needs mpmath only.
"""
import mpmath as mp

mp.mp.dps = 90


def round_to(value, bits):
    """The nearest number of `bits` bits: 24 is float32, 53 is float64 (normal range)."""
    with mp.workprec(bits):
        return +mp.mpf(value)


def split(value, bits, words=2):
    """value as an unevaluated sum of `words` numbers of `bits` bits each."""
    parts, rest = [], mp.mpf(value)
    for _ in range(words):
        parts.append(round_to(rest, bits))
        rest -= parts[-1]
    return parts


def _grid(lo, hi, count):
    """Chebyshev points, which crowd at the ends as the extrema of the error do. One end is 1/1000 too far: a reference
    that is symmetric about zero says nothing about an odd term, and the system would be singular."""
    hi = hi + (hi - lo) / 1000
    return [(lo + hi) / 2 - (hi - lo) / 2 * mp.cos(mp.pi * i / (count - 1)) for i in range(count)]


def remez(f, basis, lo, hi, weight=lambda x: mp.mpf(1), points=None, rounds=12):
    """Coefficients of the best combination of `basis` and the size of its weighted error."""
    lo, hi = mp.mpf(lo), mp.mpf(hi)
    n = len(basis)
    grid = _grid(lo, hi, points or 24 * (n + 1) + 1)
    goal = [f(x) for x in grid]
    wide = [weight(x) for x in grid]
    rows = [[b(x) for b in basis] for x in grid]
    reference = [round(i * (len(grid) - 1) / n) for i in range(n + 1)]
    best, least = None, mp.inf  # around rounded coefficients the exchange may cycle: keep the best it meets
    for _ in range(rounds):
        system = mp.matrix(n + 1, n + 1)
        right = mp.matrix(n + 1, 1)
        for r, i in enumerate(reference):
            for c in range(n):
                system[r, c] = rows[i][c] * wide[i]
            system[r, n] = -1 if r % 2 else 1
            right[r] = goal[i] * wide[i]
        solution = mp.lu_solve(system, right)
        coefficients = [solution[c] for c in range(n)]
        error = [wide[i] * (sum(c * b for c, b in zip(coefficients, rows[i])) - goal[i]) for i in range(len(grid))]
        new = _exchange(error, n + 1)
        size = max(abs(e) for e in error)
        if size < least:
            best, least = coefficients, size
        if new is None or new == reference or size <= abs(solution[n]) * (1 + mp.mpf(10) ** -4):
            break
        reference = new
    return best, least


def _exchange(error, count):
    """The largest alternating extrema of the error: one per run of equal sign, the least ends dropped."""
    runs = []
    for i, e in enumerate(error):
        if e == 0:
            continue
        if runs and (error[runs[-1]] > 0) == (e > 0):
            if abs(e) > abs(error[runs[-1]]):
                runs[-1] = i
        else:
            runs.append(i)
    while len(runs) > count:
        if (len(runs) - count) % 2:
            runs.pop(0 if abs(error[runs[0]]) < abs(error[runs[-1]]) else -1)
        else:
            weakest = min(range(len(runs) - 1), key=lambda i: max(abs(error[runs[i]]), abs(error[runs[i + 1]])))
            del runs[weakest:weakest + 2]
    return runs if len(runs) == count else None


def fit(f, powers, lo, hi, bits, weight=lambda x: mp.mpf(1), fixed=None, quiet=False):
    """Rounded coefficients of sum c_p * x^p over `powers`, lowest first; `bits` is one number or one per power.

    `fixed` maps powers to coefficients that are settled before; they may be sums of several words."""
    fixed = dict(fixed or {})
    bits = dict(zip(powers, bits)) if isinstance(bits, (list, tuple)) else {p: bits for p in powers}

    def rest(x):
        return f(x) - sum(c * x ** p for p, c in fixed.items())

    free = [p for p in powers if p not in fixed]
    carried, carried_size = None, mp.inf  # the previous step's answer for what is still free
    while free:
        first = free[0]  # divided out, so that the basis keeps its alternation property on both sides of zero
        basis = [lambda x, p=p: x ** (p - first) for p in free]
        coefficients, size = remez(lambda x: rest(x) / x ** first, basis, lo, hi, lambda x: weight(x) * abs(x) ** first)
        if carried_size < size:
            coefficients = carried
        fixed[free[0]] = round_to(coefficients[0], bits[free[0]])
        free, carried = free[1:], coefficients[1:]
        carried_size = max(abs(weight(x) * (rest(x) - sum(c * x ** p for c, p in zip(carried, free))))
                           for x in _grid(mp.mpf(lo), mp.mpf(hi), 201))
    result = [fixed[p] for p in powers]
    worst = max(abs(weight(x) * (sum(c * x ** p for p, c in fixed.items()) - f(x)))
                for x in _grid(mp.mpf(lo), mp.mpf(hi), 801))
    if not quiet:
        print(f"/* largest weighted error 2^{mp.nstr(mp.log(worst, 2), 4)} */")
    return result, worst


def literal(value, bits):
    """C hexadecimal literal of a number that fits `bits` bits."""
    value = mp.mpf(value)
    text = float(value).hex() if value else "0x0p+0"
    assert mp.mpf(float(value)) == value, "does not fit"
    mantissa, exponent = text.split("p")
    mantissa = mantissa.rstrip("0").rstrip(".") if "." in mantissa else mantissa
    return f"{mantissa}p{int(exponent)}" + ("f" if bits == 24 else "")


def show(name, values, bits):
    print(f"/* {name} */")
    for value in values:
        print(f"    {literal(value, bits)}, /* {mp.nstr(value, 10)} */")
