"""The workloads. Each takes one measurement, checks that all went right, and returns figures by the name of a row."""

import contextlib
import json
import os
import subprocess
import time

from harness import hai_chau
from harness.ledgers import working_copy
from harness.peers import tls_peers
from harness.processes import BenchError, memory, run, serving, stop


# --- load programs -------------------------------------------------------------


def command(bench, program, server, **options):
    line = [bench.bin / program, "--data", server.data, "--port", server.port, "--pid", server.pid]
    for name, value in options.items():
        line += [f"--{name.replace('_', '-')}"] + ([] if value is True else [value])
    return [str(part) for part in line]


def load(bench, program, server, **options):
    """Runs a load program to its end; it checks every reply and ends with an error if one was wrong."""
    return json.loads(run(command(bench, program, server, **options), timeout=bench.patience))


class Background:
    """A load program that runs beside another one."""

    def __init__(self, bench, program, server, **options):
        self.bench, self.name = bench, program
        self.process = subprocess.Popen(command(bench, program, server, **options), text=True,
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def await_line(self, line):
        """Until the program says so on standard error."""
        said = self.process.stderr.readline()
        if said.strip() != line:
            self.result(said)

    def result(self, said=""):
        try:
            out, err = self.process.communicate(timeout=self.bench.patience)
        except subprocess.TimeoutExpired:
            raise BenchError(f"{self.name} took more than {self.bench.patience} s") from None
        if self.process.returncode != 0 or not out:
            raise BenchError(f"{self.name} ended with {self.process.returncode}: {said}{err}")
        return json.loads(out)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            stop(self.process)


def timing(bench):
    return {"seconds": bench.seconds, "warmup": bench.warmup}


# --- W1-W5: votes ------------------------------------------------------------------


def votes(**options):
    """Votes on an empty ledger; afterwards the recount must find every acknowledged ballot, and no other."""

    def measure(bench):
        with serving(bench) as server:
            figures = load(bench, "votes", server, **timing(bench), **options)
            server.stop()
            server.verify(ballots=figures["acknowledged"])
        return {"BinhChon": figures}

    return measure


def check_the_check(bench):
    """Ballots sent twice: the load must say that half of the replies are wrong."""
    with serving(bench) as server:
        for each in (1, 10):
            try:
                load(bench, "votes", server, connections=2, in_flight=2, votes=each, count=100 * each, repeat=True)
            except BenchError as error:
                if '"wrong": 50}' not in str(error):
                    raise
            else:
                raise BenchError("ballots were sent twice, and the load took every reply for right")


def paced_votes(**options):
    """Then once more as an open loop at half the rate: how long a vote takes when the server is not full."""

    def measure(bench):
        rows = votes(**options)(bench)
        rate = round(rows["BinhChon"]["ops_per_s"] / 2)
        rows["BinhChon, open loop at half the rate"] = votes(**options, rate=rate)(bench)["BinhChon"]
        return rows

    return measure


def w5(bench):
    rows = {}
    for ballots in bench.sizes:
        place = working_copy(bench, ballots)
        before = place.ballots
        with serving(bench, data=place.path) as server:
            figures = load(bench, "votes", server, connections=64, in_flight=8, **timing(bench))
        place.ballots = before + figures["acknowledged"]
        rows[f"{ballots:,} ballots"] = {**figures, "ballots_before": before, "start_s": server.start_seconds}
        if bench.quick:
            server.verify(ballots=place.ballots)
    rows["empty"] = votes(connections=64, in_flight=8)(bench)["BinhChon"]
    for name, row in rows.items():
        row["ratio_to_empty"] = row["server_cpu_us_per_op"] / rows["empty"]["server_cpu_us_per_op"]
    return rows


# --- W6: watchers --------------------------------------------------------------------

SLOW_RATE = 200     # votes/s: news in every interval, and next to no cost


def w6(bench):
    rows = {}
    for watchers in bench.watchers:
        with serving(bench) as server:
            slow = load(bench, "votes", server, connections=4, in_flight=1, rate=SLOW_RATE, **timing(bench))
            options = {"connections": watchers, "interval_ms": 250, "seconds": bench.seconds,
                       "warmup": bench.warmup + 1}
            beside = {"seconds": bench.seconds + bench.warmup + 2, "warmup": bench.warmup}

            # What an update costs: few votes, so that what the server does is deliver.
            with Background(bench, "watchers", server, **options) as watching:
                watching.await_line("connected")
                with Background(bench, "votes", server, connections=4, in_flight=1, rate=SLOW_RATE, **beside) as voting:
                    calm = watching.result()
                    slow_beside = voting.result()
            calm_cost = 1e3 * calm["seconds"] * slow["server_cpu_us_per_op"] * slow["ops_per_s"] / 1e6
            cost = 1e3 * (calm["server_cpu_ms"] - calm_cost) / calm["ops"] if calm["ops"] else None
            server.stop()
            server.verify(ballots=slow["acknowledged"] + slow_beside["acknowledged"])

        # How old the figures are while W2 runs.
        with serving(bench) as server:
            acknowledgements = server.data / "acknowledgements"
            with Background(bench, "watchers", server, acknowledgements=acknowledgements, **options) as watching:
                watching.await_line("connected")
                with Background(bench, "votes", server, connections=50, in_flight=1, acknowledgements=acknowledgements,
                                **beside) as voting:
                    busy = watching.result()
                    w2 = voting.result()
            server.stop()
            server.verify(ballots=w2["acknowledged"])
        rows[f"{watchers:,} watchers"] = {
            **busy, "cpu_us_per_update": cost, "calm_updates_per_s": calm["ops_per_s"],
            "calm_age_last_p99_ms": calm["age_last_p99_ms"],
            "votes_per_s": w2["ops_per_s"], "votes_p99_ms": w2["p99_ms"],
            "others_busy": busy["others_busy"] - w2["client_busy"]}
    return rows


# --- W7: handshakes -------------------------------------------------------------------


def w7(bench):
    rows = {}
    with serving(bench) as server:
        kinds = {"full": {}, "resumed": {"resumed": True}}
        for kind, option in kinds.items():
            rows[f"BinhChon {kind}"] = load(bench, "handshakes", server, **timing(bench), **option)
        if bench.with_peers:
            for name, serve, at_a_time in tls_peers(bench, server.data):
                with serve() as peer:
                    for kind, option in kinds.items():
                        rows[f"{name} {kind}"] = load(
                            bench, "handshakes", peer, connections=at_a_time, **timing(bench), **option)
    return rows


# --- W8: idle connections -----------------------------------------------------------------


def w8(bench):
    with serving(bench) as server:
        return {"BinhChon": load(bench, "idle", server, connections=bench.idle)}


# --- W9: recount and start -------------------------------------------------------------


def w9(bench):
    """The ledger of Hải Châu: what its recount costs, and whether its windows are right after a start."""
    place = hai_chau.kept(bench, bench.recount)
    began = time.monotonic()
    process = subprocess.Popen([bench.binary, "verify", place.path, "--json"], stdout=subprocess.PIPE, text=True)
    report = json.loads(process.stdout.read())
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    took = time.monotonic() - began
    if not report["ok"] or report["ballots"] != bench.recount:
        raise BenchError(f"the recount differs: {report}")
    cpu = usage.ru_utime + usage.ru_stime
    start, resident = hai_chau.check_windows(bench, place)
    return {f"{bench.recount:,} ballots": {
        "entries": report["entries"], "verify_s": took, "verify_cpu_s": cpu,
        "entries_per_cpu_s": report["entries"] / cpu, "verify_resident_mib": usage.ru_maxrss / 1024,
        "start_s": start, "serve_resident_mib": resident}}


# --- W10: a mixed day -------------------------------------------------------------------


def w10(bench):
    """W2 alone; then W2 beside watchers, tally queries and a clerk's import, all on one server."""
    options = {"connections": 50, "in_flight": 1, **timing(bench)}
    with serving(bench) as server:
        alone = load(bench, "votes", server, **options)
    with serving(bench) as server, contextlib.ExitStack() as stack:

        def beside(program, **more):
            return stack.enter_context(Background(bench, program, server, **more))

        length = {"seconds": bench.seconds + bench.warmup + 2, "warmup": 0}
        watching = beside("watchers", connections=bench.watchers[0], interval_ms=250, **length)
        watching.await_line("connected")
        importing = beside("votes", connections=1, in_flight=1, votes=1000, **length)
        asking = beside("votes", connections=4, in_flight=1, tally=True, rate=100, **length)
        mixed = load(bench, "votes", server, **options)
        imported, asked, watched = importing.result(), asking.result(), watching.result()
        server.stop()
        server.verify(ballots=mixed["acknowledged"] + imported["acknowledged"])
    mixed["p99_ratio_to_alone"] = mixed["p99_ms"] / alone["p99_ms"]
    mixed["others_busy"] -= imported["client_busy"] + asked["client_busy"] + watched["client_busy"]
    return {
        "votes alone": alone, "votes, mixed day": mixed, "import, messages of 1000": imported, "tally queries": asked,
        f"{bench.watchers[0]:,} watchers": {"ops_per_s": watched["ops_per_s"], "p50_ms": watched["age_p50_ms"],
                                            "p99_ms": watched["age_p99_ms"], "max_ms": watched["age_max_ms"]}}
