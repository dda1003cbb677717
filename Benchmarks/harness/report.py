"""Medians with their spread, and ratios to the peers of the same run, as Markdown that reads well in a terminal."""

import statistics

TITLES = {
    "ops_per_s": "/s", "server_cpu_us_per_op": "server CPU µs", "client_cpu_us_per_op": "client CPU µs",
    "server_busy": "server cores", "client_busy": "client cores", "others_busy": "others' cores",
    "cpu_us_per_update": "server CPU µs/update",
}

AGAINST = "against: "    # before the rows of the other build


def spread(values):
    """Median, lowest, highest, and of how many."""
    return {"median": statistics.median(values), "low": min(values), "high": max(values), "runs": len(values)}


def is_number(value):
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def summary(runs):
    """runs: figures by row, once per run. The same with a spread for each figure."""
    rows = dict.fromkeys(row for run in runs for row in run)
    return {row: {name: spread(values) for name in dict.fromkeys(name for run in runs for name in run.get(row, {}))
                  if (values := [run[row][name] for run in runs if row in run and is_number(run[row].get(name))])}
            for row in rows}


def ratios(workload, runs):
    """Each budgeted ratio, made within a run and then summed up."""
    found = []
    for ratio in workload.ratios:
        values = []
        for run in runs:
            ours = run.get(ratio.ours, {}).get(ratio.figure)
            peer = run.get(ratio.peer, {}).get(ratio.peer_figure)
            if ours and peer:
                values.append(ours / peer)
        if values:
            found.append({"ours": ratio.ours, "peer": ratio.peer, "figure": ratio.figure, "budget": ratio.budget,
                          **spread(values)})
    return found


def changes(runs):
    """Server CPU per operation, ours over the other build's, made within a run."""
    figure = "server_cpu_us_per_op"
    rows = [row for row in summary(runs) if f"{AGAINST}{row}" in runs[0]]
    pairs = {row: [(run[row].get(figure), run[AGAINST + row].get(figure)) for run in runs] for row in rows}
    return {row: spread([ours / theirs for ours, theirs in found]) for row, found in pairs.items()
            if all(ours and theirs for ours, theirs in found)}


def number(value):
    if value >= 1000 or isinstance(value, int):
        return f"{value:,.0f}"
    return f"{value:.3g}" if value < 10 else f"{value:.1f}"


def cell(figure):
    if figure is None:
        return ""
    median, low, high = (number(figure[name]) for name in ("median", "low", "high"))
    return median if low == high else f"{median} ({low}–{high})"


def markdown(lines):
    widths = [max(len(line[i]) for line in lines) for i in range(len(lines[0]))]
    text = ["| " + " | ".join(part.ljust(width) for part, width in zip(line, widths)) + " |" for line in lines]
    text.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(text)


def title(column):
    return TITLES.get(column, column.replace("_", " "))


def said(bound, budget, kept):
    return f"; budget {bound}{number(budget)}: {'within' if kept else 'MISSED'}"


def verdicts(workload, runs):
    """What the budgets say of these runs, one line each."""
    lines = []
    for ratio in ratios(workload, runs):
        line = f"- {ratio['ours']} / {ratio['peer']}, {title(ratio['figure'])}: {cell(ratio)}"
        if ratio["budget"] is not None:
            line += said("at most ", ratio["budget"], ratio["median"] <= ratio["budget"])
        lines.append(line)
    for row, figure in changes(runs).items():
        lines.append(f"- {row}, ours / the other build's, {title('server_cpu_us_per_op')}: {cell(figure)}")
    rows = summary(runs)
    for bound in workload.bounds:
        if (figure := rows.get(bound.row, {}).get(bound.figure)) is None:
            continue
        kept = figure["median"] >= bound.budget if bound.at_least else figure["median"] <= bound.budget
        lines.append(f"- {bound.row}, {title(bound.figure)}: {cell(figure)}"
                     f"{said('at least ' if bound.at_least else 'at most ', bound.budget, kept)}")
    return lines


def section(name, workload, runs, with_budgets):
    rows = summary(runs)
    columns = [column for column in workload.columns.split() if any(column in figures for figures in rows.values())]
    lines = [["", *(title(column) for column in columns)]]
    lines += [[row, *(cell(figures.get(column)) for column in columns)] for row, figures in rows.items()]
    text = [f"### {name}: {workload.title}", "", markdown(lines), ""]
    if with_budgets:
        text += verdicts(workload, runs)
    return "\n".join(text).rstrip() + "\n"
