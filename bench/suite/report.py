# SPDX-License-Identifier: BSD-3-Clause
"""What was measured, for people: lines while it runs, tables in Markdown, a plot in SVG. Works on the dictionary that
bench.py writes as JSON; "report.py FILE.json" writes the tables and the plot anew."""
import html
import json
import math
import pathlib
import re
import statistics
import sys

import rows

NOT_PEERS = ("ours", "limit", "A", "B")
SLOWER = 1.05  # a peer is faster from here on


def duration(ns):
    for unit, size in (("s", 1e9), ("ms", 1e6), ("us", 1e3)):
        if ns >= size:
            return f"{ns / size:.3g} {unit}" if ns / size < 999.5 else f"{ns / size:.0f} {unit}"
    return f"{ns:.3g} ns"


def ratios(times, over, under):
    """over / under of each round that has both: what takes seconds is timed in the first rounds only."""
    return [a / b for a, b in zip(times[over]["rounds"], times[under]["rounds"])]


def ratio(times, over, under):
    return statistics.median(ratios(times, over, under))


def peers_of(times):
    return [name for name in times if name not in NOT_PEERS]


def best_peer(times):
    """The fastest peer and how many times as long it takes as ours; None without peers."""
    found = [(ratio(times, name, "ours"), name) for name in peers_of(times)] if "ours" in times else []
    return min(found) if found else None


def factor(value):
    return f"{value:.2f}" if value < 9.95 else f"{value:.1f}" if value < 99.5 else f"{value:.0f}"


def size_words(case):
    if case["key"].startswith(("matmul", "textbook_matmul")):
        return case["size"] if "x" in case["size"] else f"{case['size']} x {case['size']}"
    size = case["size"]
    return f"10^{size[2:]}" if size.startswith("1e") else size


DTYPES = {"f64": "float64", "f32": "float32", "i32": "int32", "i64": "int64"}
MODES = {"new": "", "out": ", into an array that is there", "first": ", into memory never used"}


def name_of(case):
    return f"{case['title']}: {size_words(case)} {DTYPES[case['dtype']]}{MODES[case['mode']]}"


def one_line(case):
    times = case["times"]
    parts = [f"{name} {duration(t['median'])}" for name, t in times.items()]
    best = best_peer(times)
    if best:
        parts.append(f"-> {factor(best[0])} x {best[1]}" + ("  <" if best[0] * SLOWER < 1 else ""))
    if "limit" in times and "ours" in times:
        parts.append(f"{100 * ratio(times, 'limit', 'ours'):.0f} % of the limit")
    if "A" in times and "B" in times:
        parts.append(f"-> B / A {ratio(times, 'B', 'A'):.3f}")
    return f"{case['id']}: " + ", ".join(parts)


# --- Markdown ---

def table(head, lines):
    return ["| " + " | ".join(head) + " |", "|" + "---|" + "---:|" * (len(head) - 1),
            *("| " + " | ".join(line) + " |" for line in lines), ""]


def spread(t):
    return f"{duration(t['median'])} ± {50 * (t['q3'] - t['q1']) / t['median']:.0f} %"


def geometric(values):
    return math.exp(sum(map(math.log, values)) / len(values)) if values else math.nan


def overview(cases):
    lines = []
    for group, title in rows.GROUPS.items():
        here = [c for c in cases if c["group"] == group and best_peer(c["times"])]
        if not here:
            continue
        best = [best_peer(c["times"])[0] for c in here]
        numpy = [ratio(c["times"], "numpy", "ours") for c in here if "numpy" in c["times"]]
        limit = [ratio(c["times"], "limit", "ours") for c in here if "limit" in c["times"]]
        lines.append([title, str(len(here)), f"**{factor(geometric(best))}**", factor(min(best)),
                      factor(geometric(numpy)) if numpy else "", f"{100 * geometric(limit):.0f} %" if limit else "",
                      str(sum(b * SLOWER < 1 for b in best))])
    head = ["group", "cases", "best peer / ours", "the least of them", "NumPy / ours", "of the limit", "a peer faster"]
    return table(head, lines)


def group_tables(cases):
    lines = []
    for group, title in rows.GROUPS.items():
        for threads in ("all", "1"):
            here = [c for c in cases if c["group"] == group and c["threads"] == threads]
            if not here:
                continue
            names = sorted({n for c in here for n in peers_of(c["times"])}, key=lambda n: list(PEER_ORDER).index(n))
            lines += [f"### {title}, {'all threads' if threads == 'all' else 'one thread'}", ""]
            head = ["", "ours", "of the limit", "best peer / ours", *names]
            lines += table(head, [case_line(c, names) for c in here])
    return lines


PEER_ORDER = {"numpy": 0, "numexpr": 1, "torch": 2, "torch.compile": 3, "jax": 4, "dask": 5, "joblib": 6}


def case_line(case, names):
    times, best = case["times"], best_peer(case["times"])
    mark = "" if not best or best[0] * SLOWER >= 1 else " ⚠"
    line = [name_of(case) + mark, spread(times["ours"]) if "ours" in times else "-",
            f"{100 * ratio(times, 'limit', 'ours'):.0f} %" if "limit" in times and "ours" in times else ""]
    line.append(f"**{factor(best[0])}**" if best else "")
    for name in names:
        text = duration(times[name]["median"]) if name in times else ""
        line.append(f"*{text}*" if best and name == best[1] else text)
    return line


def slower_cases(cases):
    found = []
    for case in cases:
        times = case["times"]
        for name in peers_of(times) if "ours" in times else []:
            by = ratios(times, name, "ours")
            if statistics.median(by) * SLOWER < 1:
                found.append((statistics.median(by), max(by), name, case))
    return sorted(found, key=lambda f: f[0])


def facts_lines(facts):
    machine = facts["machine"]
    lines = [f"{machine['cpu']}, {machine['cores']} cores, {machine['memory'] / 2**30:.0f} GiB, {machine['system']}; "
             f"{facts['date']}, {facts['seconds'] / 60:.0f} minutes"
             + (", quick: few rounds, 10^7 in place of 10^8" if facts["quick"] else "") + ".", ""]
    lines += [f"- {key}: {value}" for key, value in facts["versions"].items() if value]
    lines += [f"- without {key}: {value}" for key, value in facts["missing"].items()]
    lines += [f"- {facts['disturbed']} rounds were repeated because others used the CPUs", ""]
    return lines


def markdown(facts):
    cases = facts["cases"]
    lines = ["# Benchmarks", "", *facts_lines(facts),
             "Times are medians of rounds, with half the distance of the quartiles. Ratios are medians of the ratios "
             "of each round: above 1 ours is faster. *Slanted*: the best peer. ⚠: a peer is faster by more than 5 %. "
             "`docs/benchmarks.md` says what is compared with what.", "",
             "## Where a peer is faster by more than 5 %", ""]
    slower = slower_cases(cases)
    if slower:
        lines += table(["", "threads", "peer", "peer / ours", "in the best round", "ours", "peer"],
                       [[name_of(c), c["threads"], name, f"**{factor(median)}**", factor(most),
                         duration(c["times"]["ours"]["median"]), duration(c["times"][name]["median"])]
                        for median, most, name, c in slower])
    else:
        lines += ["Nowhere.", ""]
    lines += ["## All groups", "", *overview(cases), "## Case by case", "", *group_tables(cases)]
    lines += whole_processes(facts)
    if facts["notes"]:
        lines += ["## Left out", "", *(f"- {note}" for note in facts["notes"]), ""]
    return "\n".join(lines)


def whole_processes(facts):
    lines = []
    if facts.get("cold"):
        names = sorted({n for row in facts["cold"] for n in row["times"]}, key=lambda n: PEER_ORDER.get(n, -1))
        lines += ["## Cold start: a whole process, from its start to its first result", ""]
        lines += table(["", *names], [
            [row["title"], *(spread(row["times"][n]) if n in row["times"] else "" for n in names)]
            for row in facts["cold"]])
    if facts.get("peak"):
        names = sorted({n for row in facts["peak"] for n in row["bytes"]}, key=lambda n: PEER_ORDER.get(n, -1))
        lines += ["## Peak memory of a whole process (MB; inputs and the library itself included)", ""]
        lines += table(["", *names], [
            [row["title"], *(f"{row['bytes'][n] / 1e6:.0f}" if n in row["bytes"] else "" for n in names)]
            for row in facts["peak"]])
    return lines


# --- one build against another ---

def comparison(facts):
    lines = ["", f"B / A: above 1, B ({facts['builds']['B']}) is slower than A ({facts['builds']['A']}).",
             "The range is that of the middle half of the rounds; ! marks ranges that do not hold 1, beyond 3 %.", ""]
    found = []
    for case in facts["cases"]:
        if "A" not in case["times"] or "B" not in case["times"]:
            continue
        by = ratios(case["times"], "B", "A")
        low, middle, high = statistics.quantiles(by, n=4, method="inclusive") if len(by) > 1 else by * 3
        found.append((middle, low, high, case))
    for middle, low, high, case in sorted(found, key=lambda f: -f[0]):
        mark = "!" if (low > 1 and middle > 1.03) or (high < 1 and middle < 0.97) else " "
        lines.append(f"{mark} {middle:6.3f}  ({low:.3f} - {high:.3f})  {case['id']:44s} "
                     f"A {duration(case['times']['A']['median'])}")
    if found:
        lines += ["", f"geometric mean of {len(found)} cases: {geometric([f[0] for f in found]):.3f}"]
    return "\n".join(lines)


# --- the plot ---

def plotted(cases):
    """One case of each row: all threads, float64, new arrays, the largest size; of small arrays those of 100."""
    found = {}
    for case in cases:
        if case["threads"] != "all" or not best_peer(case["times"]) or case["dtype"] == "f32":
            continue
        if case["group"] == "small":
            if case["n"] != 100:
                continue
        elif case["mode"] != "new" and case["key"] != "save":
            continue
        key = (case["group"], case["key"], case["size"] if case["key"] == "matmul" else "")
        if key not in found or found[key]["n"] < case["n"]:
            found[key] = case
    order = list(rows.GROUPS)
    return sorted(found.values(), key=lambda c: order.index(c["group"]))


STYLE = """
text { font: 12px system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif; fill: #1f2328; }
.title { font-size: 17px; font-weight: 600; } .group { font-weight: 600; font-size: 12.5px; } .soft { fill: #656d76; }
.axis { stroke: #d0d7de; } .one { stroke: #57606a; stroke-width: 1.5; }
.faster { fill: #1a7f64; } .equal { fill: #8c959f; } .slower { fill: #bc4c00; }
.numpy { fill: #ffffff; stroke: #57606a; stroke-width: 1.5; }
.back { fill: #ffffff; }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3; } .soft { fill: #8d96a0; } .axis { stroke: #30363d; } .one { stroke: #8d96a0; }
  .faster { fill: #3fb68b; } .equal { fill: #6e7681; } .slower { fill: #e2703a; }
  .numpy { fill: #0d1117; stroke: #adb5bd; } .back { fill: #0d1117; }
}
"""
LEFT, RIGHT, WIDTH, LINE, HEAD = 290, 180, 900, 17, 92
SUPERSCRIPT = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def label_of(case):
    words = case["title"]
    if case["group"] != "textbook":
        words += f", {size_words(case)}" + (f" {DTYPES[case['dtype']]}" if case["dtype"] != "f64" else "")
    # 10^6 is written as in print.
    return re.sub(r"\^(\d+)", lambda power: power[1].translate(SUPERSCRIPT), words).replace(" x ", " × ")


def svg(facts):
    cases = plotted(facts["cases"])
    values = [best_peer(c["times"])[0] for c in cases]
    over_numpy = [ratio(c["times"], "numpy", "ours") if "numpy" in c["times"] else None for c in cases]
    everything = [v for v in values + over_numpy if v] or [1.0]
    low = min(0.5, min(everything) / 1.1)
    high = max(10.0, max(everything) * 1.1)
    span = math.log(high / low)

    def x_of(value):
        return LEFT + (WIDTH - LEFT - RIGHT) * math.log(min(max(value, low), high) / low) / span

    groups = list(dict.fromkeys(c["group"] for c in cases))
    height = HEAD + LINE * len(cases) + 29 * len(groups) + 44
    names = sorted({name for case in cases for name in peers_of(case["times"])}, key=PEER_ORDER.get)
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" '
           'role="img">',
           "<title>Lockstep beside its peers</title>", f"<style>{STYLE}</style>",
           f'<rect class="back" width="{WIDTH}" height="{height}" rx="6"/>',
           text(20, 32, "How many times as fast as the best peer", "title"),
           text(20, 52, f"{facts['machine']['cpu']}, {facts['machine']['cores']} cores, {facts['date']}. "
                        "All threads, float64 unless said, results in new arrays; medians of rounds in turns.", "soft"),
           text(20, 69, f"Peers: {', '.join(names)}; the best of them for each row, named on the right.", "soft")]
    bottom = height - 34
    for tick in [m * 10.0**e for e in range(-3, 6) for m in (1, 2, 5)]:
        if low <= tick <= high and (span < 6 or f"{tick:e}"[0] == "1"):
            out.append(f'<line class="{"one" if tick == 1 else "axis"}" x1="{x_of(tick):.1f}" x2="{x_of(tick):.1f}" '
                       f'y1="{HEAD + 8}" y2="{bottom}"/>')
            out += [text(x_of(tick), at, f"{tick:g}×", "soft", "middle") for at in (HEAD + 2, bottom + 16)]
    y, group = HEAD, None
    for case, value, numpy in zip(cases, values, over_numpy):
        if case["group"] != group:
            group = case["group"]
            y += 22
            out.append(f'<rect class="back" x="14" y="{y - 13}" width="{WIDTH - 28}" height="18"/>')
            out.append(text(20, y, rows.GROUPS[group].split(":")[0], "group"))
            y += 7
        middle = y + LINE / 2
        start, end = sorted((x_of(1), x_of(value)))
        out.append(text(LEFT - 10, middle + 4, label_of(case), None, "end"))
        style = "slower" if value * SLOWER < 1 else "faster" if value > SLOWER else "equal"
        out.append(f'<rect class="{style}" x="{start:.1f}" y="{y + 2.5}" '
                   f'width="{max(1.5, end - start):.1f}" height="{LINE - 5}" rx="2"/>')
        if numpy:
            out.append(f'<circle class="numpy" cx="{x_of(numpy):.1f}" cy="{middle}" r="3.4"/>')
        out.append(text(WIDTH - 112, middle + 4, f"{factor(value)}×", None, "end") +
                   text(WIDTH - 104, middle + 4, best_peer(case["times"])[1], "soft"))
        y += LINE
    out.append(f'<circle class="numpy" cx="26" cy="{height - 22}" r="3.4"/>')
    out.append(text(36, height - 18, "NumPy / ours; grey bars: within 5 %", "soft"))
    out.append("</svg>")
    return "\n".join(out) + "\n"


def text(x, y, words, style, anchor=None):
    style = f' class="{style}"' if style else ""
    anchor = f' text-anchor="{anchor}"' if anchor else ""
    return f'<text{style} x="{x:.1f}" y="{y:.1f}"{anchor}>{html.escape(words)}</text>'


if __name__ == "__main__":
    path = pathlib.Path(sys.argv[1])
    measured = json.loads(path.read_text())
    path.with_suffix(".md").write_text(markdown(measured))
    path.with_suffix(".svg").write_text(svg(measured))
