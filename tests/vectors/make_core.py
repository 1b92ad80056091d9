# SPDX-License-Identifier: BSD-3-Clause
"""Writes layouts.txt and promotions.txt beside itself: what NumPy makes of random slices, reshapes, broadcasts and pairs
of dtypes. Run once and keep the files; the tests read them and need no Python.

layouts.txt, fields separated by ';', lists by ',':
  slice;shape;strides;offset;text;ok;shape;strides;offset         or ...;text;syntax | index
  reshape;shape;strides;offset;new shape;view;shape;strides       or ...;copy;shape or ...;error
  broadcast;shape;shape;...;=;ok;shape                            or ...;=;error
Strides and offsets count elements.  promotions.txt: dtype, dtype, result; dtype, kind of a Python number, result.
"""
import os
import random
import numpy as np

random.seed(2026)
HERE = os.path.dirname(os.path.abspath(__file__))
BASE = np.zeros(1 << 16, dtype=np.int64)
ITEM = BASE.itemsize


def numbers(values):
    return ",".join(str(v) for v in values)


def layout(view):
    offset = (view.__array_interface__["data"][0] - BASE.__array_interface__["data"][0]) // ITEM
    return [numbers(view.shape), numbers(s // ITEM for s in view.strides), str(offset)]


def random_view():
    """A view of BASE: random sizes, then some steps, flips, transposes and repeated axes."""
    ndim = random.choice([0, 1, 1, 2, 2, 2, 3, 3, 4, 5])
    shape = [random.choice([0, 1, 1, 2, 3, 4, 5, 6, 7, 8]) if random.random() < 0.97 else 9 for _ in range(ndim)]
    start = random.randrange(100)
    count = int(np.prod(shape, dtype=np.int64))
    view = BASE[start:start + count].reshape(shape)
    for axis in range(ndim):
        if random.random() < 0.3:
            step = random.choice([-3, -2, -1, 2, 3])
            view = view[(slice(None),) * axis + (slice(None, None, step),)]
    if random.random() < 0.3:
        view = view.transpose(random.sample(range(ndim), ndim))
    if random.random() < 0.1:
        view = np.broadcast_to(view, (random.randint(1, 3),) + view.shape)
    return view


def random_bound(size):
    return random.choice([None, None, random.randint(-size - 3, size + 3), random.randint(-size, size),
                          random.choice([2**63 - 1, -2**63 + 1, 10**12, -10**12])])


def blanks():
    return " " * random.choice([0, 0, 0, 1, 2])


def spell(item):
    if item is Ellipsis:
        return "..."
    if item is None:
        return random.choice(["None", "newaxis", "np.newaxis"])
    if isinstance(item, int):
        return ("+" if item >= 0 and random.random() < 0.1 else "") + str(item)
    parts = ["" if b is None and random.random() < 0.9 else str(b) for b in (item.start, item.stop, item.step)]
    if item.step is None and random.random() < 0.8:
        parts = parts[:2]
    return (blanks() + ":" + blanks()).join(parts)


def random_item(size):
    if random.random() < 0.35:
        return random.randint(-size - 1, size) if random.random() < 0.1 else random.randint(-size, max(size - 1, 0))
    step = random.choice([None, None, 1, -1, 2, -2, 3, -3, 7, -7, 2**63 - 1, -2**63 + 1])
    return slice(random_bound(size), random_bound(size), step)


def slice_line():
    view = random_view()
    axes = random.randint(0, view.ndim) if random.random() < 0.97 else view.ndim + 1
    items = [random_item(view.shape[a] if a < view.ndim else 2) for a in range(axes)]
    if random.random() < 0.3:
        items.insert(random.randint(0, len(items)), Ellipsis)
    for _ in range(random.choice([0, 0, 0, 1, 2])):
        items.insert(random.randint(0, len(items)), None)
    if not items:
        items = [Ellipsis]
    text = ",".join(blanks() + spell(i) + blanks() for i in items) + ("," if random.random() < 0.1 else "")
    # Items after an ellipsis index axes of other sizes than they were drawn for; that only varies the cases.
    head = ["slice"] + layout(view) + [text]
    try:
        return head + ["ok"] + layout(view[tuple(items) + (Ellipsis,) * (Ellipsis not in items)])
    except IndexError:
        return head + ["index"]


def reshape_line():
    view = random_view()
    count = view.size
    if random.random() < 0.15:
        new = [random.choice([0, 1, 2, 3, 5]) for _ in range(random.randint(0, 4))]
    else:
        new, rest = [], count
        while rest > 1:
            divisor = random.choice([d for d in range(1, rest + 1) if rest % d == 0])
            new.append(divisor)
            rest //= divisor
        new += [1] * random.randint(0, 2) + [0] * (count == 0)
        random.shuffle(new)
    if new and random.random() < 0.3:
        new[random.randrange(len(new))] = -1
    head = ["reshape"] + layout(view) + [numbers(new)]
    try:
        result = np.reshape(view, new)
    except ValueError:
        return head + ["error"]
    try:
        result = np.reshape(view, new, copy=False)
        return head + ["view"] + layout(result)[:2]
    except ValueError:
        return head + ["copy", numbers(result.shape)]


def broadcast_line():
    target = [random.choice([0, 1, 2, 3, 4]) for _ in range(random.randint(0, 5))]
    shapes = []
    for _ in range(random.randint(1, 4)):
        shape = [1 if random.random() < 0.3 else s for s in target][random.randint(0, len(target)):]
        if shape and random.random() < 0.08:
            shape[random.randrange(len(shape))] = random.choice([0, 2, 3, 5])
        shapes.append(shape)
    head = ["broadcast"] + [numbers(s) for s in shapes] + ["="]
    try:
        return head + ["ok", numbers(np.broadcast_shapes(*map(tuple, shapes)))]
    except ValueError:
        return head + ["error"]


BAD_TEXT = ["", " ", ",", ",1", "1,,2", "1 2", "a", "1a", "1.5", "1e3", "::0", ":1:0", "1:2:3:4", "....", "..", ". . .",
            "--1", "- ", "+", "Non", "Nonesuch", "newaxis1", "newaxis:", "9223372036854775808", "-99999999999999999999",
            "0x1", "1_0", "...,...", "1;2", "(1)", "[1]", "1:,:,:2:,,", "None None", "٣", "1:None None", "...1", "\t"]


def write(name, lines):
    with open(os.path.join(HERE, name), "w", encoding="utf-8") as f:
        for line in lines:
            assert not any("\n" in field for field in line)
            f.write(";".join(line) + "\n")


def promotions():
    names = ["bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "float16", "float32",
             "float64", "complex64", "complex128"]
    for a in names:
        for b in names:
            yield [a, b, np.promote_types(a, b).name]
    for a in names:
        for kind, number in (("bool", True), ("int", 1), ("float", 1.5), ("complex", 1j)):
            yield [a, "python " + kind, np.result_type(np.dtype(a), type(number)()).name]
        yield [a, "as float", np.sin(np.zeros(1, dtype=a)).dtype.name]


lines = [slice_line() for _ in range(1500)]
lines += [["slice", "5,6,7", "42,7,1", "0", bad, "syntax"] for bad in BAD_TEXT if ";" not in bad]
lines += [reshape_line() for _ in range(1200)] + [broadcast_line() for _ in range(300)]
write("layouts.txt", lines)
write("promotions.txt", promotions())
