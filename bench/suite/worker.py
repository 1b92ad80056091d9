# SPDX-License-Identifier: BSD-3-Clause
"""worker.py NAME...: the worker of one process of peers, by the lines of worker.h.
worker.py once NAME KEY DTYPE MODE N SHAPE: runs one row once and prints the peak memory of the process."""
import gc
import itertools
import os
import sys
import time

LONG_CALL, WARM, WARM_CALLS = 20e-3, 2e-3, 4  # as in worker.c
SAMPLES = 16
now = time.perf_counter


def threads_of_process():
    return {int(t) for t in os.listdir("/proc/self/task")}


class Pinned:
    """Threads that come to be within it get one CPU each, as OMP_PROC_BIND does it for the OpenMP libraries."""

    def __enter__(self):
        self.before = threads_of_process()

    def __exit__(self, *_):
        cpus = sorted(os.sched_getaffinity(0))
        new = sorted(threads_of_process() - self.before)
        # As many as there are CPUs: a pool beside the calling thread that works; one less: the caller takes the first.
        skip = 1 if len(new) == len(cpus) - 1 else 0
        if len(new) in (len(cpus), len(cpus) - 1):
            for k, thread in enumerate(new):
                os.sched_setaffinity(thread, {cpus[(k + skip) % len(cpus)]})


def version_of(name):
    import importlib.metadata  # not on top: it would count in cold starts
    try:
        return importlib.metadata.version(name.split(".")[0])
    except importlib.metadata.PackageNotFoundError:
        return sys.modules[name].__version__


def blas_core():
    """Which kernels an OpenBLAS that is loaded has chosen."""
    import ctypes
    with open("/proc/self/maps") as maps:
        paths = {line.split()[-1] for line in maps if "openblas" in line}
    for path in sorted(paths):
        library = ctypes.CDLL(path)
        for symbol in ("scipy_openblas_get_corename64_", "scipy_openblas_get_corename", "openblas_get_corename64_",
                       "openblas_get_corename"):
            if hasattr(library, symbol):
                function = getattr(library, symbol)
                function.restype = ctypes.c_char_p
                return "OpenBLAS " + function().decode()
    return ""


class Slot:
    """A row that is set up: a call, and what it works on."""

    def __init__(self, candidate, key, dtype, mode, n, shape):
        import inputs
        import peers
        self.candidate, self.mode, self.known = candidate, mode, 0.0
        self.shape, self.n, self.dtype = shape, n, dtype
        self.path = f"{os.environ.get('LOCKSTEP_BENCH_SCRATCH', '/tmp')}/{candidate}-{os.getpid()}.npy"
        table = peers.OUT if mode == "out" else peers.NEW
        self.function = table[candidate].get(key)
        if self.function is None:
            return
        self.keeps_file = key in ("load", "save")
        if n >= inputs.BIG:
            inputs.keep_only(peers.needs(self.function))
        self.values = [self.value_of(name, key) for name in peers.needs(self.function)]
        if key == "load":
            import numpy as np
            np.save(self.path, self.input_of("a"))
        self.call = eval(f"lambda: f({', '.join(f'x{k}' for k in range(len(self.values)))})",
                         {"f": self.function} | {f"x{k}": v for k, v in enumerate(self.values)})

    def input_of(self, letter):
        import inputs
        values = inputs.values_of(letter, self.dtype, self.n).reshape(self.shape)
        if self.candidate.startswith("torch"):
            import torch
            return torch.from_numpy(values)
        if self.candidate == "jax":
            import jax.numpy as jnp
            inputs.keep_only(())  # JAX has memory of its own
            return jnp.asarray(values)
        return values

    def value_of(self, name, key):
        import inputs
        if name in "abcdw":
            return self.input_of(name)
        if name == "out":
            if key in ("save", "zeros", "copy"):
                return self.copy_of(self.input_of("a"))
            import peers
            first = peers.NEW[self.candidate][key]
            return self.copy_of(first(*[self.value_of(other, key) for other in peers.needs(first)]))
        if name == "state" and self.candidate == "jax":
            import jax
            return jax.random.key(42)
        if name == "state":
            import numpy as np
            return np.random.default_rng(42)
        if name == "dtype" and self.candidate.startswith("torch"):
            import torch
            return {"f64": torch.float64, "f32": torch.float32, "i32": torch.int32, "i64": torch.int64}[self.dtype]
        return {"n": self.n, "shape": self.shape, "path": self.path, "dtype": inputs.DTYPES[self.dtype]}[name]

    def copy_of(self, array):
        return array.clone() if self.candidate.startswith("torch") else array.copy()

    def answer(self):
        import numpy as np
        result = self.call()
        if self.mode == "out":
            result = np.load(self.path) if self.keeps_file else self.values[0]
        flat = np.asarray(result).ravel()
        places = [s * (flat.size - 1) // (SAMPLES - 1) for s in range(SAMPLES)]
        total = squares = 0.0
        for at in range(0, flat.size, 1 << 20):
            piece = flat[at:at + (1 << 20)].astype(np.float64)
            total, squares = total + piece.sum(), squares + np.dot(piece, piece)
        return " ".join([str(flat.dtype), str(flat.size), repr(float(total)), repr(float(squares)),
                         *(repr(float(flat[p])) for p in places)])

    def time(self, milliseconds):
        """As time_calls of worker.c."""
        call, wanted, spent, calls = self.call, milliseconds * 1e-3, 0.0, 0
        each = self.known
        if each <= LONG_CALL:
            start = now()
            for done in itertools.count(1):
                before = now()
                call()
                after = now()
                each = after - before
                if after - start >= (WARM_CALLS if done < WARM_CALLS else 1) * WARM:
                    break
        while spent < wanted:
            batch = range(1 + int((wanted - spent) / (each + 1e-9) * 0.7))
            start = now()
            for _ in batch:
                call()
            spent += now() - start
            calls += len(batch)
            each = spent / calls
        self.known = each
        return f"{each * 1e9:.3f} {calls}"

    def close(self):
        if getattr(self, "keeps_file", False) and os.path.exists(self.path):
            os.unlink(self.path)


class Worker:
    def __init__(self, names):
        with Pinned():  # NumPy's OpenBLAS starts its threads when it is loaded
            import peers
        self.slots, self.loaded, self.failed = {}, [], []
        for name in names:
            try:
                with Pinned():
                    peers.LOADERS[name]()
                self.loaded.append(name)
            except Exception as problem:
                words = f"{name}={type(problem).__name__}: {problem}"
                self.failed.append(" ".join(words.split())[:200])
        gc.disable()

    def hello(self):
        facts = [f"version {name}={version_of(name)}" for name in self.loaded]
        if "numpy" in self.loaded or "torch" in self.loaded:
            facts.append(f"BLAS core={blas_core()}")
        return "\t".join(["ok", *facts, *(f"missing {f}" for f in self.failed)])

    def setup(self, candidate, key, dtype, mode, n, shape, *_):
        self.done(candidate)
        if candidate not in self.loaded:
            return "none"
        slot = Slot(candidate, key, dtype, mode, int(n), tuple(map(int, shape.split(","))))
        if slot.function is None:
            return "none"
        self.slots[candidate] = slot
        return "ok " + slot.answer()

    def time(self, candidate, milliseconds):
        return "ok " + self.slots[candidate].time(float(milliseconds))

    def done(self, candidate):
        slot = self.slots.pop(candidate, None)
        if slot:
            slot.close()
        del slot
        gc.collect(0)
        return "ok"

    def serve(self, lines, out):
        for line in lines:
            verb, *words = line.split()
            if verb == "quit":
                break
            try:
                reply = self.hello() if verb == "hello" else getattr(self, verb)(*words)
            except Exception as problem:
                reply = f"error {type(problem).__name__}: {problem}".replace("\n", " ")[:300]
            print(reply, file=out, flush=True)


def once(name, key, dtype, mode, n, shape):
    import peers
    peers.LOADERS[name]()
    Slot(name, key, dtype, mode, int(n), tuple(map(int, shape.split(",")))).call()
    print("done", flush=True)
    with open("/proc/self/status") as status:
        print(*("peak " + line.split(":")[1].strip() for line in status if line.startswith("VmHWM")))


if __name__ == "__main__":
    if sys.argv[1] == "once":
        once(*sys.argv[2:])
    else:
        # What libraries print goes to the log, not into the conversation.
        out = os.fdopen(os.dup(1), "w")
        os.dup2(2, 1)
        Worker(sys.argv[1:]).serve(sys.stdin, out)
