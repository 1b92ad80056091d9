# SPDX-License-Identifier: BSD-3-Clause
"""check_rows.py OURS LIMITS: that every row of the suite computes, tiny, what NumPy computes (without NumPy: something
finite), that every row has a limit, and that reports can be written. Asserts no time. CTest: bench_suite_rows."""
import math
import pathlib
import re
import subprocess
import sys
import xml.etree.ElementTree

import answers
import bench
import machine
import report
import rows

try:
    import peers
    import worker

    peers.numpy_rows()
except ImportError:
    peers = None

TINY = {"line": "1000", "plane": "1024", "cube": "1000", "matrix": "17", "batch": "3x8x8"}
failures = []


def check(good, *words):
    if not good:
        failures.append(" ".join(map(str, words)))


def tiny_cases():
    found = {}
    for case in rows.cases():
        size = TINY[case.row.shape]
        tiny = rows.Case(case.row, size, case.dtype, case.mode, "all", rows.shape_for(case.row, size))
        found[tiny.id] = tiny
    return list(found.values())


def replies(program, lines):
    text = "\n".join([*lines, "quit"]) + "\n"
    done = subprocess.run([program], input=text, capture_output=True, text=True, timeout=60)
    check(done.returncode == 0, program, "ended with", done.returncode, done.stderr[-400:])
    return done.stdout.splitlines()


def setup_line(name, case):
    return f"setup {name} {case.row.key} {case.dtype} {case.mode} {case.n} {case.shape_text} {case.model}"


def check_answer(case, text):
    if not text.startswith("ok "):
        return check(False, case.id, "gave", text)
    mine = answers.parse_answer(text[3:])
    check(all(map(math.isfinite, [mine["sum"], mine["squares"], *mine["samples"]])), case.id, "is not finite:", text)
    if peers is None:
        return None
    slot = worker.Slot("numpy", case.row.key, case.dtype, case.mode, case.n, case.shape)
    if slot.function is None:
        return None
    difference = answers.disagreement(case, mine, answers.parse_answer(slot.answer()))
    slot.close()
    return check(difference is None, case.id, "differs from NumPy:", difference)


def check_ours(program, cases):
    known = set(subprocess.run([program, "list"], capture_output=True, text=True).stdout.split())
    asked = {row.key for row in rows.ROWS}
    check(known == asked, "rows.py and ours.c differ in", sorted(known ^ asked))
    lines = ["hello x x"]
    for case in cases:
        lines += [setup_line("ours", case), "time ours 0.01"]
    answers = replies(program, lines)
    check(len(answers) == len(lines), len(answers), "answers to", len(lines), "requests")
    for case, answer, time in zip(cases, answers[1::2], answers[2::2]):
        check_answer(case, answer)
        check(re.match(r"ok [0-9.]+ [1-9]", time), case.id, "gave the time", time)
    check(subprocess.run([program, "once", "sum_random", "f64", "new", "100", "10,10"], capture_output=True,
                         text=True).stdout.startswith("done\npeak"), "once says something else")


def check_limits(program, cases):
    lines = []
    for case in cases:
        lines += [setup_line("limit", case), "time limit 0.01"]
    for case, answer, time in zip(cases, *[iter(replies(program, lines))] * 2):
        good = answer == "ok" and re.match(r"ok [0-9.]+ [1-9]", time)
        check(good or case.model == "-", case.id, case.model, answer, time)


def check_peers():
    for name in peers.NEW if peers else []:
        check(set(peers.NEW[name]) <= {row.key for row in rows.ROWS}, name, "has rows that nobody asks for")


def check_reports(cases):
    names = ("ours", "limit", "numpy", "torch")
    times = {name: bench.summary([1e3 * k, 1.1e3 * k, 1.2e3 * k]) for k, name in enumerate(names, 1)}
    measured = [{"id": c.id, "key": c.row.key, "title": c.row.title, "group": c.group, "size": c.size, "dtype": c.dtype,
                 "mode": c.mode, "threads": c.threads, "n": c.n, "times": times, "problems": {}} for c in cases]
    facts = {"machine": machine.machine(), "date": "2000-01-01", "quick": False, "versions": {}, "missing": {},
             "disturbed": 0, "seconds": 1, "notes": [], "cases": measured, "cold": [{"title": "x", "times": times}],
             "peak": [{"title": "x", "bytes": {"ours": 1, "numpy": 2}}], "builds": {"A": "a", "B": "b"}}
    check("Nowhere." in report.markdown(facts), "the table of slower rows is wrong")
    xml.etree.ElementTree.fromstring(report.svg(facts))
    facts["cases"] = [dict(c, times={"A": times["ours"], "B": times["limit"]}) for c in measured]
    check("2.000" in report.comparison(facts), "the comparison is wrong")


def check_options():
    program = str(pathlib.Path(bench.__file__))
    done = subprocess.run([sys.executable, program, "--nonsense"], capture_output=True, text=True)
    check(done.returncode == 2 and len(done.stderr.splitlines()) == 1, "an unknown option gives", done)
    done = subprocess.run([sys.executable, program, "--list"], capture_output=True, text=True)
    check(done.returncode == 0 and len(done.stdout.split()) == len(rows.cases()), "--list gives", done)


def main():
    ours, limits = sys.argv[1:]
    cases = tiny_cases()
    check_ours(ours, cases)
    check_limits(limits, cases)
    check_peers()
    check_reports(cases)
    check_options()
    judge = "NumPy" if peers else "nothing: there is no NumPy"
    print(f"{len(cases)} cases of {len(rows.ROWS)} rows, compared with {judge}")
    print(*failures, sep="\n", end="")
    return bool(failures)


if __name__ == "__main__":
    sys.exit(main())
