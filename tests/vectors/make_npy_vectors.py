#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Writes the .npy and .npz files that tests/io reads, with NumPy, and the list of what is in them.

    python3 tests/vectors/make_npy_vectors.py        writes npy_vectors.{bin,txt} and *.npz beside this script

npy_vectors.bin holds many .npy images one after another (so it is also a stream of arrays); a row of npy_vectors.txt says

    offset length dtype own ndim sizes...            own: numpy.save writes exactly these bytes for the array

Element i (in C order) of every array is a function of i and the dtype alone; test_npy.c has the same functions."""
import io
import os
import struct
import sys
import zipfile

import numpy as np
from numpy.lib import format as npy

HERE = os.path.dirname(os.path.abspath(__file__))
DTYPES = ["?", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f2", "f4", "f8", "c8", "c16"]


def elements(dtype, shape):
    count = int(np.prod(shape, dtype=np.int64))
    i = np.arange(count)
    kind = np.dtype(dtype).kind
    if kind == "b":
        x = i % 3 == 0
    elif kind == "i":
        x = i * 7 - 20
    elif kind == "u":
        x = i * 7 + 1
    elif kind == "f":
        x = (i - 5) * 0.5
    else:
        x = (i - 5) * 0.5 + 1j * (i * 0.25)
    return x.astype(dtype).reshape(shape)


def image(array, version, fortran):
    out = io.BytesIO()
    array = np.asfortranarray(array) if fortran else np.ascontiguousarray(array).reshape(array.shape)
    npy.write_array(out, array, version=version, allow_pickle=False)
    return out.getvalue()


def saved(array):
    out = io.BytesIO()
    np.save(out, array)
    return out.getvalue()


def with_dict(text, data, version=1):
    text = text.encode("latin1")
    length = struct.pack("<H" if version == 1 else "<I", len(text))
    return b"\x93NUMPY" + bytes([version, 0]) + length + text + data


def spellings():
    """Headers no NumPy of today writes but the format allows: other order of keys, double quotes, Python 2 integers."""
    data = elements("<f8", (2, 3))
    raw = data.tobytes()
    yield with_dict("{'shape': (2, 3), 'fortran_order': False, 'descr': '<f8'}\n", raw), data
    yield with_dict('{"descr":"<f8","fortran_order":False,"shape":(2L,3L,),}\n', raw), data
    yield with_dict("{ 'descr' : '=f8' , 'fortran_order' : False , 'shape' : ( 2 , 3 ) , } \t \n", raw), data
    yield with_dict("{'descr': '<f8', 'fortran_order': False, 'shape': (2, 3), }", raw, 3), data
    yield with_dict("{'descr': '<f8', 'fortran_order': False, 'shape': (2, 3), }" + " " * 5000 + "\n", raw, 2), data
    yield with_dict("{'descr': '<b1', 'fortran_order': False, 'shape': (), }\n", b"\x01"), elements("?", ())


def main():
    images, rows = io.BytesIO(), []

    def add(data, array, own):
        name = np.dtype(array.dtype).newbyteorder("=").name
        rows.append([images.tell(), len(data), name, int(own), array.ndim, *array.shape])
        images.write(data)

    for dtype in DTYPES:
        for order in "<>":
            for fortran in (False, True):
                for version in ((1, 0), (2, 0), (3, 0)):
                    if version != (1, 0) and (order == ">" or dtype not in ("i2", "f8")):
                        continue
                    array = elements(order + dtype, (2, 3, 2))
                    data = image(array, version, fortran)
                    add(data, array, version == (1, 0) and (order == "<" or np.dtype(dtype).itemsize == 1))
    shapes = [(), (1,), (0,), (7,), (1, 1), (3, 0), (0, 3), (2, 0, 4), (1, 5), (5, 1), (2,) * 5, (1,) * 32, (2,) + (1,) * 31,
              (1,) * 31 + (3,), (0,) + (1,) * 31, (11, 9)]
    for dtype in ("<f8", "|u1"):
        for shape in shapes:
            array = elements(dtype, shape)
            add(saved(array), array, True)
            turned = np.asfortranarray(array) if array.ndim else array
            add(saved(turned), turned, True)
    for data, array in spellings():
        add(data, array, False)

    with open(os.path.join(HERE, "npy_vectors.bin"), "wb") as out:
        out.write(images.getvalue())
    with open(os.path.join(HERE, "npy_vectors.txt"), "w") as out:
        for row in rows:
            print(*row, file=out)
    archives()


class Pipe(io.RawIOBase):
    """Takes bytes like a pipe: zipfile then puts sizes behind the data."""

    def __init__(self, out):
        self.out = out

    def writable(self):
        return True

    def write(self, data):
        return self.out.write(data)


def archives():
    named = {"a": elements("<f8", (3, 4)), "b": elements("|b1", (5,)), "empty": elements("<i4", (0, 2)), "α": elements("<c8", (2, 2))}
    np.savez(os.path.join(HERE, "stored.npz"), **named)
    np.savez_compressed(os.path.join(HERE, "deflated.npz"), **named, zeros=np.zeros(20000))
    with open(os.path.join(HERE, "piped.npz"), "wb") as out, zipfile.ZipFile(Pipe(out), "w", zipfile.ZIP_DEFLATED) as archive:
        for name, array in named.items():
            archive.writestr(name + ".npy", saved(array))
        archive.writestr("readme.txt", "not an array")
        archive.comment = b"a comment"


if __name__ == "__main__":
    sys.exit(main())
