"""Medians with their spread, as a table."""

import statistics

COLUMNS = [
    ("ops_per_s", "ops/s", "{:.0f}"),
    ("p50_ms", "p50 ms", "{:.2f}"),
    ("p90_ms", "p90 ms", "{:.2f}"),
    ("p99_ms", "p99 ms", "{:.2f}"),
    ("max_ms", "max ms", "{:.1f}"),
    ("server_cpu_us_per_op", "server CPU us/op", "{:.2f}"),
    ("server_busy", "server", "{:.2f}"),
    ("client_busy", "client", "{:.2f}"),
    ("others_busy", "others", "{:.2f}"),
]


def numbers(runs, name):
    return [run[name] for run in runs if isinstance(run.get(name), (int, float))]


def summary(runs):
    """Per figure: median, lowest, highest, and of how many."""
    names = dict.fromkeys(name for run in runs for name in run)
    found = {name: numbers(runs, name) for name in names}
    return {name: {"median": statistics.median(values), "low": min(values), "high": max(values), "runs": len(values)}
            for name, values in found.items() if values}


def cell(figures, name, form):
    if name not in figures:
        return ""
    figure = figures[name]
    if figure["low"] == figure["high"]:
        return form.format(figure["median"])
    return f"{form.format(figure['median'])} ({form.format(figure['low'])}-{form.format(figure['high'])})"


def table(rows):
    """rows: (name, summary). A Markdown table that also reads well in a terminal."""
    lines = [["", *(title for _, title, _ in COLUMNS)]]
    lines += [[name, *(cell(figures, key, form) for key, _, form in COLUMNS)] for name, figures in rows]
    widths = [max(len(line[i]) for line in lines) for i in range(len(lines[0]))]
    text = ["| " + " | ".join(part.ljust(width) for part, width in zip(line, widths)) + " |" for line in lines]
    text.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(text)
