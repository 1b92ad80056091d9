# SPDX-License-Identifier: BSD-3-Clause
"""Prints every coefficient and constant of math_exp.h, math_log.h, math_pow.h and math_trig.h, f64 (53) and f32 (24).

Usage: python coefficients.py [name ...]   (names: exp log log_table log2 trig constants payne_hanek; none = all)
"""
import sys

from minimax import fit, mp, round_to, show, split

HALF_LN2 = mp.log(2) / 2 * (1 + mp.mpf(2) ** -20)
LOG_S = (mp.sqrt(2) - 1) / (mp.sqrt(2) + 1) * (1 + mp.mpf(2) ** -20)  # largest s = f / (2 + f)
# f32 finds its steps with a coarser 2/pi, so its arguments reach 2^-8 further
QUARTER_PI = {53: mp.pi / 4 * (1 + mp.mpf(2) ** -18), 24: mp.pi / 4 * (1 + mp.mpf(2) ** -8)}


def exp():
    """(exp(r) - 1 - r) / r^2 = E2 + E3 r + ...; errors relative to r, since expm1 uses it too."""
    def f(r):
        return (mp.exp(r) - 1 - r) / r ** 2
    for bits, terms in ((53, 11), (24, 6)):
        show(f"exp E2..E{terms + 1}", fit(f, list(range(terms)), -HALF_LN2, HALF_LN2, bits, abs)[0], bits)


def log():
    """(2 atanh(s) - 2 s) / s^3 = L1 + L2 z + ..., z = s^2; errors relative to 2 s. With the first term in two words for
    the two-word logarithm."""
    def f(z):
        s = mp.sqrt(z)
        return (2 * mp.atanh(s) - 2 * s) / s ** 3
    top = LOG_S ** 2
    for bits, terms in ((53, 7), (24, 3)):
        show("log L1..", fit(f, list(range(terms)), mp.mpf(2) ** -40, top, bits, lambda z: z / 2)[0], bits)
    for bits, terms in ((53, 9), (24, 4)):
        two_thirds = split(mp.mpf(2) / 3, bits)
        table = fit(f, list(range(terms)), mp.mpf(2) ** -40, top, bits, lambda z: z / 2, {0: sum(two_thirds)})[0]
        show("two-word log: 2/3 in two words, then M2..", two_thirds + table[1:], bits)


def log_table():
    """For each eighth of a binade a factor of four bits after the point that brings it near 1, minus its logarithm in
    two words, and (log(1 + r) - r) / r^2 with r what the product is above 1; errors relative to r. f32 alone."""
    factors, low, high = [], mp.mpf(0), mp.mpf(0)
    for begin in (1 + mp.mpf(eighth) / 8 for eighth in range(8)):
        end = begin + mp.mpf(1) / 8
        sixteenths = [16] if begin == 1 else [8] if end == 2 else range(8, 17)
        factors.append(min((mp.mpf(i) / 16 for i in sixteenths),
                           key=lambda c: max(abs(begin * c - 1), abs(end * c - 1))))
        low, high = min(low, begin * factors[-1] - 1), max(high, end * factors[-1] - 1)
    first = [-mp.nint(mp.log(c) * 2 ** 15) / 2 ** 15 for c in factors]
    show("factors", factors, 24)
    show("minus their logarithms, multiples of 2^-15", first, 24)
    show("the rest", [round_to(-mp.log(c) - word, 24) for c, word in zip(factors, first)], 24)
    show("log1p", fit(lambda r: (mp.log1p(r) - r) / r ** 2 if r else -mp.mpf(1) / 2, list(range(5)), low, high, 24,
                      abs)[0], 24)


def log2():
    """3 (atanh(s) - s - s^3 / 3) / s^5 in z = s^2, s up to that of sqrt(3/2); relative to 3 s."""
    def f(z):
        s = mp.sqrt(z)
        return 3 * (mp.atanh(s) / s - 1 - z / 3) / z ** 2
    root = mp.sqrt(mp.mpf(3) / 2)
    top = ((root - 1) / (root + 1) * (1 + mp.mpf(2) ** -20)) ** 2
    for bits, terms in ((53, 6), (24, 2)):
        show("two-word log2", fit(f, list(range(terms)), mp.mpf(2) ** -30, top, bits, lambda z: z * z / 3)[0], bits)


def trig():
    """(x - sin x) / x^3 = S1 + S2 z + ... relative to x; (cos x - 1 + z/2) / z^2 = C1 + C2 z + ..., absolute; (tan x - x)
    / x^3 - 3/8 relative to x."""
    def sine(z):
        x = mp.sqrt(z)
        return (x - mp.sin(x)) / x ** 3

    def cosine(z):
        return (mp.cos(mp.sqrt(z)) - 1 + z / 2) / z ** 2

    def tangent(z):
        x = mp.sqrt(z)
        return (mp.tan(x) - x) / x ** 3 - mp.mpf(3) / 8
    for bits, terms in ((53, 6), (24, 3)):
        top = QUARTER_PI[bits] ** 2
        show("sin S1..", fit(sine, list(range(terms)), mp.mpf(2) ** -40, top, bits, lambda z: z)[0], bits)
        show("cos C1..", fit(cosine, list(range(terms)), mp.mpf(2) ** -40, top, bits, lambda z: z * z)[0], bits)
    for bits, terms in ((53, 15), (24, 7)):
        top = QUARTER_PI[bits] ** 2
        show("tan T1 - 3/8..", fit(tangent, list(range(terms)), mp.mpf(2) ** -40, top, bits, lambda z: z)[0], bits)


def constants():
    for bits in (53, 24):
        show("1/ln2", split(1 / mp.log(2), bits), bits)
        show("2/(3 ln2)", split(2 / (3 * mp.log(2)), bits), bits)
        show("1/ln10", split(1 / mp.log(10), bits), bits)
        show("ln2", split(mp.log(2), bits, 3), bits)
        show("log10(2)", split(mp.log10(2), bits, 3), bits)
        show("pi", split(mp.pi, bits, 3), bits)
        show("pi/2", split(mp.pi / 2, bits, 4), bits)
        show("2/pi", split(2 / mp.pi, bits), bits)
    # The second word a multiple of 2^-83, the third what is left: see HALF_PI_2 in math_trig.h.
    first = split(mp.pi / 2, 53, 1)[0]
    second = mp.nint((mp.pi / 2 - first) * mp.mpf(2) ** 83) / mp.mpf(2) ** 83
    show("pi/2, second word short", [first, second] + split(mp.pi / 2 - first - second, 53, 1), 53)
    # The first word below pi/2, not rounded, so that the second is positive.
    first = mp.floor(mp.pi / 2 * 2 ** 23) / 2 ** 23
    show("pi/2, first word cut off", [first] + split(mp.pi / 2 - first, 24, 2), 24)
    # Short first words, whose products with a whole number of 11 (f64) or 8 bits (f32) are exact.
    for bits, short in ((53, 42), (24, 15)):
        for name, value in (("ln2", mp.log(2)), ("log10(2)", mp.log10(2)), ("2 log2(3/2)", 2 * mp.log(1.5, 2))):
            first = split(value, short, 1)
            show(f"{name}, first word of {short} bits", first + split(value - first[0], bits, 2), bits)


def payne_hanek():
    """2/pi in words of 64 bits after the binary point, as many as the largest double needs; then in words of 32."""
    for width, count in ((64, 20), (32, 8)):
        whole = int(mp.floor(mp.ldexp(2 / mp.pi, 0) * mp.mpf(2) ** (width * count)))
        words = [(whole >> (width * (count - 1 - i))) & ((1 << width) - 1) for i in range(count)]
        print(f"/* 2/pi, words of {width} bits */")
        for word in words:
            print(f"    0x{word:0{width // 4}x}u,")


if __name__ == "__main__":
    mp.mp.dps = 90 if sys.argv[1:] != ["payne_hanek"] else 500
    if "payne_hanek" not in sys.argv[1:]:
        for part in (exp, log, log_table, log2, trig, constants):
            if len(sys.argv) == 1 or part.__name__ in sys.argv[1:]:
                part()
    if len(sys.argv) == 1 or "payne_hanek" in sys.argv[1:]:
        mp.mp.dps = 500
        payne_hanek()
