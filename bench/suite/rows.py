# SPDX-License-Identifier: BSD-3-Clause
"""What the suite measures: one table. A row is a computation; ours.c and peers.py know how to do it under its key. A
case is a row at one size, dtype, mode and number of threads."""
import dataclasses
import math

DTYPE_BYTES = {"f64": 8, "f32": 4, "i32": 4, "i64": 8}
SMALL, MIDDLE, LARGE = 10**4, 10**6, 10**8

GROUPS = {
    "textbook": "Textbook workloads",
    "small": "Small arrays: one call, from C (ours) and from Python (peers)",
    "elementwise": "Elementwise arithmetic",
    "math": "Functions",
    "reduce": "Reductions",
    "scan": "Running sums",
    "layout": "Slices, transposes, broadcasting",
    "random": "Random numbers",
    "program": "Whole programs",
    "matmul": "Matrix products",
    "memory": "Memory",
    "files": ".npy files in memory, no disk",
}

# What a row's work costs at least. {D}: bytes of the dtype, {O}: of the other float,
# {H}: half of {D}, {T}: twice. "-": no limit that would say anything.
SMALL_PLAN = "1,10,100,1e3,1e4 f64 new all"
READ, FILL, COPY = "stream:{D}:0", "stream::{D}", "stream:{D}:{D}"
TRIAD, QUAD = "stream:{D},{D}:{D}", "stream:{D},{D},{D}:{D}"


@dataclasses.dataclass(frozen=True)
class Row:
    key: str
    title: str
    group: str
    limit: str
    plan: tuple             # lines "sizes dtypes modes threads"
    shape: str = "line"     # line, plane, cube, matrix (size is the side), or a batch "1000x8x8"
    check: str = "same"     # how results are compared: same, mostly (few elements may differ), statistics
    tolerance: float = 1.0  # times the usual one
    inputs: int = 1         # arrays of n elements that are there, for the memory that is needed

    def shape_of(self, n):
        side = math.isqrt(n)
        if self.shape == "plane":
            return (side, n // side)
        if self.shape == "cube":
            first = 10 ** ((len(str(n)) - 1) // 3) if n >= 1000 else 2
            side = math.isqrt(n // first)
            return (first, side, n // first // side)
        return (n,)


@dataclasses.dataclass(frozen=True)
class Case:
    row: Row
    size: str      # as in the plan
    dtype: str
    mode: str      # new: the result is a new array; out: it goes into one that is there; first: into memory never used
    threads: str   # 1, all
    shape: tuple

    @property
    def n(self):
        return math.prod(self.shape)

    @property
    def group(self):
        small = self.n <= SMALL and self.row.group in ("elementwise", "math", "reduce")
        return "small" if small else self.row.group

    @property
    def id(self):
        return f"{self.row.key}/{self.dtype}/{self.size}/{self.mode}/{self.threads}"

    @property
    def model(self):
        if self.row.limit.startswith("fma"):
            if self.dtype[0] == "i":
                return "-"
            *batch, m, k = self.shape
            flops = 2 * math.prod(batch) * m * k * k
            return f"fma{DTYPE_BYTES[self.dtype] * 8}:{flops}"
        size = DTYPE_BYTES[self.dtype]
        return self.row.limit.format(D=size, O=12 - size, H=size // 2, T=size * 2)

    @property
    def shape_text(self):
        return ",".join(map(str, self.shape))

    @property
    def size_class(self):
        return "large" if self.n > 2e7 else "small" if self.n <= SMALL else "middle"


def elementwise(key, title, limit, inputs, group="elementwise"):
    plan = ("1e6 f64,f32 new,out all,1", "1e8 f64 new all")
    return Row(key, title, group, limit, plan, inputs=inputs)


def function(key, title, limit=COPY, inputs=1, more=(), tolerance=1.0):
    return Row(key, title, "math", limit, ("1e6 f64,f32 new,out all", "1e6 f64,f32 new 1", *more), inputs=inputs,
               tolerance=tolerance)


def reductions():
    for key, title in [("sum", "sum"), ("mean", "mean"), ("var", "var"), ("max", "max"), ("argmax", "argmax")]:
        for where, words, shape in [("all", "", "line"), ("axis0", ", axis 0", "plane"), ("axis1", ", axis 1", "plane"),
                                    ("middle", ", middle axis", "cube")]:
            large = key == "sum" or where in ("all", "axis0")
            plan = ["1e6 f64,f32 new all", "1e6 f64 new 1"] + ["1e8 f64 new all"] * large
            plan += ["1e8 f32 new all", "1e8 f64 new 1", SMALL_PLAN] * (key == "sum" and where == "all")
            yield Row(f"{key}_{where}", f"{title}(a{words})", "reduce", READ, tuple(plan), shape=shape, tolerance=10)

ROWS = [
    # The five of samples/README: what they make is part of the time.
    Row("square_arange", "square of arange(10^6)", "textbook", "stream::8", ("1e6 i64 new all,1",)),
    Row("textbook_matmul", "product of 1000 x 1000", "textbook", "fma", ("1000 f64 new all,1",), "matrix", inputs=2),
    Row("sum_random", "sum of 10000 x 10000 random numbers", "textbook", "-", ("1e8 f64 new all,1",), "plane",
        check="statistics"),
    Row("sin_plus_cos", "sin(x) + cos(x), 10000 x 10000", "textbook", COPY, ("1e8 f64 new all",), "plane"),
    Row("centre_columns", "columns minus their means, 10000 x 10000", "textbook", "stream:{D},{D}:{D}",
        ("1e8 f64 new all",), "plane"),

    Row("add", "a + b", "elementwise", TRIAD,
        ("1e6 f64,f32 new,out all,1", "1e8 f64 new,out all,1", "1e8 f32 new,out all", "1e7 f64 new,first all",
         SMALL_PLAN), inputs=2),
    Row("muladd", "a * b + c", "elementwise", QUAD,
        ("1e6 f64,f32 new,out all,1", "1e8 f64 new,out all", "1e8 f32 new all", SMALL_PLAN), inputs=3),
    elementwise("square", "a ** 2", COPY, 1),
    elementwise("less", "a < b", "stream:{D},{D}:1", 2),
    elementwise("where", "where(a < b, a, c)", QUAD, 3),
    elementwise("sqrt", "sqrt(a)", COPY, 1),

    function("exp", "exp(a)"),
    function("log", "log(a)"),
    function("sin", "sin(a)", more=(SMALL_PLAN,)),
    function("sin_cos", "sin(a) + cos(a), abs(a) < 100", more=("1e8 f64,f32 new all",)),
    function("pow", "a ** b", TRIAD, 2, tolerance=10),
    function("tanh", "tanh(a)"),

    *reductions(),
    Row("sum_squares", "sum((a - b) ** 2)", "reduce", "stream:{D},{D}:0",
        ("1e6 f64,f32 new all,1", "1e8 f64 new all"), inputs=2, tolerance=10),
    Row("dot", "dot(a, b)", "reduce", "stream:{D},{D}:0", ("1e6 f64,f32 new all,1", "1e8 f64 new all"), inputs=2,
        tolerance=10),
    Row("cumsum", "cumsum(a)", "scan", COPY, ("1e6 f64,f32 new all,1", "1e8 f64 new all"), tolerance=100),
    Row("cumsum_axis0", "cumsum(a, axis 0)", "scan", COPY, ("1e6 f64,f32 new all", "1e6 f64 new 1"), "plane",
        tolerance=10),
    Row("cumsum_axis1", "cumsum(a, axis 1)", "scan", COPY, ("1e6 f64,f32 new all", "1e6 f64 new 1"), "plane",
        tolerance=10),

    Row("strided", "a[::2] + b[::2]", "layout", "stream:{D},{D}:{H}", ("1e6 f64,f32 new all,1", "1e8 f64 new all"),
        inputs=2),
    Row("reversed", "a[::-1] + b", "layout", TRIAD, ("1e6 f64,f32 new all",), inputs=2),
    Row("transposed", "a + b.T", "layout", TRIAD, ("1e6 f64,f32 new all,1", "1e8 f64 new all"), "plane", inputs=2),
    Row("broadcast_row", "a + row", "layout", COPY, ("1e6 f64,f32 new all,1", "1e8 f64 new all"), "plane", inputs=2),
    Row("broadcast_column", "a + column", "layout", COPY, ("1e6 f64,f32 new all",), "plane", inputs=2),
    Row("outer", "column * row", "layout", FILL, ("1e6 f64,f32 new all",), "plane", inputs=2),
    Row("copy_transposed", "copy of a.T", "layout", COPY, ("1e6 f64,f32 new all,1", "1e8 f64 new all"), "plane"),
    Row("sum_transposed", "sum(a.T)", "layout", READ, ("1e6 f64,f32 new all",), "plane", tolerance=10),
    Row("stencil", "mean of 3 x 3 neighbours", "layout", COPY, ("1e6 f64,f32 new all,1", "1e8 f64 new all"), "plane"),
    Row("concat", "concat(a, b)", "layout", "stream:{D},{D}:{T}", ("1e6 f64 new all",), inputs=2),

    Row("uniform", "uniform", "random", FILL, ("1e6 f64,f32 new all,1", "1e8 f64 new all"), check="statistics"),
    Row("uniform_4x32", "uniform, ours of Philox4x32", "random", FILL, ("1e6 f64 new all,1", "1e8 f64 new all"),
        check="statistics"),
    Row("normal", "normal", "random", FILL, ("1e6 f64,f32 new all,1", "1e8 f64 new all"), check="statistics"),
    Row("integers", "integers below 1000", "random", FILL, ("1e6 i64,i32 new all,1",), check="statistics"),

    Row("black_scholes", "Black-Scholes prices", "program", QUAD,
        ("1e6 f64,f32 new all,1", "1e7 f64 new all"), inputs=3, tolerance=100),
    Row("mandelbrot", "Mandelbrot, 30 turns", "program", TRIAD, ("1e6 f64,f32 new all,1",), "plane", "mostly",
        inputs=2),

    Row("matmul", "a @ b", "matmul", "fma",
        ("64,128,256,512,1024,2048,4096 f64,f32 new all", "64,256,1024 f64,f32 new 1", "256,1024 i32 new all",
         "1024 f64,f32 out all"), "matrix", inputs=2, tolerance=10),
    Row("matmul_exact", "a @ b, ours in exact mode", "matmul", "fma", ("64,1024 f64,f32 new all",),
        "matrix", inputs=2, tolerance=10),
    Row("matmul_batched", "many a @ b", "matmul", "fma", ("1000x8x8,1000x32x32,64x128x128 f64,f32 new all",), "batch",
        inputs=2, tolerance=10),

    Row("zeros", "zeros, written", "memory", "zero:{D}",
        ("1e6 f64 new,out all", "1e8 f64 new,out all", "1e7 f64 first all")),
    Row("copy", "copy", "memory", COPY, ("1e6 f64,f32 new,out all", "1e8 f64 new,out all")),
    Row("astype", "float64 to float32 and back", "memory", "stream:{D}:{O}",
        ("1e6 f64,f32 new all", "1e8 f64 new all")),
    Row("astype_int", "to int32", "memory", "stream:{D}:4", ("1e6 f64,f32 new all", "1e8 f64 new all")),
    Row("load", "load", "files", COPY, ("1e4,1e7 f64 new all",)),
    Row("save", "save", "files", COPY, ("1e4,1e7 f64 out all",)),
]
def shape_for(row, size):
    if row.shape == "matrix":
        return (int(size), int(size))
    if row.shape == "batch":
        return tuple(map(int, size.split("x")))
    return row.shape_of(int(float(size)))


def cases():
    found = {}
    for row in ROWS:
        for line in row.plan:
            sizes, dtypes, modes, threads = line.split()
            for size in sizes.split(","):
                for dtype in dtypes.split(","):
                    for mode in modes.split(","):
                        for count in threads.split(","):
                            case = Case(row, size, dtype, mode, count, shape_for(row, size))
                            found[case.id] = case
    return list(found.values())
