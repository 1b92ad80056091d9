# SPDX-License-Identifier: BSD-3-Clause
"""Prints every coefficient of math_root.h, math_inverse_trig.h, math_hyperbolic.h, math_tanh.h, math_erf.h,
math_special.h, math_lgamma.h and math_lgamma_below.h, f64 (53) and f32 (24).

Usage: python coefficients_inverse.py [name ...]   (names: cbrt atan asin sinh cosh tanh tanh_table atanh erf
erf_tail erf_table erfc stirling stirling_low lgamma_hill lgamma2; none = all)
"""
import sys

from minimax import fit, mp, round_to, show, split

SLACK = 1 + mp.mpf(2) ** -18
NEAR_0 = mp.mpf(2) ** -40


def exact_point(f, inverse, near, width):
    """A float32 within a fiftieth of the width from `near`, chosen for an f that is nearly a float32, and that f."""
    ulp, best = mp.mpf(2) ** -24, (mp.inf,)
    for i in range(-400, 401):
        value = round_to(f(near), 24) + i * ulp
        at = round_to(inverse(value), 24) if value < 1 else mp.inf
        if abs(at - near) <= width / 50:
            best = min(best, (abs(f(at) - value), at, value))
    return best[1:]


def cbrt():
    """m^(-1/3) on [sqrt(1/2), sqrt(2)), a first guess: relative."""
    for bits, terms in ((53, 5), (24, 3)):
        show("inverse cube root", fit(lambda m: m ** (-mp.mpf(1) / 3), list(range(terms)), mp.sqrt(0.5) / SLACK,
                                      mp.sqrt(2) * SLACK, bits, lambda m: mp.cbrt(m))[0], bits)


def atan():
    """(atan(t) - t) / t^3 in z = t^2, t up to 1; relative to t. 1/4 is added to the first coefficient afterwards."""
    def f(z):
        t = mp.sqrt(z)
        return (mp.atan(t) - t) / t ** 3
    for bits, terms in ((53, 20), (24, 9)):
        table = fit(f, list(range(terms)), NEAR_0, SLACK, bits, lambda z: z)[0]
        show("atan", [table[0] + mp.mpf(1) / 4] + table[1:], bits)


def asin():
    """(asin(s) - s) / s^3 in z = s^2 up to 1/4; relative to s."""
    def f(z):
        s = mp.sqrt(z)
        return (mp.asin(s) - s) / s ** 3
    for bits, terms in ((53, 13), (24, 6)):
        show("asin", fit(f, list(range(terms)), NEAR_0, mp.mpf(1) / 4, bits, lambda z: z)[0], bits)


def erf():
    """erf(x) / x - 1 in z = x^2 up to 3/4, for erfc: relative to erf(x) / x. In w = z - 3/8 up to 7/8, for erf."""
    def f(z):
        x = mp.sqrt(z)
        return mp.erf(x) / x - 1
    for bits, terms in ((53, 12), (24, 6)):
        show("erf", fit(f, list(range(terms)), NEAR_0, mp.mpf(9) / 16, bits)[0], bits)
    middle = mp.mpf(3) / 8
    show("erf up to 7/8", fit(lambda w: f(w + middle), list(range(12)), NEAR_0 - middle,
                              mp.mpf(49) / 64 - middle, 53)[0], 53)


def erf_tail():
    """log(erfc(1 + s)) from 1 + s = 7/8 to 5; the error is that of erfc, absolute. f64 alone."""
    show("erf, log(erfc(1 + s))", fit(lambda s: mp.log(mp.erfc(1 + s)), list(range(19)), -mp.mpf(1) / 8, 4, 53,
                                      lambda s: mp.erfc(1 + s))[0], 53)


def erf_table():
    """erf of a point c in [0, 3/8), [3/8, 1/2) and each half of a binade from there to 4, and (erf(c + d) - erf(c)) /
    d, below 3/8, where c is 0, less 1; the error is that of erf, relative below and absolute above. f32 alone."""
    low = fit(lambda d: mp.erf(d) / d - 1, list(range(7)), mp.mpf(2) ** -20, mp.mpf(3) / 8, 24)[0]
    rows = [[0, 0, *low]]
    for low, high, share in ((0.375, 0.5, 0.5), (0.5, 0.75, 0.5), (0.75, 1, 0.5), (1, 1.5, 0.5), (1.5, 2, 0.5),
                             (2, 3, 0.5), (3, 4, 0.45)):
        near = low + (high - low) * mp.mpf(share)
        at, value = exact_point(mp.erf, mp.erfinv, near, high - low)

        def slope(d, at=at, value=value):
            d = d if abs(d) > NEAR_0 else NEAR_0
            return (mp.erf(at + d) - value) / d
        rows.append([at, value, *fit(slope, list(range(7)), low - at, high - at, 24, abs)[0]])
    for name, column in zip(("points from 0 on", "their erf", *(f"d^{k}" for k in range(7))), zip(*rows)):
        show(name, column, 24)


# t = (x - C) / (x + C) brings 0 .. infinity to -1 .. 1
ERFC_C = {53: mp.mpf(3.75), 24: mp.mpf(2)}
ERFC_TOP = {53: mp.mpf("27.3"), 24: mp.mpf("10.1")}


def erfc(sizes=((53, 24), (24, 12))):
    """(1 + 2 x) exp(x^2) erfc(x) as a polynomial in t = (x - c) / (x + c): relative. The first coefficient, by far the
    largest, in two words."""
    for bits, terms in sizes:
        c, top = ERFC_C[bits], ERFC_TOP[bits]

        def f(t, c=c):
            x = c * (1 + t) / (1 - t)
            return (1 + 2 * x) * mp.exp(x * x) * mp.erfc(x)
        first = split(f(mp.mpf(0)), bits)
        last = (top - c) / (top + c)
        show("erfc, the first coefficient", first, bits)
        show("erfc", fit(lambda t: (f(t) - sum(first)) / t if t else mp.diff(f, 0), list(range(terms - 1)), -1 - NEAR_0,
                         last, bits, abs)[0], bits)


def log_gamma_rest(y):
    """log gamma(y) - ((y - 1/2) log y - y + log(2 pi) / 2)."""
    return mp.loggamma(y) - ((y - mp.mpf(1) / 2) * mp.log(y) - y + mp.log(2 * mp.pi) / 2)


def stirling():
    """log_gamma_rest(y) y in z = 1 / y^2, y at least 8 (f32: 4): absolute error over y."""
    for bits, terms, low in ((53, 8, 8), (24, 4, 4)):
        def f(z):
            y = 1 / mp.sqrt(z)
            return log_gamma_rest(y) * y
        show("stirling", fit(f, list(range(terms)), mp.mpf(2) ** -16, mp.mpf(1) / low ** 2, bits)[0], bits)
        show("log(2 pi) / 2", split(mp.log(2 * mp.pi) / 2, bits), bits)


def lgamma_hill():
    """lgamma(u) / ((u - 1) (u - 2)) in s = u - 31/16, u from 1 to 23/8: relative. The value at s = 0 in two words."""
    middle = mp.mpf(31) / 16

    def f(s):
        u = middle + s
        return mp.loggamma(u) / ((u - 1) * (u - 2))
    for bits, terms in ((53, 27), (24, 12)):
        first = split(f(mp.mpf(0)), bits)

        def rest(s):
            return (f(s) - sum(first)) / s
        show("lgamma(u) / ((u - 1) (u - 2)), the first coefficient", first, bits)
        show("the others", fit(rest, list(range(terms)), -mp.mpf(15) / 16 + NEAR_0, mp.mpf(15) / 16, bits,
                               lambda s: abs(s) / f(s))[0], bits)


def stirling_low():
    """log_gamma_rest(y) y in z = 1 / y^2, y at least 23/8: absolute error over y."""
    for bits, terms in ((53, 12), (24, 4)):
        def f(z):
            y = 1 / mp.sqrt(z)
            return log_gamma_rest(y) * y
        show("stirling from 23/8", fit(f, list(range(terms)), mp.mpf(2) ** -16, mp.mpf(64) / 529, bits,
                                       mp.sqrt)[0], bits)
        show("log(2 pi) / 2 - 1/2", split(mp.log(2 * mp.pi) / 2 - mp.mpf(1) / 2, bits), bits)


def lgamma2():
    """lgamma(2 + r) / r = (1 - gamma) + r Q(r), |r| up to 1/4: the first coefficient in two words. f64 alone."""
    first = split(1 - mp.euler, 53)

    def f(r):
        return (mp.loggamma(2 + r) / r - sum(first)) / r
    show("1 - gamma", first, 53)
    show("lgamma(2 + r)", fit(f, list(range(14)), -mp.mpf(1) / 4, mp.mpf(1) / 4, 53, abs)[0], 53)
    show("log(pi)", split(mp.log(mp.pi), 53), 53)


HALF_LN2 = mp.log(2) / 2 * SLACK


def sinh():
    """(sinh(r) - r) / r^3 in z = r^2, r up to ln2 / 2; relative to r."""
    def f(z):
        r = mp.sqrt(z)
        return (mp.sinh(r) - r) / r ** 3
    for bits, terms in ((53, 6), (24, 3)):
        show("sinh", fit(f, list(range(terms)), NEAR_0, HALF_LN2 ** 2, bits, lambda z: z)[0], bits)


def cosh():
    """(cosh(r) - 1) / r^2 in z = r^2, r up to ln2 / 2; absolute."""
    def f(z):
        return (mp.cosh(mp.sqrt(z)) - 1) / z
    for bits, terms in ((53, 5), (24, 3)):
        show("cosh", fit(f, list(range(terms)), NEAR_0, HALF_LN2 ** 2, bits, lambda z: z)[0], bits)


def tanh():
    """(tanh(r) - r) / r^3 in z = r^2, r up to ln2 / 4 + 1/128; relative to r. f64 alone."""
    top = mp.log(2) / 4 + mp.mpf(2) ** -7 * (1 + mp.mpf(2) ** -13)
    show("tanh", fit(tanh_rest, list(range(6)), NEAR_0, top ** 2, 53, lambda z: z)[0], 53)


def tanh_rest(z):
    r = mp.sqrt(z)
    return (mp.tanh(r) - r) / r ** 3


def tanh_table():
    """tanh of a point in each half of a binade from 1/2 to 8, the latter counted by its end, where it is 1 - 2^-24; and
    the same polynomial for distances up to 1, where tanh changes the less the larger they are. f32 alone."""
    points = []
    for low, high, share in ((0.5, 0.75, 0.32), (0.75, 1, 0.5), (1, 1.5, 0.45), (1.5, 2, 0.5), (2, 3, 0.5), (3, 4, 0.5),
                             (4, 6, 0.5), (6, 8, 0.5)):
        points.append(exact_point(mp.tanh, mp.atanh, low + (high - low) * mp.mpf(share), mp.mpf(high) - low))
    last = 1 - mp.mpf(2) ** -24
    points.append((round_to(mp.atanh(last), 24), last))
    show("points from [1/2, 3/4) on", [at for at, _ in points], 24)
    show("their tanh", [value for _, value in points], 24)
    show("1 - tanh^2", [round_to(1 - value ** 2, 24) for _, value in points], 24)
    show("tanh up to 1, f32", fit(tanh_rest, list(range(6)), NEAR_0, mp.mpf("1.05"), 24,
                                  lambda z: z * mp.mpf(2) ** min(mp.mpf(0), 6.4 - 16.2 * mp.sqrt(z)))[0], 24)


def atanh():
    """(atanh(s) - s) / s^3 in z = s^2; s belongs to a quotient that is up to 6 % beyond sqrt(2). Relative to s."""
    top = mp.sqrt(2) * mp.mpf("1.06")

    def f(z):
        s = mp.sqrt(z)
        return (mp.atanh(s) - s) / s ** 3
    for bits, terms in ((53, 8), (24, 4)):
        show("atanh", fit(f, list(range(terms)), NEAR_0, ((top - 1) / (top + 1)) ** 2, bits, lambda z: z)[0], bits)


if __name__ == "__main__":
    mp.mp.dps = 90
    for part in (cbrt, atan, asin, sinh, cosh, tanh, tanh_table, atanh, erf, erf_tail, erf_table, erfc, stirling,
                 stirling_low, lgamma_hill, lgamma2):
        if len(sys.argv) == 1 or part.__name__ in sys.argv[1:]:
            part()
