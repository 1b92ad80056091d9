# SPDX-License-Identifier: BSD-3-Clause
"""The rows of bench_reduce with NumPy (one thread) and PyTorch (one and two threads), best of several rounds.

Usage: bench_peers.py [filter ...]. Each figure is followed by its ratio to the limit: PyTorch's sum of (for scans: its
copy of) the same bytes in the same round, as bench_reduce's own reader does. With one thread processor time counts."""
import sys
import time

import numpy as np
import torch

COUNT, ROUNDS = 100_000_000, 5
memory = np.full(COUNT, 1.0)
memory += 1e-9 * (np.arange(COUNT) % 1000003)
target = torch.zeros(1 << 25, dtype=torch.float64)

ROWS = {  # name: (operation, dtype, shape, axis); "T": a transposed array
    "sum 1e8 f64": ("sum", "float64", (COUNT,), None),
    "sum 1e8 f32": ("sum", "float32", (COUNT,), None),
    "sum 1e4x1e4 axis 0": ("sum", "float64", (10000, 10000), 0),
    "sum 1e4x1e4 axis 1": ("sum", "float64", (10000, 10000), 1),
    "sum 1e4x1e4 f32 axis 0": ("sum", "float32", (10000, 10000), 0),
    "sum (A.T) 1e4x1e4": ("sum", "float64", (10000, 10000), "T"),
    "sum 100x1e3x1e3 middle": ("sum", "float64", (100, 1000, 1000), 1),
    "sum 1e6 f64": ("sum", "float64", (1000000,), None),
    "sum 1e6 f32": ("sum", "float32", (1000000,), None),
    "sum 1e5 f64": ("sum", "float64", (100000,), None),
    "sum 1e4 f64": ("sum", "float64", (10000,), None),
    "sum 1e3 f64": ("sum", "float64", (1000,), None),
    "sum 10 f64": ("sum", "float64", (10,), None),
    "sum 1e3x1e3 axis 0": ("sum", "float64", (1000, 1000), 0),
    "sum 1e3x1e3 f32 axis 0": ("sum", "float32", (1000, 1000), 0),
    "sum (A.T) 1e3x1e3": ("sum", "float64", (1000, 1000), "T"),
    "sum (A.T) 1e3x1e3 f32": ("sum", "float32", (1000, 1000), "T"),
    "sum 100x100x100 middle": ("sum", "float64", (100, 100, 100), 1),
    "max 1e3x1e3 f32 axis 0": ("max", "float32", (1000, 1000), 0),
    "sum 1e6x3 axis 1": ("sum", "float64", (1000000, 3), 1),
    "sum 1e6x3 axis 0": ("sum", "float64", (1000000, 3), 0),
    "sum 3x1e6 axis 0": ("sum", "float64", (3, 1000000), 0),
    "sum 1e5x20 axis 1": ("sum", "float64", (100000, 20), 1),
    "sum 1e4x100 axis 1": ("sum", "float64", (10000, 100), 1),
    "sum 1e4x100 axis 0": ("sum", "float64", (10000, 100), 0),
    "prod 1e7 f64": ("prod", "float64", (10000000,), None),
    "sum 5e6 c128": ("sum", "complex128", (5000000,), None),
    "prod 5e6 c128": ("prod", "complex128", (5000000,), None),
    "mean 1e7 f64": ("mean", "float64", (10000000,), None),
    "mean 1e4x1e3 axis 0": ("mean", "float64", (10000, 1000), 0),
    "var 1e7 f64": ("var", "float64", (10000000,), None),
    "var 1e7 f32": ("var", "float32", (10000000,), None),
    "var 1e4x1e3 axis 0": ("var", "float64", (10000, 1000), 0),
    "var 1e4x1e3 axis 1": ("var", "float64", (10000, 1000), 1),
    "var 10x1e3x1e3 middle": ("var", "float64", (10, 1000, 1000), 1),
    "min 1e7 f64": ("min", "float64", (10000000,), None),
    "max 1e7 f32": ("max", "float32", (10000000,), None),
    "min 1e7 i32": ("min", "int32", (10000000,), None),
    "min 1e5 f64": ("min", "float64", (100000,), None),
    "min 1e4x1e3 axis 0": ("min", "float64", (10000, 1000), 0),
    "min 1e4x1e3 f32 axis 0": ("min", "float32", (10000, 1000), 0),
    "min 1e4x1e3 i32 axis 0": ("min", "int32", (10000, 1000), 0),
    "min 1e4x1e3 axis 1": ("min", "float64", (10000, 1000), 1),
    "min 10x1e3x1e3 middle": ("min", "float64", (10, 1000, 1000), 1),
    "min 1e6x3 axis 1": ("min", "float64", (1000000, 3), 1),
    "min 1e6x3 axis 0": ("min", "float64", (1000000, 3), 0),
    "min 1e5x20 axis 1": ("min", "float64", (100000, 20), 1),
    "argmin 1e7 f64": ("argmin", "float64", (10000000,), None),
    "argmin 1e7 f32": ("argmin", "float32", (10000000,), None),
    "argmin 1e7 i32": ("argmin", "int32", (10000000,), None),
    "argmin 1e5 f64": ("argmin", "float64", (100000,), None),
    "argmax 1e4x1e3 axis 0": ("argmax", "float64", (10000, 1000), 0),
    "argmax 1e4x1e3 f32 axis 0": ("argmax", "float32", (10000, 1000), 0),
    "argmax 1e4x1e3 i32 axis 0": ("argmax", "int32", (10000, 1000), 0),
    "argmax 1e4x1e3 axis 1": ("argmax", "float64", (10000, 1000), 1),
    "argmax 10x1e3x1e3 middle": ("argmax", "float64", (10, 1000, 1000), 1),
    "argmax 1e5x20 axis 1": ("argmax", "float64", (100000, 20), 1),
    "count_nonzero 1e8": ("count_nonzero", "bool", (COUNT,), None),
    "count_nonzero 1e4x1e4 axis 0": ("count_nonzero", "bool", (10000, 10000), 0),
    "count_nonzero 1e4x1e4 axis 1": ("count_nonzero", "bool", (10000, 10000), 1),
    "all 1e8": ("all", "bool", (COUNT,), None),
    "all 1e4x1e4 axis 0": ("all", "bool", (10000, 10000), 0),
    "all 1e4x1e4 axis 1": ("all", "bool", (10000, 10000), 1),
    "any 1e8": ("any", "none", (COUNT,), None),
    "cumsum 2e7 f64": ("cumsum", "float64", (20000000,), 0),
    "cumsum 1e7 f64": ("cumsum", "float64", (10000000,), 0),
    "cumsum 1e7 f32": ("cumsum", "float32", (10000000,), 0),
    "cumsum 1e7 i64": ("cumsum", "int64", (10000000,), 0),
    "cumsum 1e5 f64": ("cumsum", "float64", (100000,), 0),
    "cumsum 1e4 f64": ("cumsum", "float64", (10000,), 0),
    "cumsum 1e3 f64": ("cumsum", "float64", (1000,), 0),
    "cumsum 1e4x1e3 axis 0": ("cumsum", "float64", (10000, 1000), 0),
    "cumsum 1e4x1e3 axis 1": ("cumsum", "float64", (10000, 1000), 1),
    "cumsum 10x1e3x1e3 middle": ("cumsum", "float64", (10, 1000, 1000), 1),
    "cumsum 1e5x20 axis 1": ("cumsum", "float64", (100000, 20), 1),
}


def numpy_call(name, x, axis):
    if name == "cumsum":
        out = target.numpy().view(x.dtype)[: x.size].reshape(x.shape)
        return lambda: np.cumsum(x, axis=axis, out=out)
    function = getattr(np, name)
    return lambda: function(x, axis=axis)


def torch_call(name, x, axis):
    if name == "cumsum":
        out = target.view(x.dtype)[: x.numel()].reshape(x.shape)
        return lambda: torch.cumsum(x, axis, out=out)
    if name in ("min", "max") and axis is not None:
        name = "amin" if name == "min" else "amax"
    if name == "prod" and axis is None:
        return lambda: torch.prod(x)
    function = getattr(torch, name)
    return (lambda: function(x)) if axis is None else (lambda: function(x, axis))


def seconds(run, turns, clock):
    begin = clock()
    for _ in range(turns):
        run()
    return (clock() - begin) / turns


def measure(run, limit, turns, clock):
    best = least = float("inf")
    for _ in range(ROUNDS):
        least = min(least, seconds(limit, turns, clock))
        best = min(best, seconds(run, turns, clock))
    return f"{best * 1e6:12.1f} us {least / best:5.2f}"


def values(dtype, shape):
    count = int(np.prod(shape))
    if dtype in ("bool", "none"):
        x = np.full(count, dtype == "bool")
    elif dtype == "complex128":
        x = memory[: 2 * count].view(dtype)
    else:
        x = memory[:count] if dtype == "float64" else (memory[:count] * 1e6 % 1e6).astype(dtype)
    return x.reshape(shape)


for row, (name, dtype, shape, axis) in ROWS.items():
    if len(sys.argv) > 1 and not any(part in row for part in sys.argv[1:]):
        continue
    x = values(dtype, shape)
    if axis == "T":
        x, axis = x.T, None
    words = max(x.nbytes // 8, 1)
    source = torch.from_numpy(memory[:words])
    limit = (lambda: target[:words].copy_(source)) if name == "cumsum" else (lambda: torch.sum(source))
    turns = 1 + 20_000_000 // (x.nbytes + 20_000)
    torch.set_num_threads(1)
    text = [measure(numpy_call(name, x, axis), limit, turns, time.process_time)]
    tensor = torch.from_numpy(x)
    for threads in (1, 2):
        torch.set_num_threads(threads)
        clock = time.process_time if threads == 1 else time.perf_counter
        text.append(measure(torch_call(name, tensor, axis), limit, turns, clock))
    print(f"{row:28} numpy{text[0]}  torch 1T{text[1]}  torch 2T{text[2]}", flush=True)
