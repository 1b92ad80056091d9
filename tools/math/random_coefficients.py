# SPDX-License-Identifier: BSD-3-Clause
"""Prints the coefficients of kernels/draw_convert.h: sine and cosine of pi t on [0, 1/4], z = t^2.

    sin(pi t) = t (pi + z (S1 + S2 z + ...)), cos(pi t) = 1 + z (C1 + C2 z + ...)

Usage: python random_coefficients.py
"""
from minimax import fit, mp, show, split


def sine(z):
    t = mp.sqrt(z)
    return (mp.sin(mp.pi * t) / t - mp.pi) / z


def cosine(z):
    return (mp.cos(mp.pi * mp.sqrt(z)) - 1) / z


if __name__ == "__main__":
    for bits, sine_terms, cosine_terms in ((53, 6, 7), (24, 3, 4)):
        low, top = mp.mpf(2) ** -40, mp.mpf(1) / 16
        show("pi", split(mp.pi, bits, 2), bits)
        show("S1..", fit(sine, list(range(sine_terms)), low, top, bits, lambda z: z / 3)[0], bits)
        show("C1..", fit(cosine, list(range(cosine_terms)), low, top, bits, lambda z: z)[0], bits)
