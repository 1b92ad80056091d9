# SPDX-License-Identifier: BSD-3-Clause
"""The inputs of every row, the same numbers as ours.c makes: at most PERIOD numbers of the Philox stream, repeated.
No more are made than a row reads: they are part of cold starts."""
import numpy as np

PERIOD = 1000003
BIG = 10**7  # elements; arrays as large as this are kept only while a row needs them
DTYPES = {"f64": np.float64, "f32": np.float32, "i32": np.int32, "i64": np.int64}
_kept = {}


def period_of(letter, dtype, n):
    u = np.random.Generator(np.random.Philox(ord(letter))).random(min(n, PERIOD))
    if letter == "w":
        u = u * 200 - 100
    if letter == "d":
        u = u + 0.5
    if dtype[0] == "i":
        u = np.floor(u * 100)
    return u.astype(DTYPES[dtype])


def values_of(letter, dtype, n):
    """The last array of each letter is kept for the rows to come."""
    kept = _kept.get(letter)
    if kept is None or kept[0] != (dtype, n):
        _kept.pop(letter, None)
        period, values = period_of(letter, dtype, n), np.empty(n, DTYPES[dtype])
        for at in range(0, n, PERIOD):
            values[at:at + PERIOD] = period[:n - at]
        kept = _kept[letter] = ((dtype, n), values)
    return kept[1]


def keep_only(letters):
    for letter in set(_kept) - set(letters):
        del _kept[letter]
