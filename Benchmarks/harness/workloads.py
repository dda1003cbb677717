"""The workloads. Each takes one measurement, checks that all went right, and returns named figures."""

import json

from harness.processes import run, serving


def load(bench, program, server, role=None, **options):
    """Runs a load program against the server; it checks every reply and ends with an error if one was wrong."""
    command = [bench.work / "bin" / program, "--data", server.data, "--port", server.port, "--pid", server.pid]
    for name, value in options.items():
        command += [f"--{name.replace('_', '-')}", value]
    return json.loads(run(command, timeout=300 + float(options.get("seconds", 0))))


def votes(bench, **options):
    """A vote load on an empty ledger; afterwards the recount must find every acknowledged ballot, and no other."""
    with serving(bench) as server:
        figures = load(bench, "votes", server, seconds=bench.seconds, warmup=bench.warmup, **options)
        server.stop()
        server.verify(ballots=figures["acknowledged"])
    return figures


def w1(bench):
    return votes(bench, connections=64, in_flight=8)


def w2(bench):
    return votes(bench, connections=50, in_flight=1)


def w3(bench):
    return votes(bench, connections=1, in_flight=1)


def w4(bench):
    return votes(bench, connections=8, in_flight=1, votes=100)


WORKLOADS = {
    "W1": ("64 connections x 8 in flight, unary", w1),
    "W2": ("50 connections x 1, unary", w2),
    "W3": ("1 connection x 1, unary", w3),
    "W4": ("messages of 100 votes, 8 connections", w4),
}
