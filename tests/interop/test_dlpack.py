#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""test_dlpack.py LIBRARY numpy|torch: memory shared with another library, both ways, through the shared library's own
functions. 77 where Python does not have the other library."""
import ctypes
import gc
import importlib
import sys
from ctypes import POINTER, Structure, Union, c_char_p, c_double, c_int32, c_int64, c_size_t, c_uint64, c_void_p


class Complex(Structure):
    _fields_ = [("re", c_double), ("im", c_double)]


class Value(Union):
    _fields_ = [("array", c_void_p), ("i", c_int64), ("u", c_uint64), ("f", c_double), ("c", Complex)]


class Operand(Structure):
    _fields_ = [("kind", c_int32), ("reserved", c_int32), ("value", Value)]


class Shape(Structure):
    _fields_ = [("ndim", c_int64), ("sizes", POINTER(c_int64))]


class Options(Structure):
    _fields_ = [("struct_size", c_size_t), ("copy", ctypes.c_bool), ("writable", ctypes.c_bool)]


def load(path):
    lib = ctypes.CDLL(path)
    for name, result, arguments in [
        ("ls_arange", c_void_p, [c_char_p, Operand, Operand, Operand]),
        ("ls_reshape", c_void_p, [c_char_p, c_void_p, Shape]),
        ("ls_astype", c_void_p, [c_char_p, c_void_p, c_int32]),
        ("ls_at", c_void_p, None),
        ("ls_to_dlpack", c_void_p, [c_char_p, c_void_p, POINTER(Options)]),
        ("ls_to_dlpack_unversioned", c_void_p, [c_char_p, c_void_p, POINTER(Options)]),
        ("ls_from_dlpack", c_void_p, [c_char_p, c_void_p]),
        ("ls_from_dlpack_unversioned", c_void_p, [c_char_p, c_void_p]),
        ("ls_to_host", c_int32, [c_char_p, c_void_p, c_void_p, c_int64, c_int32]),
        ("ls_changed", None, [c_void_p]),
        ("ls_free", None, [c_void_p]),
        ("ls_error_message", c_char_p, []),
        ("ls_dtype_from_name", c_int32, [c_char_p]),
    ]:
        function = getattr(lib, name)
        function.restype = result
        if arguments is not None:
            function.argtypes = arguments
    return lib


lib = load(sys.argv[1])
try:
    other = importlib.import_module(sys.argv[2])
except ImportError:
    print(f"skipped: no {sys.argv[2]}")
    sys.exit(77)
is_torch = sys.argv[2] == "torch"
passed = failed = 0
PLACE = b"test_dlpack.py"

capsule_new = ctypes.pythonapi.PyCapsule_New
capsule_new.restype, capsule_new.argtypes = ctypes.py_object, [c_void_p, c_char_p, c_void_p]
capsule_pointer = ctypes.pythonapi.PyCapsule_GetPointer
capsule_pointer.restype, capsule_pointer.argtypes = c_void_p, [ctypes.py_object, c_char_p]
capsule_rename = ctypes.pythonapi.PyCapsule_SetName
capsule_rename.argtypes = [ctypes.py_object, c_char_p]
VERSIONED, UNVERSIONED = b"dltensor_versioned", b"dltensor"
USED = {VERSIONED: b"used_dltensor_versioned", UNVERSIONED: b"used_dltensor"}


def check(condition, what):
    global passed, failed
    if condition:
        passed += 1
    else:
        failed += 1
        print("failed:", what, "-", lib.ls_error_message().decode())


class Producer:
    """An array as the other library's from_dlpack wants to see it."""

    def __init__(self, array, options=None):
        self.array, self.options, self.asked = array, options, None

    def __dlpack_device__(self):
        return (1, 0)

    def __dlpack__(self, *, stream=None, max_version=None, dl_device=None, copy=None):
        self.asked = max_version
        name = VERSIONED if max_version and max_version[0] >= 1 else UNVERSIONED
        export = lib.ls_to_dlpack if name == VERSIONED else lib.ls_to_dlpack_unversioned
        tensor = export(PLACE, self.array, self.options)
        if not tensor:
            raise BufferError(lib.ls_error_message().decode())
        return capsule_new(tensor, name, None)


def arange(count, dtype, *shape):
    def number(n):
        return Operand(2 + 1, 0, Value(i=n)) if n is not None else Operand(0, 0, Value(i=0))

    a = lib.ls_arange(PLACE, number(None), number(count), number(None))
    a = lib.ls_reshape(PLACE, a, Shape(len(shape), (c_int64 * len(shape))(*shape)))
    return lib.ls_astype(PLACE, a, lib.ls_dtype_from_name(dtype.encode()))


def consume(tensor):
    """An array of ours over an object of the other library."""
    try:
        capsule, name = tensor.__dlpack__(max_version=(1, 0)), VERSIONED
    except TypeError:
        capsule, name = tensor.__dlpack__(), UNVERSIONED
    try:
        pointer = capsule_pointer(capsule, name)
    except ValueError:  # it took max_version and still gave the old form
        name = UNVERSIONED
        pointer = capsule_pointer(capsule, name)
    take = lib.ls_from_dlpack if name == VERSIONED else lib.ls_from_dlpack_unversioned
    array = take(PLACE, pointer)
    if array:
        capsule_rename(capsule, USED[name])
    return array


def numbers(array, count, dtype="float64"):
    data = (c_double * count)()
    check(lib.ls_to_host(PLACE, array, data, count, lib.ls_dtype_from_name(dtype.encode())) == 0, "ls_to_host")
    return list(data)


def make(values, dtype):
    return other.tensor(values, dtype=getattr(other, dtype)) if is_torch else other.array(values, dtype=dtype)


DTYPES = ["int8", "int16", "int32", "int64", "uint8", "float16", "float32", "float64", "complex64", "complex128"]
DTYPES += ["bool", "bfloat16"] if is_torch else ["uint16", "uint32", "uint64"]

for dtype in DTYPES:
    theirs = other.from_dlpack(Producer(arange(24, dtype, 2, 3, 4)))
    check(str(theirs.dtype).replace("torch.", "") == dtype, f"{dtype} arrives as {theirs.dtype}")
    check(tuple(theirs.shape) == (2, 3, 4), f"{dtype} shape {tuple(theirs.shape)}")
    expected = [bool(i) for i in range(24)] if dtype == "bool" else list(range(24))
    check(theirs.reshape(-1).tolist() == expected, f"{dtype} values")
    if dtype.startswith(("complex", "bool")):
        continue
    strided = make(list(range(24)), dtype).reshape(2, 3, 4)[:, 1:, ::2]
    ours = consume(strided)
    del strided
    gc.collect()
    check(bool(ours), f"{dtype} comes in")
    check(numbers(ours, 8) == [4, 6, 8, 10, 16, 18, 20, 22], f"{dtype} strided values")
    lib.ls_free(ours)

# Memory is shared, not copied: what one side writes the other reads.
theirs = make([0, 1, 2, 3], "float64")
ours = consume(theirs)
theirs[2] = 20
lib.ls_changed(ours)
check(numbers(ours, 4) == [0, 1, 20, 3], "a write of theirs")
mine = arange(4, "float64", 4)
options = Options(ctypes.sizeof(Options), False, True)
producer = Producer(mine, ctypes.pointer(options))
theirs = other.from_dlpack(producer)
try:
    theirs[1] = 10
    lib.ls_changed(mine)
    check(numbers(mine, 4) == [0, 10, 2, 3], "a write of theirs into our memory")
except ValueError:  # NumPy before 2.0 makes every import read-only
    check(producer.asked is None, "a writable tensor may be written")

# A snapshot stays what it was and outlives its array.
snapshot = other.from_dlpack(Producer(mine))
lib.ls_free(mine)
gc.collect()
check(snapshot.tolist()[2:] == [2, 3], "a snapshot outlives its array")
if not is_torch and producer.asked:
    check(not snapshot.flags.writeable, "a snapshot is read-only")

print(f"{passed} passed, {failed} failed (protocol {producer.asked}, {sys.argv[2]} {other.__version__})")
sys.exit(failed != 0)
