#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Writes print_vectors.txt: arrays and how NumPy prints them, for tests/io/test_print.c.

    python3 tests/vectors/make_print_vectors.py

A case is one line of facts, one of data, the text, and an empty line:

    case dtype ndim sizes... precision threshold edgeitems linewidth suppress lines
    hex of the elements, or "arange"
    the text, `lines` lines of it"""
import os
import sys

import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))
DTYPES = ["bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "float16", "float32", "float64",
          "complex64", "complex128"]
DEFAULTS = dict(precision=8, threshold=1000, edgeitems=3, linewidth=75, suppress=False)
rng = np.random.default_rng(2026)


def numpy_text(a, options):
    if a.ndim == 0:
        return str(a)
    return np.array2string(a, precision=options["precision"], threshold=options["threshold"], edgeitems=options["edgeitems"],
                           max_line_width=options["linewidth"], suppress_small=options["suppress"])


def write(out, a, data=None, **changed):
    options = {**DEFAULTS, **changed}
    text = numpy_text(a, options).split("\n")
    o = options
    print("case", a.dtype.name, a.ndim, *a.shape, o["precision"], o["threshold"], o["edgeitems"], o["linewidth"], int(o["suppress"]),
          len(text), file=out)
    print(data or a.tobytes().hex() or "-", file=out)
    print("\n".join(text), file=out)
    print(file=out)


def reals(dtype, count):
    kind = rng.integers(0, 9)
    with np.errstate(all="ignore"):
        if kind == 0:
            x = rng.standard_normal(count)
        elif kind == 1:
            x = rng.random(count) * 10.0 ** rng.integers(-6, 9)
        elif kind == 2:
            x = np.round(rng.standard_normal(count) * 10, int(rng.integers(0, 4)))
        elif kind == 3:
            x = 10.0 ** rng.uniform(-10, 10, count)
        elif kind == 4:
            return np.frombuffer(rng.bytes(count * np.dtype(dtype).itemsize), dtype).copy()
        elif kind == 5:
            x = rng.integers(-50, 50, count).astype(float)
        elif kind == 6:
            x = 2.0 ** rng.integers(-1060 if dtype == "float64" else -140, 1000 if dtype == "float64" else 120, count)
        elif kind == 7:
            x = rng.integers(-5000, 5000, count) / 8
        else:
            x = np.repeat([0.0001, 1000.0001, 0.5, 99999999.0, 1e8, 0.00009999][int(rng.integers(0, 6))], count)
        x = x.astype(dtype)
    if count and rng.integers(0, 3) == 0:
        for special in (np.nan, np.inf, -np.inf, -0.0):
            if rng.integers(0, 2):
                x[rng.integers(0, count)] = special
    return x


def values(dtype, count):
    kind = np.dtype(dtype).kind
    if kind == "b":
        return rng.integers(0, 2, count).astype(bool)
    if kind in "iu":
        limits = np.iinfo(dtype)
        if rng.integers(0, 3) == 0:
            return rng.integers(limits.min, limits.max, count, dtype=dtype, endpoint=True)
        return rng.integers(0 if kind == "u" else -9, 100, count).astype(dtype)
    if kind == "f":
        return reals(dtype, count)
    z = np.empty(count, dtype)
    part = "float32" if dtype == "complex64" else "float64"
    z.real, z.imag = reals(part, count), reals(part, count)
    return z


def main():
    with open(os.path.join(HERE, "print_vectors.txt"), "w") as out:
        for dtype in DTYPES:
            for _ in range(24):
                ndim = int(rng.integers(0, 4))
                shape = tuple(int(n) for n in rng.integers(1, 6, ndim))
                changed = {}
                if rng.integers(0, 3) == 0:
                    changed = dict(precision=int(rng.integers(1, 18)), threshold=int(rng.integers(1, 40)), suppress=bool(rng.integers(0, 2)),
                                   edgeitems=int(rng.integers(1, 3)), linewidth=int(rng.integers(10, 100)))
                write(out, values(dtype, int(np.prod(shape, dtype=int))).reshape(shape), **changed)
            write(out, np.zeros((3, 0), dtype))
        for shape in ((1001,), (1000,), (100, 100), (7, 8, 20), (6, 200), (3, 3, 3, 50), (2, 2, 2, 2, 2, 2, 2, 2, 2, 2), (10, 1, 110), (40,) * 3):
            write(out, np.arange(np.prod(shape)).reshape(shape), "arange")
            write(out, np.arange(float(np.prod(shape))).reshape(shape), "arange")
        write(out, np.arange(30000).reshape(100, 300), "arange", edgeitems=5, linewidth=40)
        write(out, np.arange(2000000.0).reshape(1000, 2000), "arange")


if __name__ == "__main__":
    sys.exit(main())
