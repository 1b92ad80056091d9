# SPDX-License-Identifier: BSD-3-Clause
"""The processes that are measured: started with a clean environment on given CPUs, stopped while others have their
turn."""
import ctypes
import os
import select
import signal
import subprocess
import time

TIMING_SECONDS = 120


def prepare_child(cpus):
    """On these CPUs, out of reach of the terminal's Ctrl-C, and never left behind stopped: it dies with its parent."""
    die_with_parent = 1
    ctypes.CDLL(None).prctl(die_with_parent, signal.SIGKILL, 0, 0, 0)
    os.setpgid(0, 0)
    os.sched_setaffinity(0, cpus)


class Worker:
    """One process and the candidates in it."""

    def __init__(self, names, command, threads, cpus, scratch, log, more=None):
        self.names, self.threads, self.buffer, self.dead = names, threads, b"", False
        clean = {k: v for k, v in os.environ.items()
                 if not k.startswith(("OPENBLAS_", "OMP_", "GOMP_", "LOCKSTEP_", "KMP_", "MKL_"))}
        count = str(threads)
        clean |= {"OMP_NUM_THREADS": count, "OPENBLAS_NUM_THREADS": count, "MKL_NUM_THREADS": count,
                  "NUMEXPR_NUM_THREADS": count, "NUMEXPR_MAX_THREADS": count, "LOCKSTEP_NUM_THREADS": count,
                  "LOCKSTEP_DEVICE": "cpu", "JAX_PLATFORMS": "cpu", "OMP_PROC_BIND": "close", "OMP_PLACES": "cores",
                  "LOCKSTEP_BENCH_SCRATCH": str(scratch), "PYTHONDONTWRITEBYTECODE": "1"}
        clean |= more or {}
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, env=clean,
                                        preexec_fn=lambda: prepare_child(cpus))
        self.stopped = False

    def resume(self):
        if self.stopped and not self.dead:
            os.kill(self.process.pid, signal.SIGCONT)
        self.stopped = False

    def stop(self):
        if not self.stopped and not self.dead:
            os.kill(self.process.pid, signal.SIGSTOP)
        self.stopped = True

    def send(self, text):
        self.resume()
        try:
            self.process.stdin.write(text.encode() + b"\n")
            self.process.stdin.flush()
        except OSError:
            self.dead = True

    def reply(self, seconds):
        end = time.monotonic() + seconds
        while b"\n" not in self.buffer and not self.dead:
            ready, _, _ = select.select([self.process.stdout], [], [], max(0, end - time.monotonic()))
            piece = os.read(self.process.stdout.fileno(), 65536) if ready else b""
            if not piece:
                self.dead = True
                self.process.kill()
                return "error ended" if ready else f"error no answer in {seconds} s"
            self.buffer += piece
        if self.dead:
            return "error the worker is gone"
        line, self.buffer = self.buffer.split(b"\n", 1)
        return line.decode(errors="replace")

    def ask(self, text, seconds=TIMING_SECONDS):
        self.send(text)
        return self.reply(seconds)

    def cpu_seconds(self):
        """Of all its threads and of its children, those of joblib, which live on, included."""
        ticks = sum(self.ticks_of(self.process.pid)[1:5])
        if "joblib" in self.names:
            me = self.process.pid
            others = (self.ticks_of(pid) for pid in os.listdir("/proc") if pid.isdigit() and int(pid) != me)
            ticks += sum(own + system for group, own, system, *_ in others if group == me)
        return ticks / os.sysconf("SC_CLK_TCK")

    @staticmethod
    def ticks_of(pid):
        """Process group; own, system, children's and children's system time."""
        try:
            with open(f"/proc/{pid}/stat") as stat:
                words = stat.read().rsplit(")", 1)[1].split()
        except OSError:
            return 0, 0, 0, 0, 0
        return int(words[2]), *map(int, words[11:15])

    def memory(self):
        try:
            with open(f"/proc/{self.process.pid}/statm") as statm:
                return int(statm.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
        except (OSError, IndexError):
            return 0

    def close(self):
        if not self.dead:
            self.resume()
            try:
                self.process.stdin.close()
                self.process.wait(10)
            except (OSError, subprocess.TimeoutExpired):
                pass
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
