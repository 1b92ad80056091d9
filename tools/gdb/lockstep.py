# SPDX-License-Identifier: BSD-3-Clause
"""Arrays in gdb: `source tools/gdb/lockstep.py`, then `print *a` shows dtype, shape, device, state, who made it and, when
the elements are in host memory, the first of them. Needs a library built with debug information (CMake preset dev)."""
import gdb

LS_ALIVE, LS_DEAD = 0x4C534152, 0x44454144
SHOWN = 8
FORMATS = {  # dtype name: element type as gdb knows it, and its size
    "LS_BOOL": "bool", "LS_INT8": "signed char", "LS_INT16": "short", "LS_INT32": "int", "LS_INT64": "long",
    "LS_UINT8": "unsigned char", "LS_UINT16": "unsigned short", "LS_UINT32": "unsigned int",
    "LS_UINT64": "unsigned long", "LS_FLOAT32": "float", "LS_FLOAT64": "double",
}


def text(pointer):
    return pointer.string() if int(pointer) else "?"


class ArrayPrinter:
    """One ls_array: a handle."""

    def __init__(self, value):
        self.value = value

    def sizes(self):
        dims = self.value["dims"]
        return [int(dims[i]) for i in range(int(self.value["ndim"]))]

    def strides(self):
        ndim = int(self.value["ndim"])
        dims = self.value["dims"]
        return [int(dims[ndim + i]) for i in range(ndim)]

    def first_elements(self, version):
        """The first elements in C order, as text; "" when they cannot be read."""
        name = str(self.value["dtype"])
        buffer = version["buffer"]
        if name not in FORMATS or not int(buffer) or text(version["backend"]["name"]) != "cpu":
            return ""
        data = buffer["address"].cast(gdb.lookup_type(FORMATS[name]).pointer())
        sizes, strides, count = self.sizes(), self.strides(), 1
        for size in sizes:
            count *= size
        shown = []
        for flat in range(min(count, SHOWN)):
            at, rest = int(self.value["offset"]), flat
            for size, stride in zip(reversed(sizes), reversed(strides)):
                at += rest % size * stride
                rest //= size
            shown.append(str((data + at).dereference()))
        return " {" + ", ".join(shown) + (", ...}" if count > SHOWN else "}")

    def to_string(self):
        magic = int(self.value["magic"])
        if magic == LS_DEAD:
            return "a freed array, made by %s at %s" % (text(self.value["function"]), text(self.value["place"]))
        if magic != LS_ALIVE:
            return "not an array (magic 0x%x)" % magic
        version = self.value["cell"]["version"]
        state = ["pending", "running", "stored"][int(version["state"])]
        sizes = self.sizes()
        shape = "(" + ",".join(map(str, sizes)) + ("," if len(sizes) == 1 else "") + ")"
        elements = self.first_elements(version) if state == "stored" else ""
        return "%s %s on %s, %s, made by %s at %s%s" % (
            str(self.value["dtype"])[3:].lower(), shape, text(version["backend"]["name"]), state,
            text(self.value["function"]), text(self.value["place"]), elements)


def lookup(value):
    if value.type.strip_typedefs().tag == "ls_array" and value.type.strip_typedefs().code == gdb.TYPE_CODE_STRUCT:
        return ArrayPrinter(value)
    return None


gdb.pretty_printers.append(lookup)
