# SPDX-License-Identifier: BSD-3-Clause
"""The rows of bench_sort with NumPy: processor time (NumPy sorts on one thread), best of several rounds."""
import sys
import time

import numpy as np

N, ROUNDS = 10_000_000, 3
rng = np.random.default_rng(1)
f64 = rng.random(N)
normal = rng.standard_normal(N)
rising = np.arange(float(N))
f32, f16 = f64.astype(np.float32), f64.astype(np.float16)
i32 = rng.integers(-(2**31), 2**31 - 1, N, dtype=np.int32)
few = rng.integers(0, 1000, N)
rows = f64.reshape(N // 1000, 1000)
ordered, million, flags = np.sort(f64), rng.random(N // 10), f64 > 0.5

ROWS = {
    "sort float64": lambda: np.sort(f64),
    "sort float64 normal": lambda: np.sort(normal),
    "sort float64 rising": lambda: np.sort(rising),
    "sort float32": lambda: np.sort(f32),
    "sort float16": lambda: np.sort(f16),
    "sort int32": lambda: np.sort(i32),
    "sort int64 below 1000": lambda: np.sort(few),
    "sort rows of 1000": lambda: np.sort(rows),
    "sort rows of 100": lambda: np.sort(f64.reshape(-1, 100)),
    "sort rows of 10": lambda: np.sort(f64.reshape(-1, 10)),
    "sort columns of 10000": lambda: np.sort(rows, axis=0),
    "argsort float64": lambda: np.argsort(f64),
    "argsort float64, stable": lambda: np.argsort(f64, kind="stable"),
    "argsort float32": lambda: np.argsort(f32),
    "argsort int32": lambda: np.argsort(i32),
    "partition float64": lambda: np.partition(f64, N // 2),
    "argpartition float64": lambda: np.argpartition(f64, N // 2),
    "unique float64": lambda: np.unique(f64),
    "unique int64 below 1000": lambda: np.unique(few),
    "searchsorted 1e6 in 1e7": lambda: np.searchsorted(ordered, million),
    "flatnonzero bool": lambda: np.flatnonzero(flags),
    "nonzero bool, 2 axes": lambda: np.nonzero(flags.reshape(-1, 1000)),
}


def best(run):
    seconds = float("inf")
    for _ in range(ROUNDS):
        begin = time.process_time()
        run()
        seconds = min(seconds, time.process_time() - begin)
    return seconds


copy = best(lambda: f64 + 0.0)
print("NumPy", np.__version__)
for name, run in ROWS.items():
    if len(sys.argv) < 2 or sys.argv[1] in name:
        seconds = best(run)
        print(f"{name:26} {seconds * 1e3:8.1f} ms {seconds / copy:6.1f} copies", flush=True)
