# SPDX-License-Identifier: BSD-3-Clause
"""Writes math_complex.txt: values of the complex functions, from mpmath at 60 digits.

One line per point: function, dtype, the argument's parts (for pow the exponent's too), then each part of the value as
two doubles whose sum is the value to 106 bits. Points lie near 0, near the unit circle, near the branch points, on a
wide logarithmic scale, and far out where the format allows. Run: python math_complex.py > math_complex.txt
"""
import random

import mpmath as mp

mp.mp.dps = 60
COUNT = 40
FUNCTIONS = {
    "exp": mp.exp, "expm1": lambda z: mp.expm1(z), "log": mp.log, "log2": lambda z: mp.log(z) / mp.log(2),
    "log10": lambda z: mp.log(z) / mp.log(10), "log1p": lambda z: mp.log(1 + z), "sqrt": mp.sqrt, "sin": mp.sin,
    "cos": mp.cos, "tan": mp.tan, "sinh": mp.sinh, "cosh": mp.cosh, "tanh": mp.tanh, "asin": mp.asin, "acos": mp.acos,
    "atan": mp.atan, "asinh": mp.asinh, "acosh": mp.acosh, "atanh": mp.atanh, "signum": lambda z: z / abs(z),
    "reciprocal": lambda z: 1 / z, "pow": None,
}
BOUNDED = {"exp", "expm1", "sin", "cos", "tan", "sinh", "cosh", "tanh"}  # of arguments that are not huge


def scale(low, high):
    return random.choice((-1, 1)) * (1 + random.random()) * 2.0 ** random.randint(low, high)


def point(i, name, single):
    kind = i % 6
    if kind == 0:
        return random.uniform(-2, 2), random.uniform(-2, 2)
    if kind == 1:
        return random.uniform(-60, 60), random.uniform(-60, 60)
    if kind == 2:
        angle, radius = random.uniform(-3.1, 3.1), 1 + scale(-50, -3)
        return radius * mp.cos(angle), radius * mp.sin(angle)
    if kind == 3:
        return random.choice((-1, 1)) * (1 + scale(-40, -2)), scale(-40, -2)
    if kind == 4 or name in BOUNDED:
        return scale(-30, 2), scale(-30, 2)
    wide = 120 if single else 1000
    return scale(-wide, wide), scale(-wide, wide)


def words(value):
    high = float(value)
    return float(high).hex(), float(value - mp.mpf(high)).hex()


def to_format(value, single):
    with mp.workprec(24 if single else 53):
        return float(+mp.mpf(value))


def main():
    random.seed(20240229)
    for name, function in FUNCTIONS.items():
        for dtype in ("c64", "c128"):
            single = dtype == "c64"
            for i in range(COUNT):
                parts = [to_format(p, single) for p in point(i, name, single)]
                z = mp.mpc(*parts)
                if name == "pow":
                    exponent = [to_format(random.uniform(-8, 8), single) for _ in range(2)]
                    if i % 3 == 0:
                        exponent = [float(random.randint(-9, 9)), 0.0]
                    if abs(mp.log(abs(z))) > 8:
                        exponent = [exponent[0] / 8, 0.0]
                        exponent = [to_format(e, single) for e in exponent]
                    parts += exponent
                    value = mp.exp(mp.mpc(*exponent) * mp.log(z))
                else:
                    with mp.workprec(2200):  # 1 + z must not round for the smallest z
                        value = function(z)
                size = max(abs(value.real), abs(value.imag))
                if not mp.mpf(2) ** (-100 if single else -900) < size < mp.mpf(2) ** (127 if single else 1000):
                    continue
                print(name, dtype, *[p.hex() for p in parts], *words(value.real), *words(value.imag))


main()
