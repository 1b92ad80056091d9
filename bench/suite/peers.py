# SPDX-License-Identifier: BSD-3-Clause
"""The rows as users of other libraries write them. NEW[library][key] is a function of the inputs it names (a, b, c, d and
w as in inputs.py; n, shape, dtype, path and state of the case besides) that returns the result; OUT[library][key] puts
it into `out`. xp stands for the library where several spell a row alike."""
import functools
import importlib.util
import inspect
import os
import re

import numpy as np

NEW, OUT = {}, {}


def needs(function):
    """The names of a row's parameters, those aside that only carry a value into it."""
    return [name for name, p in inspect.signature(function).parameters.items() if p.default is p.empty]


TURNS, RATE, VOLATILITY = 30, 0.05, 0.2


def black_scholes(xp, erf, a, b, c):
    price, strike, years = a * 50 + 75, b * 50 + 75, c + 0.1
    spread = xp.sqrt(years) * VOLATILITY
    d1 = (xp.log(price / strike) + years * (RATE + 0.5 * VOLATILITY**2)) / spread
    below1 = (erf(d1 * 0.70710678118654752) + 1) * 0.5
    below2 = (erf((d1 - spread) * 0.70710678118654752) + 1) * 0.5
    return price * below1 - strike * xp.exp(years * -RATE) * below2


def mandelbrot(xp, a, b):
    re, im = a * 3 - 2, b * 2 - 1
    x, y, count = re, im, xp.zeros_like(a)
    for _ in range(TURNS):
        xx, yy = x * x, y * y
        inside = xx + yy <= 4
        count = count + inside
        x, y = xp.where(inside, xx - yy + re, x), xp.where(inside, 2 * x * y + im, y)
    return count


def stencil(a):
    rows = a[:-2] + a[1:-1] + a[2:]
    return (rows[:, :-2] + rows[:, 1:-1] + rows[:, 2:]) / 9


def alike(xp):
    """What NumPy, PyTorch and JAX spell alike."""
    return {
        "add": lambda a, b: a + b,
        "muladd": lambda a, b, c: a * b + c,
        "square": lambda a: a**2,
        "less": lambda a, b: a < b,
        "where": lambda a, b, c: xp.where(a < b, a, c),
        "sqrt": lambda a: xp.sqrt(a),
        "exp": lambda a: xp.exp(a),
        "log": lambda d: xp.log(d),
        "sin": lambda w: xp.sin(w),
        "sin_cos": lambda w: xp.sin(w) + xp.cos(w),
        "sin_plus_cos": lambda a: xp.sin(a) + xp.cos(a),
        "pow": lambda b, d: d**b,
        "tanh": lambda w: xp.tanh(w),
        "strided": lambda a, b: a[::2] + b[::2],
        "transposed": lambda a, b: a + b.T,
        "broadcast_row": lambda a, b: a + b[0],
        "broadcast_column": lambda a, b: a + b[:, :1],
        "outer": lambda a, b: a[:, :1] * b[0],
        "sum_transposed": lambda a: a.T.sum(),
        "stencil": lambda a: stencil(a),
        "sum_squares": lambda a, b: ((a - b) ** 2).sum(),
        "dot": lambda a, b: xp.dot(a, b),
        "mandelbrot": lambda a, b: mandelbrot(xp, a, b),
        "matmul": lambda a, b: a @ b,
        "matmul_exact": lambda a, b: a @ b,
        "matmul_batched": lambda a, b: a @ b,
        "textbook_matmul": lambda a, b: a @ b,
    }


def reductions(names, axis):
    """names: how each is called; axis: the keyword."""
    rows = {}
    for key, call in names.items():
        rows[f"{key}_all"] = lambda a, call=call: call(a)
        for where, number in [("axis0", 0), ("axis1", 1), ("middle", 1)]:
            rows[f"{key}_{where}"] = lambda a, call=call, number=number: call(a, **{axis: number})
    return rows


# --- NumPy ---

@functools.cache
def scipy_erf():
    from scipy.special import erf  # not with NumPy itself: it would count in its cold start
    return erf


def numpy_rows():
    new = alike(np)
    new |= reductions({key: getattr(np, key) for key in ("sum", "mean", "var", "max", "argmax")}, "axis")
    new |= {
        "square_arange": lambda n: np.arange(n) ** 2,
        "sum_random": lambda shape: np.random.default_rng(42).random(shape).sum(),
        "centre_columns": lambda a: a - a.mean(axis=0),
        "cumsum": lambda a: np.cumsum(a),
        "cumsum_axis0": lambda a: np.cumsum(a, axis=0),
        "cumsum_axis1": lambda a: np.cumsum(a, axis=1),
        "reversed": lambda a, b: a[::-1] + b,
        "copy_transposed": lambda a: a.T.copy(),
        "concat": lambda a, b: np.concatenate([a, b]),
        "uniform": lambda state, shape, dtype: state.random(shape, dtype=dtype),
        "normal": lambda state, shape, dtype: state.standard_normal(shape, dtype=dtype),
        "integers": lambda state, shape, dtype: state.integers(0, 1000, shape, dtype=dtype),
        # np.zeros asks the system for pages that come with the first write; here they are there, as everybody else's.
        "zeros": lambda shape, dtype: np.full(shape, 0, dtype),
        "copy": lambda a: a.copy(),
        "astype": lambda a: a.astype(np.float32 if a.dtype == np.float64 else np.float64),
        "astype_int": lambda w: w.astype(np.int32),
        "load": lambda path: np.load(path),
    }
    new["uniform_4x32"] = new["uniform"]
    if importlib.util.find_spec("scipy"):
        new["black_scholes"] = lambda a, b, c: black_scholes(np, scipy_erf(), a, b, c)
    out = {
        "add": lambda out, a, b: np.add(a, b, out=out),
        "muladd": lambda out, a, b, c: np.add(np.multiply(a, b, out=out), c, out=out),
        "square": lambda out, a: np.square(a, out=out),
        "less": lambda out, a, b: np.less(a, b, out=out),
        "sqrt": lambda out, a: np.sqrt(a, out=out),
        "exp": lambda out, a: np.exp(a, out=out),
        "log": lambda out, d: np.log(d, out=out),
        "sin": lambda out, w: np.sin(w, out=out),
        "sin_cos": lambda out, w: np.add(np.sin(w, out=out), np.cos(w), out=out),
        "pow": lambda out, b, d: np.power(d, b, out=out),
        "tanh": lambda out, w: np.tanh(w, out=out),
        "where": lambda out, a, b, c: (np.copyto(out, c), np.copyto(out, a, where=a < b)),
        "matmul": lambda out, a, b: np.matmul(a, b, out=out),
        "copy": lambda out, a: np.copyto(out, a),
        "zeros": lambda out: out.fill(0),
        "save": lambda out, path, a: np.save(path, a),
    }
    NEW["numpy"], OUT["numpy"] = new, out


# --- numexpr: formulas as text ---

FORMULAS = {
    "add": "a + b", "muladd": "a * b + c", "square": "a ** 2", "less": "a < b", "where": "where(a < b, a, c)",
    "sqrt": "sqrt(a)", "exp": "exp(a)", "log": "log(d)", "sin": "sin(w)", "sin_cos": "sin(w) + cos(w)",
    "sin_plus_cos": "sin(a) + cos(a)", "pow": "d ** b", "tanh": "tanh(w)", "sum_all": "sum(a)",
    "sum_axis0": "sum(a, axis=0)", "sum_axis1": "sum(a, axis=1)", "sum_middle": "sum(a, axis=1)", "max_all": "max(a)",
    "max_axis0": "max(a, axis=0)", "max_axis1": "max(a, axis=1)", "max_middle": "max(a, axis=1)",
    "sum_squares": "sum((a - b) ** 2)",
}


def numexpr_rows():
    import numexpr

    numexpr.set_num_threads(int(os.environ["NUMEXPR_NUM_THREADS"]))
    call = numexpr.evaluate

    def letters(text):
        return sorted(set(re.findall(r"\b[abcdw]\b", text)))

    def formula(text, names):
        # A function with exactly these parameters, as the other libraries' rows have.
        return eval(f"lambda {', '.join(names)}: call(text, local_dict={{{', '.join(f'{n!r}: {n}' for n in names)}}}, "
                    f"global_dict={{}}{', out=out' if 'out' in names else ''})", {"call": call, "text": text})

    new = {key: formula(text, letters(text)) for key, text in FORMULAS.items()}
    new |= {
        "square_arange": lambda n: call("x ** 2", local_dict={"x": np.arange(n)}, global_dict={}),
        "transposed": lambda a, b: call("a + b", local_dict={"a": a, "b": b.T}, global_dict={}),
        "strided": lambda a, b: call("a + b", local_dict={"a": a[::2], "b": b[::2]}, global_dict={}),
        "broadcast_row": lambda a, b: call("a + b", local_dict={"a": a, "b": b[0]}, global_dict={}),
        "broadcast_column": lambda a, b: call("a + b", local_dict={"a": a, "b": b[:, :1]}, global_dict={}),
        "outer": lambda a, b: call("a * b", local_dict={"a": a[:, :1], "b": b[0]}, global_dict={}),
        "copy": lambda a: call("a", local_dict={"a": a}, global_dict={}),
    }
    NEW["numexpr"] = new
    OUT["numexpr"] = {key: formula(text, ["out", *letters(text)]) for key, text in FORMULAS.items()
                      if not key.startswith(("sum", "max"))}


# --- dask and joblib: the textbook's rows only ---

def dask_rows():
    import dask
    import dask.array as da

    dask.config.set(scheduler="threads", num_workers=int(os.environ["OMP_NUM_THREADS"]))

    def blocks(a):
        side = 1000 if a.shape[0] > 2000 else max(1, a.shape[0] // 2)
        return da.from_array(a, chunks=(side, side))

    NEW["dask"] = {
        "square_arange": lambda n: (da.arange(n, chunks=max(1, n // 10)) ** 2).compute(),
        "textbook_matmul": lambda a, b: (blocks(a) @ blocks(b)).compute(),
        "sum_random": lambda shape: da.random.default_rng(42).random(shape, chunks=(1000, 1000)).sum().compute(),
        "sin_plus_cos": lambda a: (da.sin(blocks(a)) + da.cos(blocks(a))).compute(),
        "centre_columns": lambda a: (blocks(a) - blocks(a).mean(axis=0)).compute(),
    }
    OUT["dask"] = {}


def square(x):
    return x * x


def sum_of_rows(seed, shape):
    return np.random.default_rng(seed).random(shape).sum()


def sin_plus_cos(rows):
    return np.sin(rows) + np.cos(rows)


def joblib_rows():
    from joblib import Parallel, delayed

    jobs = int(os.environ["OMP_NUM_THREADS"])

    def parallel(function, items):
        return Parallel(n_jobs=jobs)(delayed(function)(*item) for item in items)

    def parts(a):
        step = max(1, a.shape[0] // 20)
        return [(a[at:at + step],) for at in range(0, a.shape[0], step)]

    NEW["joblib"] = {
        "square_arange": lambda n: parallel(square, ((x,) for x in range(n))),
        "textbook_matmul": lambda a, b: np.array(parallel(np.dot, ((row, b) for row in a))),
        "sum_random": lambda shape: sum(parallel(sum_of_rows, ((k, (shape[0] // 10, shape[1])) for k in range(10)))),
        "sin_plus_cos": lambda a: np.concatenate(parallel(sin_plus_cos, parts(a))),
    }
    OUT["joblib"] = {}


# --- PyTorch ---

COMPILED = ("muladd", "where", "sin_cos", "sin_plus_cos", "pow", "sum_squares", "stencil", "centre_columns",
            "black_scholes", "mandelbrot")


def torch_rows():
    import torch

    torch.set_num_threads(int(os.environ["OMP_NUM_THREADS"]))
    torch.set_grad_enabled(False)
    other = {torch.float32: torch.float64, torch.float64: torch.float32}
    new = alike(torch)
    new |= reductions({"sum": torch.sum, "mean": torch.mean, "argmax": torch.argmax}, "dim")
    new |= reductions({"var": functools.partial(torch.var, correction=0)}, "dim")
    new |= reductions({"max": torch.amax}, "dim")
    new |= {
        "max_all": lambda a: torch.max(a),
        "square_arange": lambda n: torch.arange(n) ** 2,
        "sum_random": lambda shape: torch.rand(shape, dtype=torch.float64).sum(),
        "centre_columns": lambda a: a - a.mean(dim=0),
        "cumsum": lambda a: torch.cumsum(a, 0),
        "cumsum_axis0": lambda a: torch.cumsum(a, 0),
        "cumsum_axis1": lambda a: torch.cumsum(a, 1),
        "reversed": lambda a, b: torch.flip(a, (0,)) + b,
        "copy_transposed": lambda a: a.T.contiguous(),
        "concat": lambda a, b: torch.cat([a, b]),
        "uniform": lambda shape, dtype: torch.rand(shape, dtype=dtype),
        "normal": lambda shape, dtype: torch.randn(shape, dtype=dtype),
        "integers": lambda shape, dtype: torch.randint(0, 1000, shape, dtype=dtype),
        "zeros": lambda shape, dtype: torch.zeros(shape, dtype=dtype),
        "copy": lambda a: a.clone(),
        "astype": lambda a: a.to(other[a.dtype]),
        "astype_int": lambda w: w.to(torch.int32),
        "black_scholes": lambda a, b, c: black_scholes(torch, torch.erf, a, b, c),
    }
    new["uniform_4x32"] = new["uniform"]
    NEW["torch"] = new
    OUT["torch"] = {
        "add": lambda out, a, b: torch.add(a, b, out=out),
        "muladd": lambda out, a, b, c: torch.addcmul(c, a, b, out=out),
        "square": lambda out, a: torch.square(a, out=out),
        "less": lambda out, a, b: torch.lt(a, b, out=out),
        "where": lambda out, a, b, c: torch.where(a < b, a, c, out=out),
        "sqrt": lambda out, a: torch.sqrt(a, out=out),
        "exp": lambda out, a: torch.exp(a, out=out),
        "log": lambda out, d: torch.log(d, out=out),
        "sin": lambda out, w: torch.sin(w, out=out),
        "sin_cos": lambda out, w: torch.sin(w, out=out).add_(torch.cos(w)),
        "pow": lambda out, b, d: torch.pow(d, b, out=out),
        "tanh": lambda out, w: torch.tanh(w, out=out),
        "matmul": lambda out, a, b: torch.matmul(a, b, out=out),
        "copy": lambda out, a: out.copy_(a),
        "zeros": lambda out: out.zero_(),
    }


def compiled_torch_rows():
    import torch

    if "torch" not in NEW:
        torch_rows()
    NEW["torch.compile"] = {key: torch.compile(NEW["torch"][key], dynamic=False) for key in COMPILED}
    OUT["torch.compile"] = {}


# --- JAX: everything compiled, and waited for ---

def jax_rows():
    import jax
    import jax.numpy as jnp
    from jax.scipy.special import erf

    jax.config.update("jax_enable_x64", True)
    other = {jnp.dtype("float32"): jnp.float64, jnp.dtype("float64"): jnp.float32}
    rows = alike(jnp)
    rows |= reductions({key: getattr(jnp, key) for key in ("sum", "mean", "var", "max", "argmax")}, "axis")
    rows |= {
        "centre_columns": lambda a: a - a.mean(axis=0),
        "cumsum": lambda a: jnp.cumsum(a),
        "cumsum_axis0": lambda a: jnp.cumsum(a, axis=0),
        "cumsum_axis1": lambda a: jnp.cumsum(a, axis=1),
        "reversed": lambda a, b: a[::-1] + b,
        "copy_transposed": lambda a: jnp.copy(a.T),
        "concat": lambda a, b: jnp.concatenate([a, b]),
        "copy": lambda a: jnp.copy(a),
        "astype": lambda a: a.astype(other[a.dtype]),
        "astype_int": lambda w: w.astype(jnp.int32),
        "black_scholes": lambda a, b, c: black_scholes(jnp, erf, a, b, c),
    }

    def compiled(function):
        names, run = needs(function), jax.jit(function)
        return eval(f"lambda {', '.join(names)}: run({', '.join(names)}).block_until_ready()", {"run": run})

    draws = {"uniform": jax.random.uniform, "normal": jax.random.normal}
    new = {key: compiled(function) for key, function in rows.items()}
    square_of = jax.jit(lambda x: x**2)
    sum_of = jax.jit(lambda key, shape: jax.random.uniform(key, shape, dtype=jnp.float64).sum(), static_argnums=1)
    new["square_arange"] = lambda n: square_of(jnp.arange(n)).block_until_ready()
    new["sum_random"] = lambda shape: sum_of(jax.random.key(42), shape).block_until_ready()
    new["zeros"] = lambda shape, dtype: jnp.zeros(shape, dtype).block_until_ready()
    for key, draw in draws.items():
        run = jax.jit(draw, static_argnums=(1, 2))
        new[key] = lambda state, shape, dtype, run=run: run(state, shape, dtype).block_until_ready()
    new["uniform_4x32"] = new["uniform"]
    whole = jax.jit(lambda key, shape, dtype: jax.random.randint(key, shape, 0, 1000, dtype), static_argnums=(1, 2))
    new["integers"] = lambda state, shape, dtype: whole(state, shape, dtype).block_until_ready()
    NEW["jax"], OUT["jax"] = new, {}


LOADERS = {"numpy": numpy_rows, "numexpr": numexpr_rows, "dask": dask_rows, "joblib": joblib_rows, "torch": torch_rows,
           "torch.compile": compiled_torch_rows, "jax": jax_rows}
