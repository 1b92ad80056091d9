# SPDX-License-Identifier: BSD-3-Clause
"""What workers say their results are, and whether two of them are the same."""

TOLERANCE = {"f64": 1e-11, "f32": 2e-5, "i32": 0, "i64": 0}


def parse_answer(text):
    words = text.split()
    return {"dtype": words[0], "count": int(words[1]), "sum": float(words[2]), "squares": float(words[3]),
            "samples": [float(w) for w in words[4:]]}


def disagreement(case, mine, reference):
    """What differs between two answers beyond the row's tolerance; None when nothing does."""
    if mine["count"] != reference["count"]:
        return f"{mine['count']} elements, not {reference['count']}"
    count = max(1, reference["count"])
    scale = (reference["squares"] / count) ** 0.5
    if case.row.check == "statistics":
        if count == 1:
            return None if abs(mine["sum"] - reference["sum"]) <= 10 * case.n**0.5 else "another sum"
        few = 10 * scale / count**0.5
        close = abs(mine["sum"] - reference["sum"]) / count <= few
        close = close and abs(mine["squares"] - reference["squares"]) / count <= 3 * few * scale
        return None if close else "other statistics"
    bound = TOLERANCE[case.dtype] * case.row.tolerance
    wrong = sum(not abs(m - r) <= bound * (scale + abs(r)) for m, r in zip(mine["samples"], reference["samples"]))
    few = len(reference["samples"]) // 8 if case.row.check == "mostly" else 0
    if wrong > few:
        worst = max(zip(mine["samples"], reference["samples"]), key=lambda p: abs(p[0] - p[1]))
        return f"{wrong} of {len(reference['samples'])} elements differ, such as {worst[0]!r} and {worst[1]!r}"
    # Sums are taken in float64 on both sides, of integers, too.
    if not abs(mine["sum"] - reference["sum"]) <= max(bound, 1e-3 if few else 1e-9) * scale * count:
        return f"sum {mine['sum']!r}, not {reference['sum']!r}"
    return None
