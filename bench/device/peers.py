#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""peers.py cupy|torch|jax: the rows of bench_device for another library on the GPU. One line per row, "name seconds"; rows
the library has no answer to are left out. 77 when the library or its GPU is not there."""
import importlib
import sys
import time

ROUNDS = 7
which = sys.argv[1]
scale = 100 if "--small" in sys.argv else 1
try:
    if which == "jax":
        import jax

        jax.config.update("jax_enable_x64", True)
    library = importlib.import_module(which)
except Exception as problem:
    print(f"skipped: {problem}")
    sys.exit(77)


def best(run, wait):
    run(), run(), wait()
    fastest = 1e30
    for _ in range(ROUNDS):
        wait()
        begin = time.perf_counter()
        run()
        wait()
        fastest = min(fastest, time.perf_counter() - begin)
    return fastest


def row(name, run, wait):
    try:
        print(name, f"{best(run, wait):.9f}", flush=True)
    except Exception as problem:  # out of memory, not supported: no row, but say so
        print(f"# {name}: {type(problem).__name__}: {problem}".splitlines()[0][:200], flush=True)


def cp_softmax(cp, rows):
    e = cp.exp(rows - rows.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def cupy_rows():
    cp = library
    wait = cp.cuda.get_current_stream().synchronize
    n, side = 10**8 // scale, 10**4 // (10 if scale > 1 else 1)
    x, y = cp.random.random(n), cp.random.random(n)
    fused = cp.fuse()(lambda a: cp.sin(a) + cp.cos(a))
    row("sin_cos_f64_1e8", lambda: cp.sin(x) + cp.cos(x), wait)
    row("sin_cos_f64_1e8_compiled", lambda: fused(x), wait)
    row("add_f64_1e8", lambda: x + y, wait)
    row("square_f64_1e8", lambda: x * x, wait)
    row("sum_f64_1e8", lambda: x.sum(), wait)
    row("var_f64_1e8", lambda: x.var(), wait)
    row("cumsum_f64_1e8", lambda: cp.cumsum(x), wait)
    row("sort_f64_1e8", lambda: cp.sort(x), wait)
    f = x.astype(cp.float32)
    row("sin_cos_f32_1e8", lambda: cp.sin(f) + cp.cos(f), wait)
    row("sum_f32_1e8", lambda: f.sum(), wait)
    rows = f.reshape(-1, 1000)
    row("softmax_f32_1e5x1e3", lambda: cp_softmax(cp, rows), wait)
    small = x[: 10**6 // scale].copy()
    row("sin_cos_f64_1e6", lambda: cp.sin(small) + cp.cos(small), wait)
    row("square_f64_1e6", lambda: small * small, wait)
    m = x[: side * side].reshape(side, side)
    row("sum_axis0_f64_1e4x1e4", lambda: m.sum(axis=0), wait)
    row("sum_axis1_f64_1e4x1e4", lambda: m.sum(axis=1), wait)
    row("sum_transposed_f64_1e4x1e4", lambda: m.T.sum(), wait)
    row("sum_middle_f64_100x100x1e4", lambda: m.reshape(100, side // 100, side).sum(axis=1), wait)
    row("sum_short_rows_f64_4e6x25", lambda: x[: side * side // 25 * 25].reshape(-1, 25).sum(axis=1), wait)
    generator = cp.random.default_rng(42)
    row("random_philox4x64_f64_1e8", lambda: generator.random(n), wait)
    philox = cp.random.Generator(cp.random.Philox4x3210(42))
    row("random_philox4x32_f64_1e8", lambda: philox.random(n), wait)
    row("random_philox4x32_f32_1e8", lambda: philox.random(n, dtype=cp.float32), wait)
    row("normal_f64_1e8", lambda: generator.standard_normal(n), wait)
    products(lambda k, dtype: cp.random.random((k, k)).astype(dtype), lambda a, b: a @ b, wait)
    a, b = cp.ones(100), cp.ones(100)
    enqueue(lambda: a + b, lambda: float((a + b)[7]), wait)


def torch_rows():
    torch = library
    if not torch.cuda.is_available():
        print("skipped: torch sees no GPU")
        sys.exit(77)
    torch.backends.cuda.matmul.allow_tf32 = False
    wait, f64 = torch.cuda.synchronize, dict(dtype=torch.float64, device="cuda")
    n, side = 10**8 // scale, 10**4 // (10 if scale > 1 else 1)
    x, y = torch.rand(n, **f64), torch.rand(n, **f64)
    compiled = torch.compile(lambda a: torch.sin(a) + torch.cos(a))
    row("sin_cos_f64_1e8", lambda: torch.sin(x) + torch.cos(x), wait)
    row("sin_cos_f64_1e8_compiled", lambda: compiled(x), wait)
    row("add_f64_1e8", lambda: x + y, wait)
    row("square_f64_1e8", lambda: x * x, wait)
    row("sum_f64_1e8", lambda: x.sum(), wait)
    row("var_f64_1e8", lambda: x.var(correction=0), wait)
    row("cumsum_f64_1e8", lambda: torch.cumsum(x, 0), wait)
    row("sort_f64_1e8", lambda: torch.sort(x), wait)
    f = x.float()
    row("sin_cos_f32_1e8", lambda: torch.sin(f) + torch.cos(f), wait)
    row("sum_f32_1e8", lambda: f.sum(), wait)
    row("softmax_f32_1e5x1e3", lambda: torch.softmax(f.reshape(-1, 1000), 1), wait)
    small = x[: 10**6 // scale].clone()
    row("sin_cos_f64_1e6", lambda: torch.sin(small) + torch.cos(small), wait)
    row("square_f64_1e6", lambda: small * small, wait)
    m = x[: side * side].reshape(side, side)
    row("sum_axis0_f64_1e4x1e4", lambda: m.sum(0), wait)
    row("sum_axis1_f64_1e4x1e4", lambda: m.sum(1), wait)
    row("sum_transposed_f64_1e4x1e4", lambda: m.T.sum(), wait)
    row("sum_middle_f64_100x100x1e4", lambda: m.reshape(100, side // 100, side).sum(1), wait)
    row("sum_short_rows_f64_4e6x25", lambda: x[: side * side // 25 * 25].reshape(-1, 25).sum(1), wait)
    row("random_philox4x32_f64_1e8", lambda: torch.rand(n, **f64), wait)
    row("random_philox4x32_f32_1e8", lambda: torch.rand(n, device="cuda"), wait)
    row("normal_f64_1e8", lambda: torch.randn(n, **f64), wait)
    types = {"float32": torch.float32, "float64": torch.float64}
    products(lambda k, dtype: torch.rand(k, k, dtype=types[dtype], device="cuda"), lambda a, b: a @ b, wait)
    a, b = torch.ones(100, **f64), torch.ones(100, **f64)
    enqueue(lambda: a + b, lambda: float((a + b)[7]), wait)


def jax_rows():
    import jax.numpy as jnp

    if jax.default_backend() != "gpu":
        print("skipped: jax sees no GPU")
        sys.exit(77)
    last = []

    def keep(value):
        last[:] = [value]

    def wait():
        for value in last:
            value.block_until_ready()

    n, side = 10**8 // scale, 10**4 // (10 if scale > 1 else 1)
    x = jax.random.uniform(jax.random.key(1), (n,), dtype=jnp.float64)
    y = jax.random.uniform(jax.random.key(2), (n,), dtype=jnp.float64)

    def measured(name, function, *arguments):
        compiled = jax.jit(function)
        row(name, lambda: keep(compiled(*arguments)), wait)

    measured("sin_cos_f64_1e8_compiled", lambda a: jnp.sin(a) + jnp.cos(a), x)
    measured("add_f64_1e8", lambda a, b: a + b, x, y)
    measured("square_f64_1e8", lambda a: a * a, x)
    measured("sum_f64_1e8", jnp.sum, x)
    measured("var_f64_1e8", jnp.var, x)
    measured("cumsum_f64_1e8", jnp.cumsum, x)
    measured("sort_f64_1e8", jnp.sort, x)
    measured("softmax_f32_1e5x1e3", lambda a: jax.nn.softmax(a, axis=1), x.astype(jnp.float32).reshape(-1, 1000))
    measured("sin_cos_f64_1e6", lambda a: jnp.sin(a) + jnp.cos(a), x[: 10**6 // scale])
    m = x[: side * side].reshape(side, side)
    measured("sum_axis0_f64_1e4x1e4", lambda a: a.sum(0), m)
    measured("sum_axis1_f64_1e4x1e4", lambda a: a.sum(1), m)
    measured("random_threefry_f64_1e8", lambda k: jax.random.uniform(k, (n,), dtype=jnp.float64), jax.random.key(3))
    products(lambda k, dtype: jnp.asarray(x[: k * k].reshape(k, k), dtype=dtype),
             lambda a, b: keep(jnp.matmul(a, b, precision="highest")), wait)


def products(make, multiply, wait):
    for dtype, tag in [("float32", "f32"), ("float64", "f64")]:
        for k in [256] if scale > 1 else [256, 1024, 4096]:
            a, b = make(k, dtype), make(k, dtype)
            row(f"matmul_{tag}_{k}", lambda: multiply(a, b), wait)


def enqueue(add, item, wait):
    many, fastest = 2000, 1e30
    for _ in range(ROUNDS):
        begin = time.perf_counter()
        for _ in range(many):
            add()
        fastest = min(fastest, (time.perf_counter() - begin) / many)
        wait()
    print("add_f64_100_enqueue", f"{fastest:.9f}")
    fastest = 1e30
    for _ in range(many):
        begin = time.perf_counter()
        item()
        fastest = min(fastest, time.perf_counter() - begin)
    print("add_f64_100_item", f"{fastest:.9f}")


{"cupy": cupy_rows, "torch": torch_rows, "jax": jax_rows}[which]()
