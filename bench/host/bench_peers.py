# SPDX-License-Identifier: BSD-3-Clause
"""Elementwise rows against NumPy, numexpr, PyTorch and JAX in one process: the best of interleaved rounds, in
microseconds, and how many times longer the best peer takes. Lockstep is called through ctypes, some microseconds a call:
below 10^5 elements bench_host_map says more. Peers get memory they have used before where they take an out=.

  bench_peers.py LIBRARY [threads] [--size N]... [--row TEXT] [--rounds R] [--compile]

--compile adds torch.compile. With one thread the process is bound to one core, which every peer respects."""
import argparse
import ctypes
import os
import time

parser = argparse.ArgumentParser()
parser.add_argument("library")
parser.add_argument("threads", nargs="?", type=int, default=os.cpu_count())
parser.add_argument("--size", type=float, action="append")
parser.add_argument("--row", default="")
parser.add_argument("--rounds", type=int, default=7)
parser.add_argument("--compile", action="store_true")
args = parser.parse_args()
os.sched_setaffinity(0, list(os.sched_getaffinity(0))[: args.threads])
os.environ["LOCKSTEP_NUM_THREADS"] = os.environ["NUMEXPR_NUM_THREADS"] = str(args.threads)

import numpy as np  # noqa: E402  after the affinity is set


def imported(name):
    try:
        return __import__(name)
    except ImportError:
        return None


numexpr, torch, jax = imported("numexpr"), imported("torch"), imported("jax")
if torch:
    torch.set_num_threads(args.threads)
if jax:
    jax.config.update("jax_enable_x64", True)
    jax.config.update("jax_platforms", "cpu")

# ---- Lockstep: arrays with NumPy's operators, enough for the rows ----

library = ctypes.CDLL(args.library)
DTYPES = {"bool": 1, "int8": 2, "int16": 3, "int32": 4, "int64": 5, "float32": 12, "float64": 13}


class Operand(ctypes.Structure):
    _fields_ = [("kind", ctypes.c_int32), ("reserved", ctypes.c_int32), ("value", ctypes.c_double),
                ("more", ctypes.c_double)]


class Shape(ctypes.Structure):
    _fields_ = [("ndim", ctypes.c_int64), ("sizes", ctypes.POINTER(ctypes.c_int64))]


class List(ctypes.Structure):
    _fields_ = [("count", ctypes.c_int64), ("arrays", ctypes.POINTER(ctypes.c_void_p))]


class Options(ctypes.Structure):
    _fields_ = [("struct_size", ctypes.c_size_t), ("data_dtype", ctypes.c_int), ("dtype", ctypes.c_int),
                ("device", ctypes.c_int), ("strides", ctypes.POINTER(ctypes.c_int64)), ("deleter", ctypes.c_void_p),
                ("context", ctypes.c_void_p), ("read_only", ctypes.c_bool)]


def entry(name, *types):
    function = getattr(library, name)
    function.restype, function.argtypes = ctypes.c_void_p, [ctypes.c_char_p, *types]
    return function


library.ls_evaluate.argtypes = [ctypes.c_char_p, List]
library.ls_free.argtypes = [ctypes.c_void_p]
ls_wrap = entry("ls_wrap", ctypes.c_void_p, ctypes.c_int, Shape, ctypes.POINTER(Options))
ls_astype, ls_copy = entry("ls_astype", ctypes.c_void_p, ctypes.c_int), entry("ls_copy", ctypes.c_void_p)
ls_zeros = entry("ls_zeros", Shape, ctypes.c_void_p)
UNARY = {k: entry("ls_" + k, Operand) for k in "negative sin cos exp log sqrt abs".split()}
BINARY = {k: entry("ls_" + k, Operand, Operand) for k in "add subtract multiply divide greater less".split()}
ls_where = entry("ls_where", Operand, Operand, Operand)


def operand(value):
    if isinstance(value, Array):
        o = Operand(1, 0)
        ctypes.memmove(ctypes.byref(o, 8), ctypes.byref(ctypes.c_void_p(value.handle)), 8)
        return o
    return Operand(5, 0, float(value))


class Array:
    __slots__ = ("handle",)

    def __init__(self, handle):
        assert handle
        self.handle = handle

    def __del__(self):
        library.ls_free(self.handle)

    def __add__(self, other): return Array(BINARY["add"](b"", operand(self), operand(other)))
    def __sub__(self, other): return Array(BINARY["subtract"](b"", operand(self), operand(other)))
    def __mul__(self, other): return Array(BINARY["multiply"](b"", operand(self), operand(other)))
    def __rmul__(self, other): return self * other
    def __truediv__(self, other): return Array(BINARY["divide"](b"", operand(self), operand(other)))
    def __gt__(self, other): return Array(BINARY["greater"](b"", operand(self), operand(other)))
    def __lt__(self, other): return Array(BINARY["less"](b"", operand(self), operand(other)))
    def __neg__(self): return Array(UNARY["negative"](b"", operand(self)))


class Lockstep:
    """What rows call a module."""
    @staticmethod
    def of(x):
        shape = (ctypes.c_int64 * x.ndim)(*x.shape)
        strides = (ctypes.c_int64 * x.ndim)(*[s // x.itemsize for s in x.strides])
        options = Options(ctypes.sizeof(Options), DTYPES[x.dtype.name], 0, 0, strides)
        return Array(ls_wrap(b"", x.ctypes.data, 0, Shape(x.ndim, shape), options))

    @staticmethod
    def done(*arrays):
        handles = (ctypes.c_void_p * len(arrays))(*[a.handle for a in arrays])
        assert library.ls_evaluate(b"", List(len(arrays), handles)) == 0

    astype = staticmethod(lambda x, t: Array(ls_astype(b"", x.handle, DTYPES[t])))
    copy = staticmethod(lambda x: Array(ls_copy(b"", x.handle)))
    where = staticmethod(lambda c, x, y: Array(ls_where(b"", operand(c), operand(x), operand(y))))
    zeros = staticmethod(lambda n: Array(ls_zeros(b"", Shape(1, (ctypes.c_int64 * 1)(n)), None)))


for name_, f_ in UNARY.items():
    setattr(Lockstep, name_, staticmethod(lambda x, f=f_: Array(f(b"", operand(x)))))

# ---- the other modules, with the same words ----


class NumPy:
    of, copy, zeros = staticmethod(lambda x: x), staticmethod(lambda x: np.array(x, order="C")), np.zeros
    astype = staticmethod(lambda x, t: x.astype(t))
    negative, sin, cos, exp, log, sqrt, abs, where = (np.negative, np.sin, np.cos, np.exp, np.log, np.sqrt, np.abs,
                                                      np.where)


class Torch:
    @staticmethod
    def of(x):
        if any(s < 0 for s in x.strides):
            raise TypeError("PyTorch has no negative strides")
        return torch.from_numpy(x)
    astype = staticmethod(lambda x, t: x.to(getattr(torch, t)))
    copy = staticmethod(lambda x: x.clone(memory_format=torch.contiguous_format))
    zeros = staticmethod(lambda n: torch.zeros(n, dtype=torch.float64))
    if torch:
        sin, cos, exp, log, sqrt, abs, where = (torch.sin, torch.cos, torch.exp, torch.log, torch.sqrt, torch.abs,
                                                torch.where)


class Jax:
    if jax:
        of = staticmethod(lambda x: jax.device_put(np.ascontiguousarray(x)))
        astype = staticmethod(lambda x, t: x.astype(t))
        copy = staticmethod(lambda x: jax.numpy.copy(x))
        zeros = staticmethod(lambda n: jax.numpy.zeros(n))
        sin, cos, exp, log, sqrt, abs, where = (jax.numpy.sin, jax.numpy.cos, jax.numpy.exp, jax.numpy.log,
                                                jax.numpy.sqrt, jax.numpy.abs, jax.numpy.where)


# ---- rows: name, operands from (n), the expression, and what peers can do better ----


def vectors(count, dtype="float64", scale=100.0):
    def make(n):
        rng = np.random.default_rng(1)
        return [(rng.random(n) * scale - (scale / 2 if scale > 1 else -0.1)).astype(dtype) for _ in range(count)]
    return make


def side(n):
    return int(n**0.5)


def squares(pick):
    def make(n):
        s = side(n)
        x, y = vectors(2)(s * s)
        return pick(x.reshape(s, s), y.reshape(s, s))
    return make


def black_scholes(m, s, k, t):
    root = m.sqrt(t)
    d1 = (m.log(s / k) + t * 0.065) / (root * 0.3)
    d2 = d1 - root * 0.3
    ncdf = lambda d: 1.0 * (m.exp(-(d * 1.702)) + 1.0)  # noqa: E731  the logistic stand-in: no erf in NumPy
    return s / ncdf(d1) - k * m.exp(-(t * 0.02)) / ncdf(d2)


def mandelbrot(m, cx, cy):
    x, y = cx, cy
    for _ in range(10):
        x, y = x * x - y * y + cx, x * y * 2.0 + cy
    return x * x + y * y < 4.0


ROWS = [
    ("a+b", vectors(2), lambda m, a, b: a + b, dict(ufunc="add", ne="a+b")),
    ("a+b float32", vectors(2, "float32"), lambda m, a, b: a + b, dict(ufunc="add", ne="a+b")),
    ("a+b int32", vectors(2, "int32"), lambda m, a, b: a + b, dict(ufunc="add", ne="a+b")),
    ("x*x", vectors(1), lambda m, a: a * a, dict(ne="a*a", np=lambda o, a: np.square(a, out=o[0]),
                                                torch=lambda o, a: torch.square(a, out=o[0]))),
    ("a*b+c", vectors(3), lambda m, a, b, c: a * b + c,
     dict(ne="a*b+c", np=lambda o, a, b, c: np.add(np.multiply(a, b, out=o[0]), c, out=o[0]),
          torch=lambda o, a, b, c: torch.add(torch.mul(a, b, out=o[0]), c, out=o[0]))),
    ("sin+cos", vectors(1), lambda m, a: m.sin(a) + m.cos(a),
     dict(ne="sin(a)+cos(a)", np=lambda o, a: np.add(np.sin(a, out=o[0]), np.cos(a, out=o[1]), out=o[0]),
          torch=lambda o, a: torch.add(torch.sin(a, out=o[0]), torch.cos(a, out=o[1]), out=o[0]))),
    ("sin+cos float32", vectors(1, "float32"), lambda m, a: m.sin(a) + m.cos(a),
     dict(ne="sin(a)+cos(a)", np=lambda o, a: np.add(np.sin(a, out=o[0]), np.cos(a, out=o[1]), out=o[0]),
          torch=lambda o, a: torch.add(torch.sin(a, out=o[0]), torch.cos(a, out=o[1]), out=o[0]))),
    ("sqrt(x*x+y*y)", vectors(2), lambda m, a, b: m.sqrt(a * a + b * b), dict(ne="sqrt(a*a+b*b)")),
    ("a>b", vectors(2), lambda m, a, b: a > b, dict(ufunc="greater", ne="a>b")),
    ("where(a>b,a,b)", vectors(2), lambda m, a, b: m.where(a > b, a, b), dict(ne="where(a>b,a,b)")),
    ("float64 to float32", vectors(1), lambda m, a: m.astype(a, "float32"), {}),
    ("float32 to float64", vectors(1, "float32"), lambda m, a: m.astype(a, "float64"), {}),
    ("float64 to int64", vectors(1), lambda m, a: m.astype(a, "int64"), {}),
    ("float64 to int32", vectors(1), lambda m, a: m.astype(a, "int32"), {}),
    ("float32 to int32", vectors(1, "float32"), lambda m, a: m.astype(a, "int32"), {}),
    ("int64 to float64", vectors(1, "int64"), lambda m, a: m.astype(a, "float64"), {}),
    ("int32 to float64", vectors(1, "int32"), lambda m, a: m.astype(a, "float64"), {}),
    ("int32 to int64", vectors(1, "int32"), lambda m, a: m.astype(a, "int64"), {}),
    ("float64 to bool", vectors(1), lambda m, a: m.astype(a, "bool"), {}),
    ("bool to float64", vectors(1, "bool"), lambda m, a: m.astype(a, "float64"), {}),
    ("zeros", lambda n: [n], lambda m, n: m.zeros(n), dict(np=lambda o, n: o[0].fill(0),
                                                           torch=lambda o, n: o[0].zero_())),
    ("copy", vectors(1), lambda m, a: m.copy(a), dict(np=lambda o, a: np.copyto(o[0], a),
                                                      torch=lambda o, a: o[0].copy_(a))),
    ("row+b", squares(lambda x, y: [x[0], y]), lambda m, a, b: a + b, dict(ufunc="add", ne="a+b")),
    ("column+b", squares(lambda x, y: [x[:, :1], y]), lambda m, a, b: a + b, dict(ufunc="add", ne="a+b")),
    ("a.T+b", squares(lambda x, y: [x.T, y]), lambda m, a, b: a + b, dict(ufunc="add", ne="a+b", view=True)),
    ("copy a.T", squares(lambda x, y: [x.T]), lambda m, a: m.copy(a),
     dict(view=True, np=lambda o, a: np.copyto(o[0], a), torch=lambda o, a: o[0].copy_(a))),
    ("copy float32 a.T", squares(lambda x, y: [x.astype("float32").T]), lambda m, a: m.copy(a),
     dict(view=True, np=lambda o, a: np.copyto(o[0], a), torch=lambda o, a: o[0].copy_(a))),
    ("a[::2]+b", lambda n: (lambda v: [v[0][::2], v[1][: (n + 1) // 2]])(vectors(2)(n)), lambda m, a, b: a + b,
     dict(ufunc="add", ne="a+b", view=True)),
    ("a[::-1]+b", lambda n: (lambda v: [v[0][::-1], v[1]])(vectors(2)(n)), lambda m, a, b: a + b,
     dict(ufunc="add", ne="a+b", view=True)),
    ("Black-Scholes", vectors(3, scale=1.0), black_scholes,
     dict(ne="a/(exp(-1.702*((log(a/b)+0.065*c)/(0.3*sqrt(c))))+1)-"
          "b*exp(-0.02*c)/(exp(-1.702*((log(a/b)+0.065*c)/(0.3*sqrt(c))-0.3*sqrt(c)))+1)")),
    ("Mandelbrot, 10 steps", vectors(2, scale=1.0), mandelbrot, {}),
]


def candidates(make, expression, extra, n):
    """(peer, call) for all that can do the row."""
    values = make(n)
    ours = [Lockstep.of(v) if isinstance(v, np.ndarray) else v for v in values]
    yield "ours", lambda: Lockstep.done(expression(Lockstep, *ours))
    yield "numpy", lambda: expression(NumPy, *values)
    result = expression(NumPy, *values)
    outs = [np.ones_like(result, order="C") for _ in range(2)]
    if "ufunc" in extra:
        ufunc = getattr(np, extra["ufunc"])
        yield "numpy out", lambda: ufunc(*values, out=outs[0])
    if "np" in extra:
        yield "numpy out", lambda: extra["np"](outs, *values)
    if numexpr and "ne" in extra:
        names = dict(zip("abc", values))
        yield "numexpr", lambda: numexpr.evaluate(extra["ne"], names, out=outs[0])
    try:
        theirs = [Torch.of(v) if isinstance(v, np.ndarray) else v for v in values] if torch else None
    except TypeError:
        theirs = None
    if theirs:
        touts = [torch.from_numpy(o) for o in outs]
        yield "torch", lambda: expression(Torch, *theirs)
        if "ufunc" in extra:
            op = {"add": torch.add, "greater": torch.gt}[extra["ufunc"]]
            yield "torch out", lambda: op(*theirs, out=touts[0])
        if "torch" in extra:
            yield "torch out", lambda: extra["torch"](touts, *theirs)
        if args.compile:
            compiled = torch.compile(lambda *v: expression(Torch, *v), dynamic=False)
            yield "compile", lambda: compiled(*theirs)
    if jax and "view" not in extra and make is not ROWS[20][1]:
        device = [Jax.of(v) for v in values]
        jitted = jax.jit(lambda *v: expression(Jax, *v))
        yield "jax", lambda: jitted(*device).block_until_ready()


def rounds_of(calls, n):
    """The best time of each. A pause before each lets the others' threads fall asleep."""
    best = {}
    repeat = max(1, int(2e6 / n))
    for _ in range(args.rounds):
        for name, call in calls:
            time.sleep(0.004)
            call()
            begin = time.perf_counter()
            for _ in range(repeat):
                call()
            best[name] = min(best.get(name, 1e9), (time.perf_counter() - begin) / repeat)
    return best


np.seterr(all="ignore")
print("threads", args.threads, "numpy", np.__version__, *(f"{m.__name__} {m.__version__}" for m in
                                                        (numexpr, torch, jax) if m))
for n in [int(s) for s in args.size or [1e5, 1e6]]:
    for name, make, expression, extra in ROWS:
        if args.row not in name:
            continue
        best = rounds_of(list(candidates(make, expression, extra, n)), n)
        own = best.pop("ours")
        peer = min(best, key=best.get)
        others = "  ".join(f"{k} {v * 1e6:.1f}" for k, v in best.items())
        print(f"{name:20} n {n:9}  ours {own * 1e6:9.1f} us  best {peer:9} {best[peer] / own:5.2f}x  {others}", flush=True)
