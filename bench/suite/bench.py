# SPDX-License-Identifier: BSD-3-Clause
"""scripts/bench: ours, the peers and the limits of the machine, measured in turns.

One process per library is started and pinned; in every round each is asked for one timing of the row at hand, the
others being stopped (SIGSTOP), so that whatever the machine does, it does to all alike. Ratios are taken within rounds.
A round in which somebody else used the CPUs is thrown away and repeated."""
import argparse
import dataclasses
import datetime
import fnmatch
import json
import os
import pathlib
import re
import shutil
import statistics
import sys
import tempfile
import time

import report
import rows
from answers import disagreement, parse_answer
from machine import available_memory, busy_seconds, machine, physical_cpus
from processes import Worker
from provide import ROOT, build, peers_python, say

SUITE = ROOT / "bench" / "suite"
PEERS = ["numpy", "numexpr", "torch", "torch.compile", "jax", "dask", "joblib"]
# Libraries that share a process share its inputs.
PROCESSES = [["numpy", "numexpr", "dask", "joblib"], ["torch", "torch.compile"], ["jax"]]
SETUP_SECONDS = 240


# --- measuring ---

def summary(values):
    ordered = sorted(values)
    quarter = statistics.quantiles(ordered, n=4, method="inclusive") if len(ordered) > 1 else ordered * 3
    return {"median": quarter[1], "q1": quarter[0], "q3": quarter[2], "rounds": [round(v, 1) for v in values]}


class Session:
    """All workers for one number of threads."""

    def __init__(self, suite, threads, builds):
        cpus = physical_cpus()
        self.suite, self.threads = suite, threads
        self.count = 1 if threads == "1" else len(cpus)
        self.workers = []

        def start(names, command, more=None):
            mine = set(cpus[:self.count])
            self.workers.append(Worker(names, command, self.count, mine, suite.scratch, suite.log, more))

        for name, (program, libraries) in builds.items():
            start([name], [str(program)], {"LD_LIBRARY_PATH": libraries} if libraries else None)
        if "limit" in suite.candidates:
            start(["limit"], [str(suite.build / "bin" / "bench_suite_limits")])
        for group in PROCESSES:
            names = [n for n in group if n in suite.candidates]
            if names and suite.python:
                start(names, [suite.python, str(SUITE / "worker.py"), *names])
        self.facts, self.missing = {}, {}
        for worker in self.workers:
            worker.send("hello x x" if worker.names[0] in (*builds, "limit") else "hello")
        for worker in self.workers:
            for fact in worker.reply(SETUP_SECONDS).split("\t")[1:]:
                key, _, value = fact.partition("=")
                if key.startswith("missing "):
                    self.missing[key[8:]] = value
                else:
                    self.facts[f"{worker.names[0]} {key}"] = value
            if worker.dead:
                self.missing |= {name: "its worker did not start" for name in worker.names}
            worker.stop()

    def fitting(self, case):
        """The workers whose arrays for the case fit the memory all at once; the last ones go first."""
        each = case.n * rows.DTYPE_BYTES[case.dtype] * (case.row.inputs + 2)
        have = 0.9 * (available_memory() + sum(worker.memory() for worker in self.workers))
        return self.workers[:max(1, int(have / each))]

    def setup(self, case):
        """Sets the row up in all workers at once, one candidate of each at a time; what each answered."""
        workers = self.fitting(case)
        words = f"{case.row.key} {case.dtype} {case.mode} {case.n} {case.shape_text} {case.model}"
        for worker in self.workers[len(workers):]:
            yield worker, worker.names[0], "error not enough memory"
        for depth in range(max(len(worker.names) for worker in workers)):
            asked = [(worker, worker.names[depth]) for worker in workers if depth < len(worker.names)]
            asked = [(worker, name) for worker, name in asked if not worker.dead and self.wants(name, case)]
            for worker, name in asked:
                worker.send(f"setup {name} {words}")
            for worker, name in asked:
                yield worker, name, worker.reply(SETUP_SECONDS)

    def wants(self, name, case):
        if name in ("dask", "joblib"):
            return case.row.group == "textbook" and case.threads == "all"
        if name == "torch.compile":  # seconds of compilation each
            return (case.threads, case.mode, case.dtype) == ("all", "new", "f64") and \
                (case.size_class == "middle" or case.row.group == "textbook")
        if name == "limit":
            return case.model != "-"
        return True

    def finish(self, ready):
        for worker, name in ready:
            if not worker.dead:
                worker.ask(f"done {name}")
        for worker in self.workers:
            worker.stop()

    def close(self):
        for worker in self.workers:
            worker.close()


class Suite:
    def __init__(self, options):
        self.options, self.disturbed, self.results, self.notes = options, 0, [], []
        memory = "/dev/shm" if os.path.isdir("/dev/shm") else None
        self.scratch = pathlib.Path(tempfile.mkdtemp(prefix="lockstep-bench-", dir=memory))
        self.build = pathlib.Path(options.build).resolve()
        self.candidates, self.python, self.missing = [], None, {}
        self.build.mkdir(parents=True, exist_ok=True)
        self.log = open(self.build / "bench.log", "w")

    def close(self):
        shutil.rmtree(self.scratch, ignore_errors=True)
        self.log.close()

    # One case: setups, answers, rounds.
    def measure(self, session, case):
        ready, answers, problems, started = [], {}, {}, time.monotonic()
        for worker, name, text in session.setup(case):
            if text.startswith("ok"):
                ready.append((worker, name))
                if name != "limit":
                    answers[name] = parse_answer(text[3:])
            elif text.startswith("error"):
                problems[name] = text[6:]
        for worker in session.workers:
            worker.stop()
        prepared = round(time.monotonic() - started, 2)
        judge = "numpy" if "numpy" in answers else next(iter(answers), None)
        for name, answer in answers.items():
            difference = disagreement(case, answer, answers[judge])
            if difference:
                problems[name] = f"another result than {judge}: {difference}"
                ready = [(w, n) for w, n in ready if n != name]
        times = self.rounds(session, case, ready) if any(n not in ("limit",) for _, n in ready) else {}
        session.finish(ready)
        for name, problem in problems.items():
            self.notes.append(f"{case.id}: {name}: {problem}")
            say(f"  {name}: {problem}")
        return {"id": case.id, "key": case.row.key, "title": case.row.title, "group": case.group, "size": case.size,
                "dtype": case.dtype, "mode": case.mode, "threads": case.threads, "n": case.n, "shape": list(case.shape),
                "model": case.model, "times": {name: summary(values) for name, values in times.items()},
                "problems": problems, "setup_seconds": prepared,
                "seconds": round(time.monotonic() - started, 2)}

    def rounds(self, session, case, ready):
        options = self.options
        wanted = options.rounds or {"small": 7, "middle": 7, "large": 5}[case.size_class]
        milliseconds = options.milliseconds or {"small": 5, "middle": 8, "large": 1}[case.size_class]
        times = {name: [] for _, name in ready}
        started, turn, retries = time.monotonic(), 0, 2 if case.size_class == "large" else 2 * wanted
        while turn < wanted:
            spent = time.monotonic() - started
            if (turn >= min(3, wanted) and spent > options.limit) or (turn and spent > 4 * options.limit):
                break
            order = ready[turn % len(ready):] + ready[:turn % len(ready)]
            before, begin = busy_seconds() - self.own_seconds(session), time.monotonic()
            these = {}
            for worker, name in order:
                if times[name] and turn >= (1 if times[name][0] > 1e9 else 2 if times[name][0] > 3e8 else wanted):
                    continue  # seconds a call: once or twice will do
                text = worker.ask(f"time {name} {milliseconds}")
                worker.stop()
                if text.startswith("ok"):
                    these[name] = float(text.split()[1])
                else:
                    self.notes.append(f"{case.id}: {name}: {text}")
                    ready = [(w, n) for w, n in ready if n != name]
            wall = time.monotonic() - begin
            foreign = busy_seconds() - self.own_seconds(session) - before
            # /proc/stat counts in ticks of 10 ms per CPU.
            if foreign > 0.03 + 0.04 * wall * session.count and retries > 0 and not options.ignore_others:
                self.disturbed += 1
                retries -= 1
                continue
            for name, value in these.items():
                times[name].append(value)
            turn += 1
        return {name: values for name, values in times.items() if values}

    @staticmethod
    def own_seconds(session):
        own = os.times()
        return own.user + own.system + sum(worker.cpu_seconds() for worker in session.workers)

    # Whole processes: from start to first result, and the most memory they held.
    def commands(self, words):
        found = {"ours": [str(self.build / "bin" / "bench_suite_ours"), "once", *words]}
        for name in self.candidates:
            if name not in ("limit", "ours") and name not in self.missing and self.python:
                found[name] = [self.python, str(SUITE / "worker.py"), "once", name, *words]
        return found

    def process_seconds(self, command, threads):
        cpus = physical_cpus()[:threads]
        worker = None
        start = time.perf_counter()
        worker = Worker(["x"], command, threads, set(cpus), self.scratch, self.log)
        first = worker.reply(SETUP_SECONDS)
        seconds = time.perf_counter() - start
        peak = worker.reply(10) if first == "done" else ""
        worker.close()
        return (seconds, int(peak.split()[1]) * 1024) if peak.startswith("peak") else (None, None)

    def cold(self):
        """The first result of a process: import, start, compile, compute."""
        result = []
        for title, words in [("square of arange(10)", "square_arange i64 new 10 10"),
                             ("product of 100 x 100", "textbook_matmul f64 new 10000 100,100"),
                             ("sum of 10^6 random numbers", "sum_random f64 new 1000000 1000,1000")]:
            times = {}
            for _ in range(2 if self.options.quick else 3):
                for name, command in self.commands(words.split()).items():
                    if name == "torch.compile" or (name in ("dask", "joblib", "numexpr") and "square" not in words):
                        continue
                    seconds, _ = self.process_seconds(command, len(physical_cpus()))
                    if seconds is not None:
                        times.setdefault(name, []).append(seconds * 1e9)
            result.append({"title": title, "times": {name: summary(values) for name, values in times.items()}})
            words = (f"{name} {report.duration(t['median'])}" for name, t in result[-1]["times"].items())
            say(f"cold start, {title}: {', '.join(words)}")
        return result

    def peaks(self):
        result = []
        scale = 10 if self.options.quick else 100
        n, side = scale * 10**6, {10: "3162,3162", 100: "10000,10000"}[scale]
        for key, title, words in [("sum_random", "sum of random numbers", f"f64 new {n} {side}"),
                                  ("sin_plus_cos", "sin(x) + cos(x)", f"f64 new {n} {side}"),
                                  ("muladd", "a * b + c", f"f64 new {n} {n}")]:
            peak = {}
            for name, command in self.commands([key, *words.split()]).items():
                if name == "torch.compile" or (name in ("dask", "joblib") and key == "muladd"):
                    continue
                _, size = self.process_seconds(command, len(physical_cpus()))
                if size:
                    peak[name] = size
            result.append({"title": f"{title}, {words.split()[2]} elements", "bytes": peak})
            say(f"peak memory, {result[-1]['title']}: " + ", ".join(f"{n} {b / 1e6:.0f} MB" for n, b in peak.items()))
        return result


# --- choosing cases ---

def chosen_cases(options):
    found = rows.cases()
    if options.quick:
        found = [smaller(c) for c in found if not (c.row.key == "matmul" and float(c.size.split("x")[0]) > 2048)]
    if options.rows:
        patterns = options.rows.split(",")
        found = [c for c in found if any(p in (c.group, c.row.key) or fnmatch.fnmatch(c.id, p) for p in patterns)]
    if options.sizes:
        found = [c for c in found if c.size in options.sizes.split(",")]
    if options.threads:
        found = [c for c in found if c.threads in options.threads.split(",")]
    if options.dtypes:
        found = [c for c in found if c.dtype in options.dtypes.split(",")]
    unique = {c.id: c for c in found}
    order, groups = {"small": 0, "middle": 1, "large": 2}, list(rows.GROUPS)

    def place(case):
        """Large cases of one size and dtype come together: they share inputs."""
        large = (case.n, case.dtype) if case.size_class == "large" else (0, "")
        return case.threads != "all", order[case.size_class], large, groups.index(case.group)

    return sorted(unique.values(), key=place)


def smaller(case):
    if case.size != "1e8":
        return case
    return dataclasses.replace(case, size="1e7", shape=rows.shape_for(case.row, "1e7"))


# --- the two modes ---

def full(options):
    started = time.monotonic()
    suite = Suite(options)
    build(suite.build, options)
    wanted = [p for p in (options.peers.split(",") if options.peers is not None else PEERS) if p]
    if options.quick and options.peers is None:
        wanted = [p for p in wanted if p not in ("dask", "joblib")]
    suite.python = peers_python(options, wanted)
    suite.candidates = ["ours", "limit", *wanted]
    chosen = chosen_cases(options)
    facts = run(suite, chosen, {"ours": (suite.build / "bin" / "bench_suite_ours", None)})
    words = f"{facts['machine']['cpu']} {facts['machine']['cores']} cores"
    name = options.name or re.sub(r"[^a-z0-9]+", "-", words.lower()).strip("-")
    whole = not (options.rows or options.sizes or options.threads or options.dtypes)
    try:
        for part, measure in (("cold", suite.cold), ("peak", suite.peaks)):
            if whole or part in (options.rows or "").split(","):
                facts[part] = measure()
    except KeyboardInterrupt:
        say("bench: interrupted; writing what there is")
    facts["seconds"] = round(time.monotonic() - started)
    suite.close()
    out = pathlib.Path(options.out)
    out.mkdir(parents=True, exist_ok=True)
    (out / f"{name}.json").write_text(json.dumps(facts, indent=1) + "\n")
    (out / f"{name}.md").write_text(report.markdown(facts))
    (out / f"{name}.svg").write_text(report.svg(facts))
    say(f"bench: {out}/{name}.json, .md and .svg; {facts['seconds'] / 60:.1f} minutes, {facts['disturbed']} rounds "
        "repeated because others used the CPUs")


def compare(options):
    folders = [pathlib.Path(p).resolve() for p in options.compare]
    if not pathlib.Path(options.build, "bin", "bench_suite_ours").exists():
        options.build = str(folders[1])
    suite = Suite(options)
    builds = {}
    for name, folder in zip(("A", "B"), folders):
        program = folder / "bin" / "bench_suite_ours"
        # A build from before the suite serves with its library under the other's worker.
        builds[name] = (program if program.exists() else suite.build / "bin" / "bench_suite_ours", str(folder / "lib"))
        if not builds[name][0].exists():
            sys.exit(f"bench: neither {folder} nor {suite.build} has bin/bench_suite_ours")
    suite.candidates = ["A", "B"]
    facts = run(suite, chosen_cases(options), builds)
    suite.close()
    facts["builds"] = {name: str(folder) for name, folder in zip(("A", "B"), folders)}
    out = pathlib.Path(options.out)
    if options.name:
        out.mkdir(parents=True, exist_ok=True)
        (out / f"{options.name}.json").write_text(json.dumps(facts, indent=1) + "\n")
    say(report.comparison(facts))


def run(suite, chosen, builds):
    options, started = suite.options, time.monotonic()
    if not chosen and not {"cold", "peak"} & set((options.rows or "").split(",")):
        sys.exit("bench: no row is chosen; see --list")
    facts = {"machine": machine(), "date": datetime.date.today().isoformat(), "quick": options.quick, "versions": {},
             "missing": {}}
    try:
        for threads in ("all", "1"):
            here = [case for case in chosen if case.threads == threads]
            if here:
                measure_all(suite, Session(suite, threads, builds), here, len(chosen), facts)
    except KeyboardInterrupt:
        say("bench: interrupted; writing what there is")
    facts |= {"cases": suite.results, "disturbed": suite.disturbed, "notes": suite.notes,
              "seconds": round(time.monotonic() - started)}
    return facts


def measure_all(suite, session, cases, total, facts):
    facts["versions"] |= session.facts
    facts["missing"] = suite.missing = session.missing
    for name, why in session.missing.items():
        say(f"bench: without {name}: {why}")
    try:
        for case in cases:
            suite.results.append(suite.measure(session, case))
            say(f"[{len(suite.results)}/{total}] {report.one_line(suite.results[-1])}")
    finally:
        session.close()


def parse():
    parser = argparse.ArgumentParser(
        prog="scripts/bench", allow_abbrev=False, formatter_class=argparse.RawDescriptionHelpFormatter,
        description="Measures the library beside its peers and the limits of this machine; writes bench/results/\n"
                    "<machine>.json, .md and .svg. Without options: everything, a quarter of an hour. Keep it idle.",
        epilog="LOCKSTEP_BENCH_VENV names a virtual environment that has the peers; nothing is installed into it.\n"
               "docs/benchmarks.md says how to read the results.")
    add = parser.add_argument
    add("--quick", action="store_true", help="a few minutes: 3 rounds, 10^7 for 10^8, no dask and joblib")
    add("--list", action="store_true", help="the cases, one a line, and run nothing")
    add("--rows", metavar="PATTERNS", help="only these groups, rows or patterns of case names: math,add,'sum*/f64/*'; "
                                           "cold and peak are the whole processes")
    add("--sizes", metavar="SIZES", help="only these: 1e6,1e8")
    add("--dtypes", metavar="DTYPES", help="only these: f64,f32")
    add("--threads", metavar="T", help="only these: 1,all")
    add("--peers", metavar="NAMES", help=f"only these, or '' for none: {','.join(PEERS)}")
    add("--rounds", type=int, metavar="N", help="rounds per case (default 7, 5 for the largest)")
    add("--milliseconds", type=float, metavar="MS", help="least time of one timing (default 8)")
    add("--limit", type=float, metavar="S", default=5, help="seconds after which a case ends after three rounds (5)")
    add("--compare", nargs=2, metavar=("A", "B"), help="two build folders of the library: times of B by those of A")
    add("--build", default=str(ROOT / "build"), help="build folder (build)")
    add("--out", default=str(ROOT / "bench" / "results"), help="folder of the results (bench/results)")
    add("--name", help="name of the result files (the machine's)")
    add("--no-install", action="store_true", help="install nothing")
    add("--no-build", action="store_true", help="take the build folder as it is")
    add("--ignore-others", action="store_true", help="do not repeat rounds in which others used the CPUs")
    parser.error = lambda message: (print(f"bench: {message}; see scripts/bench --help", file=sys.stderr), sys.exit(2))
    options = parser.parse_args()
    if options.quick:
        options.rounds, options.limit = options.rounds or 3, min(options.limit, 4)
    unknown = [p for p in (options.peers or "").split(",") if p and p not in PEERS]
    if unknown:
        parser.error(f"no peer {unknown[0]}")
    return options


def main():
    options = parse()
    if options.list:
        for case in chosen_cases(options):
            print(case.id)
        return
    compare(options) if options.compare else full(options)


if __name__ == "__main__":
    main()
