#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Writes api_views.txt and api_eval.txt: what NumPy makes of views, creation calls and expressions.

    python3 tests/vectors/make_api_vectors.py tests/vectors

api_views.txt  one case a line: OP | ARGUMENTS | DTYPE | SHAPE | ELEMENTS. Operations that need an array work on
               arange(n).reshape(shape): the arguments begin with that shape. A case that NumPy refuses has DTYPE error.
api_eval.txt   EXPRESSION | DTYPE | SHAPE | ELEMENTS over the arrays that arrays() below makes; test_eval.c makes the
               same. Only integers and operations that IEEE settles bit for bit appear.
Floating-point elements are the hexadecimal digits of their bits, all others are decimal. Seeds are fixed: the same
NumPy writes the same files (made with NumPy 2)."""
import random
import sys
import warnings

import numpy as np

warnings.simplefilter("ignore")
VIEWS, EVALS = [], []


def element(x):
    if x.dtype.kind == "f":
        bits = int.from_bytes(x.tobytes(), "little")
        return "%0*x" % (2 * x.dtype.itemsize, 0x7ff8 << 48 if x != x else bits)
    return str(int(x))


def result(a):
    a = np.asarray(a)
    shape = ",".join(map(str, a.shape)) or "-"
    return "%s | %s | %s" % (a.dtype.name, shape, " ".join(element(x) for x in a.ravel()) or "-")


def ints(values):
    return ",".join(map(str, values)) or "-"


def view(op, arguments, make):
    try:
        text = result(make())
    except (ValueError, IndexError, np.exceptions.AxisError):
        text = "error | - | -"
    VIEWS.append("%s | %s | %s" % (op, arguments, text))


def base(shape):
    return np.arange(int(np.prod(shape, dtype=int)), dtype=np.int64).reshape(shape)


def cases_of_creation(rng):
    for a in (0, 1, 5, -3):
        view("arange1", str(a), lambda: np.arange(a))
    for _ in range(40):
        a, b, c = rng.randint(-20, 20), rng.randint(-20, 20), rng.choice([-7, -3, -2, -1, 1, 2, 3, 5])
        view("arange3i", "%d %d %d" % (a, b, c), lambda: np.arange(a, b, c))
    for _ in range(60):
        a, b = rng.uniform(-5, 5), rng.uniform(-5, 5)
        c = rng.choice([0.1, 0.25, 1 / 3, -0.1, -0.7, 1e-1 * 3, rng.uniform(0.05, 2)])
        view("arange3f", "%s %s %s" % (a.hex(), b.hex(), c.hex()), lambda: np.arange(a, b, c))
    for _ in range(60):
        a, b, n = rng.uniform(-5, 5), rng.uniform(-5, 5), rng.choice([0, 1, 2, 3, 7, 50])
        end = rng.random() < 0.6
        view("linspace", "%s %s %d %d" % (a.hex(), b.hex(), n, not end), lambda: np.linspace(a, b, n, endpoint=end))
    for _ in range(30):
        n, m, k = rng.randint(1, 5), rng.randint(1, 6), rng.randint(-6, 6)
        view("eye", "%d %d %d" % (n, m, k), lambda: np.eye(n, m, k))


def random_shape(rng, most=4):
    sizes = lambda: [0, 1, 2, 3, 4, 5] if rng.random() < 0.3 else [1, 2, 3, 4]
    return tuple(rng.choice(sizes()) for _ in range(rng.randint(0, most)))


def random_slices(rng, ndim):
    def part(size=6):
        kind = rng.random()
        if kind < 0.25:
            return str(rng.randint(-5, 4))
        if kind < 0.35:
            return rng.choice(["None", "newaxis"])
        if kind < 0.45:
            return "..."
        bound = lambda: rng.choice(["", "", str(rng.randint(-7, 7))])
        return "%s:%s" % (bound(), bound()) + rng.choice(["", "", ":", ":%d" % rng.choice([-3, -2, -1, 1, 2, 3])])
    return ", ".join(part() for _ in range(rng.randint(1, max(1, ndim) + 1)))


def index(text):
    return eval("np.s_[%s]" % text.replace("newaxis", "None"), {"np": np})


def cases_of_views(rng):
    for _ in range(500):
        s = random_shape(rng)
        text = random_slices(rng, len(s))
        view("at", "%s ; %s" % (ints(s), text), lambda: base(s)[index(text)])
    for _ in range(150):
        s = random_shape(rng)
        t = list(random_shape(rng))
        if rng.random() < 0.7:
            t = list(s)
            rng.shuffle(t)
            t.insert(rng.randint(0, len(t)), 1)
        if t and rng.random() < 0.4:
            t[rng.randrange(len(t))] = -1
        view("reshape", "%s ; %s" % (ints(s), ints(t)), lambda: base(s).reshape(t))
        view("reshape_of_transpose", "%s ; %s" % (ints(s), ints(t)), lambda: base(s).T.reshape(t))
    for _ in range(80):
        s = random_shape(rng)
        order = list(range(len(s)))
        rng.shuffle(order)
        order = [o - len(s) if rng.random() < 0.3 else o for o in order]
        if order and rng.random() < 0.1:
            order[0] = rng.randint(-6, 6)
        view("permute", "%s ; %s" % (ints(s), ints(order)), lambda: base(s).transpose(order))
        i, j = rng.randint(-4, 4), rng.randint(-4, 4)
        view("swapaxes", "%s ; %d,%d" % (ints(s), i, j), lambda: base(s).swapaxes(i, j))
        view("moveaxis", "%s ; %d,%d" % (ints(s), i, j), lambda: np.moveaxis(base(s), i, j))
        view("flip", "%s ; %d" % (ints(s), i), lambda: np.flip(base(s), i))
        if s:  # NumPy takes axis 0 and -1 of an array without axes
            view("squeeze", "%s ; %d" % (ints(s), i), lambda: np.squeeze(base(s), i))
        view("expand", "%s ; %d" % (ints(s), i), lambda: np.expand_dims(base(s), i))
        view("squeeze_all", ints(s), lambda: np.squeeze(base(s)))
        view("flip_all", ints(s), lambda: np.flip(base(s)))
        view("transpose", ints(s), lambda: base(s).T)
        t = tuple(random_shape(rng, 2)) + tuple(rng.choice([x, x, x, 3]) if x != 1 else rng.randint(0, 3) for x in s)
        view("broadcast", "%s ; %s" % (ints(s), ints(t)), lambda: np.broadcast_to(base(s), t))
    for _ in range(80):
        s = random_shape(rng) or (2,)
        k = rng.randrange(len(s))
        t = list(s)
        t[k] = rng.randint(0, 3)
        if rng.random() < 0.15:
            t[rng.randrange(len(t))] += 1
        a = k - len(s) if rng.random() < 0.3 else k
        view("concat", "%s ; %s ; %d" % (ints(s), ints(t), a), lambda: np.concatenate([base(s), base(t)], a))
        view("stack", "%s ; %d" % (ints(s), a), lambda: np.stack([base(s), -base(s), base(s)], a))
        n = rng.randint(1, 4)
        view("split", "%s ; %d ; %d" % (ints(s), n, a), lambda: np.split(base(s), n, a)[n - 1])


def arrays():
    """x, y float64 (3, 4); f float32 (4,); i, j int64 (3, 4); u uint8 (4,); b bool (3, 1)."""
    x = (np.arange(12.0) * 0.75 - 3).reshape(3, 4)
    y = (5 - np.arange(12.0) * 0.5).reshape(3, 4)
    f = (np.arange(4) * 0.3 + 0.1).astype(np.float32)
    i = (np.arange(12) * 5 % 17 - 8).reshape(3, 4)
    j = (np.arange(12) % 5 + 1).reshape(3, 4)
    u = (np.arange(4) * 60).astype(np.uint8)
    b = np.array([[True], [False], [True]])
    return dict(x=x, y=y, f=f, i=i, j=j, u=u, b=b)


NAMES = dict(arrays(), pi=np.pi, e=np.e, inf=np.inf, nan=np.nan, where=np.where, sqrt=np.sqrt, abs=np.abs,
             floor=np.floor, ceil=np.ceil, maximum=np.maximum, minimum=np.minimum, square=np.square, sum=np.sum,
             min=np.min, max=np.max, any=np.any, all=np.all, argmax=np.argmax, float32=np.float32, int64=np.int64,
             negative=np.negative, logical_and=np.logical_and, isnan=np.isnan, signbit=np.signbit,
             cumulative_sum=np.cumulative_sum, astype=None)


def evaluate(text, names=NAMES):
    return eval(text, {"__builtins__": {}}, names)


def expression(text):
    try:
        value = evaluate(text.replace("float32(", "np_float32(").replace("int64(", "np_int64("),
                         dict(NAMES, np_float32=lambda a: np.asarray(a).astype(np.float32),
                              np_int64=lambda a: np.asarray(a).astype(np.int64)))
        EVALS.append("%s | %s" % (text, result(value)))
        return True
    except (TypeError, ValueError, OverflowError, ZeroDivisionError):
        return False


PRECEDENCE = """x + y * x ; (x + y) * x ; x - y - x ; x / y / x ; x - (y - x) ; -x * y ; -(x * y) ; - - x ; +x - -y
i + j << 1 ; (i + j) << 1 ; i << j & 3 ; i & j ; i ^ j & i ; i | j ^ i & 3 ; i | j & 3 ; ~i & j ; ~(i & j) ; ~i + j
i ^ ~j
i & 3 == 1 ; (i & 3) == 1 ; i + 1 > j * 2 ; i + 1 >= (j > 2) ; x < y ; x <= y ; x == y ; x != y ; i // j % 3
i % j // 2 * 2
i // j ; i % j ; -i // j ; -i % j ; (-i) // j ; x // y ; x % y ; -x % y ; 7 // j ; i * 3 % 5 ; i % 5 * 3
x ** 2 ; -x ** 2 ; (-x) ** 2 ; 2.0 * x ** 2 ; j ** 2 ; -j ** 2 ; j ** 3 ; 2 ** j ** 1 ; j ** 2 ** 1
f * 2.0 ; f + 1 ; f + f * f ; f * x ; u + u ; u * 2 ; u >> 3 ; u << 1 & 15 ; u / 2 ; b & (i > 0) ; b | (i > 0)
b ^ b ; ~b
i + b ; u + b ; f + b ; where(b, x, y) ; where(i > j, i, -j) ; where(x > 0, x, 0) ; where(b, f, 1)
abs(i) - j ; maximum(i, j) % 3 ; minimum(x, y) + 1.5 ; square(x) - y ; floor(x) + ceil(y) ; sqrt(abs(x)) ; isnan(x / 0)
sum(i) ; sum(i, axis=0) ; sum(i, axis=(0, 1)) ; sum(i, axis=-1, keepdims=True) * j ; max(x, axis=0)
min(x) ; any(i > 7) ; all(j > 0, axis=1) ; argmax(i, axis=1) ; sum(b) ; max(i - j) % 7 ; cumulative_sum(i, axis=1)
float32(x) * 2 ; int64(x) % 3 ; float32(i) / 3 ; pi * 2 + x ; x * e ; x < inf ; x == nan ; 3 + 4 * i ; (1 + 2) * i
10 - 4 - i
0x1f & i ; 1e2 + x ; .5 * x ; 5. - x ; 1e-3 * i ; 2 * 3.0 + i ; i == i & j ; i < j ; x > y - 1
i * -1 ; i - -1 ; i * +2 ; 2 - - i ; x / -2 ; - x + - y ; i >> 1 + 1 ; i >> (1 + 1) ; signbit(-x)"""


def cases_of_expressions(rng):
    for text in (t.strip() for line in PRECEDENCE.split("\n") for t in line.split(" ; ")):
        assert expression(text), text
    made = 0
    while made < 600:
        made += expression(random_expression(rng, rng.randint(1, 5)))


def random_expression(rng, depth, kind=None):
    kind = kind or rng.choice("xxii")
    if depth == 0:
        return rng.choice(["x", "y", "f", "2.5", "x", "y"] if kind == "x" else ["i", "j", "i", "j", "3", "2"])
    a, c = random_expression(rng, depth - 1, kind), random_expression(rng, rng.randint(0, depth - 1), kind)
    style = rng.random()
    if style < 0.12:
        return "(%s)" % a
    if style < 0.22:
        return "-" + a if kind == "x" or rng.random() < 0.5 else "~" + a
    if style < 0.32:
        return "%s(%s, %s)" % (rng.choice(["maximum", "minimum"]), a, c)
    if style < 0.40:
        return "where(%s > %s, %s, %s)" % (a, c, a, c)
    if style < 0.46:
        return "abs(%s)" % a
    space = rng.choice(["", " "])
    ops = ["+", "-", "*", "/", "+", "-", "*"] if kind == "x" else ["+", "-", "*", "&", "|", "^", "+", "-", "//", "%"]
    op = rng.choice(ops)
    if op in ("//", "%"):
        c = "j"
    return a + space + op + space + c


def main(folder):
    rng = random.Random(20240501)
    cases_of_creation(rng)
    cases_of_views(rng)
    cases_of_expressions(rng)
    for name, rows in (("api_views.txt", VIEWS), ("api_eval.txt", EVALS)):
        with open("%s/%s" % (folder, name), "w") as file:
            file.write("# WRITTEN BY make_api_vectors.py, which says what the columns mean.\n")
            file.write("".join(row + "\n" for row in rows))


main(sys.argv[1])
