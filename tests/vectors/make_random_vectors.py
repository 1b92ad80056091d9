# SPDX-License-Identifier: BSD-3-Clause
"""Writes tests/vectors/random.txt: what numpy.random.Generator(numpy.random.Philox(seed)) draws.

Each case is a seed (hexadecimal), the spawn indices that lead to the generator, and draws in order. A draw is its kind,
its count, and either its values' bits in hexadecimal or, after `hash`, the FNV-1a hash of their bytes. Integers carry
their bounds first: lowest, and highest included.

Usage: python make_random_vectors.py > random.txt
"""
import sys

import numpy as np

SHOWN = 12  # longer draws are hashed


def fnv1a(data):
    value = 0xCBF29CE484222325
    for byte in data:
        value = (value ^ byte) * 0x100000001B3 % 2**64
    return value


def show(kind, values, *bounds):
    values = np.ascontiguousarray(values)
    bits = values.view(np.uint32 if values.itemsize == 4 else np.uint64).ravel()
    text = [kind, *map(str, bounds), str(bits.size)]
    if bits.size <= SHOWN:
        text += [f"{int(b):x}" for b in bits]
    else:
        text += ["hash", f"{fnv1a(bits.tobytes()):x}"]
    print(*text)


def integers(rng, low, high, count):
    """Bounds where NumPy rejects no word: the number of values is a power of two."""
    show("integers", rng.integers(low, high, count, dtype=np.int64, endpoint=True), low, high)


DRAWS = {
    "f64": lambda g, n: show("f64", g.random(n)),
    "f32": lambda g, n: show("f32", g.random(n, dtype=np.float32)),
    "u64": lambda g, n: show("u64", g.integers(0, 2**64, n, dtype=np.uint64)),
    "u32": lambda g, n: show("u32", g.integers(0, 2**32, n, dtype=np.uint32)),
    "coin": lambda g, n: integers(g, 0, 1, n),
    "byte": lambda g, n: integers(g, -128, 127, n),
    "wide": lambda g, n: integers(g, -2**40, 2**40 - 1, n),
    "full": lambda g, n: integers(g, -2**63, 2**63 - 1, n),
    "one": lambda g, n: integers(g, 7, 7, n),
}


def case(seed, spawn, draws):
    print("seed", f"{seed:x}")
    rng = np.random.Generator(np.random.Philox(seed))
    for index in spawn:
        rng = rng.spawn(index + 1)[index]
        print("spawn", index)
    for name, count in draws:
        DRAWS[name](rng, count)


def main():
    print(f"# made by make_random_vectors.py with NumPy {np.__version__}")
    seeds = [0, 1, 42, 2**31, 2**32 - 1, 2**32, 12345678901234567890, 2**64 - 1, 0x0123456789ABCDEF0123, 2**96, 2**127,
             2**128 - 1, 2**128, 2**200 - 1, 0xDEADBEEF << 170, 31**150]
    for seed in seeds:
        case(seed, [], [("f64", 6), ("f32", 5), ("f64", 3), ("f32", 1), ("u64", 2), ("u32", 3), ("f64", 1000)])
    for seed in (0, 5, 2**40, 2**200 - 1):
        for path in ([0], [1], [6], [0, 0], [2, 1], [1, 0, 3]):
            case(seed, path, [("u64", 3), ("f32", 3), ("f64", 2)])
    dice = np.random.default_rng(2026)
    names = list(DRAWS)
    for number in range(40):  # mixed draws of every kind, short and long
        draws = [(names[dice.integers(len(names))], int(dice.choice([0, 1, 2, 3, 4, 5, 7, 8, 11, 64, 257, 1000, 4099])))
                 for _ in range(12)]
        case(1000 + number, [], draws)


if __name__ == "__main__":
    sys.exit(main())
