# SPDX-License-Identifier: BSD-3-Clause
"""The rows of bench_random with NumPy: processor time (NumPy draws on one thread), best of several rounds.

Usage: bench_numpy.py [filter [elements]]
"""
import sys
import time

import numpy as np

ROUNDS, LEAST_ELEMENTS = 5, 4_000_000
rng = np.random.Generator(np.random.PCG64(1))
philox = np.random.Generator(np.random.Philox(1))
sfc = np.random.Generator(np.random.SFC64(1))


def rows(n):
    f64, f32 = np.empty(n), np.empty(n, np.float32)
    return {
        "random float64": lambda: rng.random(out=f64),
        "random float64, Philox": lambda: philox.random(out=f64),
        "random float64, SFC64": lambda: sfc.random(out=f64),
        "random float32": lambda: rng.random(dtype=np.float32, out=f32),
        "normal float64": lambda: rng.standard_normal(out=f64),
        "normal float32": lambda: rng.standard_normal(dtype=np.float32, out=f32),
        "exponential float64": lambda: rng.standard_exponential(out=f64),
        "exponential float32": lambda: rng.standard_exponential(dtype=np.float32, out=f32),
        "integers below 1000": lambda: rng.integers(0, 1000, n),
        "integers below 1000 int32": lambda: rng.integers(0, 1000, n, dtype=np.int32),
        "integers below 2^40": lambda: rng.integers(0, 2**40, n),
        "bits uint64": lambda: rng.integers(0, 2**64 - 1, n, dtype=np.uint64, endpoint=True),
        "uniform -1 to 1": lambda: rng.uniform(-1, 1, n),
        "sum of random": lambda: rng.random(out=f64).sum(),
        "sum of normal": lambda: rng.standard_normal(out=f64).sum(),
    }


def once(run, calls):
    begin = time.process_time()
    for _ in range(calls):
        run()
    return (time.process_time() - begin) / calls


def best(run, n):
    calls = max(1, LEAST_ELEMENTS // n)
    return min(once(run, calls) for _ in range(ROUNDS)) / n


best(lambda: rng.random(1_000_000), 1_000_000)  # the processor wakes up
print("NumPy", np.__version__)
for size in (1000, 1_000_000, 100_000_000):
    for name, run in rows(size).items():
        if (len(sys.argv) < 2 or sys.argv[1] in name) and (len(sys.argv) < 3 or int(sys.argv[2]) == size):
            print(f"{name:26}      {size:10} {best(run, size) * 1e9:7.3f} ns", flush=True)
