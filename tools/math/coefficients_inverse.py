# SPDX-License-Identifier: BSD-3-Clause
"""Prints every coefficient of math_root.h, math_inverse_trig.h, math_hyperbolic.h, math_special.h,
math_lgamma.h and math_lgamma_below.h, f64 (53) and f32 (24).

Usage: python coefficients_inverse.py [name ...]   (names: cbrt atan asin sinh cosh tanh atanh erf erf_tail
erfc stirling stirling_low lgamma_hill lgamma2; none = all)
"""
import sys

from minimax import fit, mp, show, split

SLACK = 1 + mp.mpf(2) ** -18
NEAR_0 = mp.mpf(2) ** -40


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
    for bits, terms in ((53, 12), (24, 7)):
        middle = mp.mpf(3) / 8
        show("erf up to 7/8", fit(lambda w: f(w + middle), list(range(terms)), NEAR_0 - middle,
                                  mp.mpf(49) / 64 - middle, bits)[0], bits)


def erf_tail():
    """log(erfc(c + s)) from c + s = 7/8 to where erf is 1; the error is that of erfc, absolute. c, close to 1, is such
    that the first coefficient needs no second word."""
    for bits, terms, c, top in ((53, 19, mp.mpf(1), 5), (24, 7, mp.mpf(31) / 32, mp.mpf("3.2"))):
        def f(s, c=c):
            return mp.log(mp.erfc(c + s))
        show(f"erf, log(erfc({c} + s))", fit(f, list(range(terms)), mp.mpf(7) / 8 - c, top, bits,
                                             lambda s, c=c: mp.erfc(c + s))[0], bits)


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
    """(tanh(r) - r) / r^3 in z = r^2, r up to ln2 / 4 + 1/128; relative to r."""
    top = mp.log(2) / 4 + mp.mpf(2) ** -7 * (1 + mp.mpf(2) ** -13)

    def f(z):
        r = mp.sqrt(z)
        return (mp.tanh(r) - r) / r ** 3
    for bits, terms in ((53, 6), (24, 3)):
        show("tanh", fit(f, list(range(terms)), NEAR_0, top ** 2, bits, lambda z: z)[0], bits)


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
    for part in (cbrt, atan, asin, sinh, cosh, tanh, atanh, erf, erf_tail, erfc, stirling, stirling_low, lgamma_hill,
                 lgamma2):
        if len(sys.argv) == 1 or part.__name__ in sys.argv[1:]:
            part()
