# SPDX-License-Identifier: BSD-3-Clause
"""The rows of bench_sort with NumPy: processor time (NumPy sorts on one thread), best of several rounds.

Usage: bench_numpy.py [filter [elements]]
"""
import sys
import time

import numpy as np

N, ROUNDS, LEAST_ELEMENTS = int(sys.argv[2]) if len(sys.argv) > 2 else 10_000_000, 5, 2_000_000
rng = np.random.default_rng(1)
f64 = rng.random(N)
normal = rng.standard_normal(N)
rising = np.arange(float(N))
f32, f16 = f64.astype(np.float32), f64.astype(np.float16)
i32 = rng.integers(-(2**31), 2**31 - 1, N, dtype=np.int32)
i64 = rng.integers(-(2**63), 2**63 - 1, N)
u64 = rng.integers(0, 2**64 - 1, N, dtype=np.uint64)
few = rng.integers(0, 1000, N)
rows = f64.reshape(N // 1000, 1000)
ordered, tenth, flags = np.sort(f64), rng.random(N // 10), f64 > 0.5

ROWS = {
    "sort float64": lambda: np.sort(f64),
    "sort float64 normal": lambda: np.sort(normal),
    "sort float64 rising": lambda: np.sort(rising),
    "sort float32": lambda: np.sort(f32),
    "sort float16": lambda: np.sort(f16),
    "sort int32": lambda: np.sort(i32),
    "sort int64": lambda: np.sort(i64),
    "sort uint64": lambda: np.sort(u64),
    "sort int64 below 1000": lambda: np.sort(few),
    "sort rows of 1000": lambda: np.sort(rows),
    "sort rows of 100": lambda: np.sort(f64.reshape(-1, 100)),
    "sort rows of 10": lambda: np.sort(f64.reshape(-1, 10)),
    "sort columns of 1000": lambda: np.sort(rows, axis=0),
    "argsort float64": lambda: np.argsort(f64),
    "argsort float64, stable": lambda: np.argsort(f64, kind="stable"),
    "argsort float32": lambda: np.argsort(f32),
    "argsort int32": lambda: np.argsort(i32),
    "argsort int64": lambda: np.argsort(i64),
    "partition float64": lambda: np.partition(f64, N // 2),
    "partition float32": lambda: np.partition(f32, N // 2),
    "argpartition float64": lambda: np.argpartition(f64, N // 2),
    "unique float64": lambda: np.unique(f64),
    "unique int64 below 1000": lambda: np.unique(few),
    "searchsorted a tenth": lambda: np.searchsorted(ordered, tenth),
    "flatnonzero bool": lambda: np.flatnonzero(flags),
    "nonzero bool, 2 axes": lambda: np.nonzero(flags.reshape(-1, 1000)),
}


def best(run):
    seconds, calls = float("inf"), max(1, LEAST_ELEMENTS // N)
    for _ in range(ROUNDS):
        begin = time.process_time()
        for _ in range(calls):
            run()
        seconds = min(seconds, (time.process_time() - begin) / calls)
    return seconds


copy = best(lambda: f64 + 0.0)
print("NumPy", np.__version__)
for name, run in ROWS.items():
    if len(sys.argv) < 2 or sys.argv[1] in name:
        seconds = best(run)
        print(f"{name:26} {seconds * 1e3:10.3f} ms {seconds / copy:6.1f} copies", flush=True)
