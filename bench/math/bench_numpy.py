# SPDX-License-Identifier: BSD-3-Clause
"""The figures of bench_math for NumPy: nanoseconds of processor time per element, 4096 elements in cache, one thread,
results written to an array that is reused. Usage: python bench_numpy.py [function ...]"""
import sys
import time

import numpy as np

RANGES = {
    "exp": (-40, 40), "exp2": (-40, 40), "expm1": (-10, 10), "log": (0.001, 100), "log2": (0.001, 100),
    "log10": (0.001, 100), "log1p": (-0.9, 10), "logaddexp": (-20, 20), "power": (0.01, 10), "sin": (-20, 20),
    "cos": (-20, 20), "tan": (-20, 20), "cbrt": (-20, 20), "hypot": (-20, 20), "arcsin": (-1, 1), "arccos": (-1, 1),
    "arctan": (-20, 20), "arctan2": (-20, 20), "sinh": (-20, 20), "cosh": (-20, 20), "tanh": (-20, 20),
    "arcsinh": (-20, 20), "arccosh": (1, 10), "arctanh": (-1, 1),
}
COUNT, REPEATS, ROUNDS = 4096, 32, 15

print(f"numpy {np.__version__}, ns/element     f32       f64")
for name in sys.argv[1:] or RANGES:
    function, (low, high) = getattr(np, name), RANGES[name]
    best = []
    for dtype in (np.float32, np.float64):
        generator = np.random.default_rng(1)
        x = generator.uniform(low, high, COUNT).astype(dtype)
        second = (-8, 8) if name == "power" else (low, high)
        operands = (x,) if function.nin == 1 else (x, generator.uniform(*second, COUNT).astype(dtype))
        out = np.empty_like(x)
        times = []
        for _ in range(ROUNDS):
            start = time.thread_time_ns()
            for _ in range(REPEATS):
                function(*operands, out=out)
            times.append((time.thread_time_ns() - start) / (COUNT * REPEATS))
        best.append(min(times))
    print(f"{name:24s}  {best[0]:8.2f}  {best[1]:8.2f}")
