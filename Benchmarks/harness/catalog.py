"""W1 to W11: what each measures, beside whom, and what the budgets of the design say."""

import dataclasses
from typing import Callable

from harness.paper import w11
from harness.peers import Peer
from harness.workloads import paced_votes, votes, w5, w6, w7, w8, w9, w10


@dataclasses.dataclass(frozen=True)
class Ratio:
    """Ours over a peer's, of one figure, and the most it may be, where somebody said so."""

    ours: str
    peer: str
    budget: float | None
    figure: str = "server_cpu_us_per_op"
    peer_figure: str = "server_cpu_us_per_op"


@dataclasses.dataclass(frozen=True)
class Bound:
    """The most that a figure may be, or the least."""

    row: str
    figure: str
    budget: float
    at_least: bool = False


@dataclasses.dataclass(frozen=True)
class Workload:
    title: str
    measure: Callable
    columns: str = ("ops_per_s p50_ms p90_ms p99_ms max_ms server_cpu_us_per_op client_cpu_us_per_op server_busy "
                    "client_busy others_busy")
    peers: tuple = ()
    ratios: tuple = ()
    bounds: tuple = ()


WORKLOADS = {
    "W1": Workload(
        "durable unary votes, 64 connections x 8 in flight", paced_votes(connections=64, in_flight=8),
        peers=(
            Peer("grpc", ("unary:64x4", "stream:512x4")), Peer("redis", ("50x64",)), Peer("postgres", ("singlex16",))),
        ratios=(Ratio("BinhChon", "grpc unary:64x4", 1 / 8), Ratio("BinhChon", "grpc stream:512x4", 1 / 2.5),
                Ratio("BinhChon", "redis 50x64", 1 / 2.5), Ratio("BinhChon", "postgres singlex16", 1 / 30))),
    "W2": Workload(
        "durable unary votes, 50 connections x 1", paced_votes(connections=50, in_flight=1),
        peers=(Peer("redis", ("50x1",)), Peer("grpc", ("unary:64x50",))),
        ratios=(Ratio("BinhChon", "redis 50x1", 0.75), Ratio("BinhChon", "grpc unary:64x50", 1 / 2.5))),
    "W3": Workload(
        "durable unary votes, 1 connection x 1", votes(connections=1, in_flight=1),
        peers=(Peer("fdatasync", ()),),
        ratios=(Ratio("BinhChon", "fdatasync", 4, "p50_ms", "p50_ms"),)),
    "W4": Workload(
        "messages of 100 votes, 8 connections", votes(connections=8, in_flight=1, votes=100),
        peers=(Peer("postgres", ("batch100x4",)),), ratios=(Ratio("BinhChon", "postgres batch100x4", 1 / 6),)),
    "W5": Workload(
        "W1 on a ledger that holds millions", w5,
        columns="ballots_before ops_per_s p50_ms p99_ms server_cpu_us_per_op ratio_to_empty start_s client_busy "
                "others_busy",
        bounds=(Bound("5,000,000 ballots", "ratio_to_empty", 1.15), Bound("20,000,000 ballots", "ratio_to_empty", 1.3),
                Bound("5,000,000 ballots", "start_s", 1), Bound("20,000,000 ballots", "start_s", 1))),
    "W6": Workload(
        "watchers at 4 updates/s beside W2", w6,
        columns="ops_per_s age_p50_ms age_p99_ms age_last_p99_ms stale_last_p99_ms cpu_us_per_update votes_per_s "
                "votes_p99_ms server_busy client_busy others_busy",
        peers=(Peer("fanout", ("1000", "5000")),),
        ratios=(Ratio("1,000 watchers", "fanout 1000", 1, "cpu_us_per_update", "cpu_us_per_update"),
                Ratio("5,000 watchers", "fanout 5000", 1, "cpu_us_per_update", "cpu_us_per_update")),
        bounds=(Bound("1,000 watchers", "age_last_p99_ms", 50), Bound("5,000 watchers", "age_last_p99_ms", 250))),
    "W7": Workload(
        "handshakes with client certificates", w7,
        columns="ops_per_s p50_ms p99_ms server_cpu_us_per_op server_busy client_busy others_busy",
        ratios=(Ratio("BinhChon full", "nginx full", 1.2), Ratio("BinhChon resumed", "nginx resumed", 1.2),
                Ratio("BinhChon full", "s_server full", None), Ratio("BinhChon resumed", "s_server resumed", None))),
    "W8": Workload(
        "idle connections with client certificates", w8,
        columns="connections bytes_per_connection bytes_per_connection_after_ping resident_mib "
                "resident_mib_after_closing open_seconds",
        bounds=(Bound("BinhChon", "bytes_per_connection", 24 * 1024),)),
    "W9": Workload(
        "recount, start and windows of Hải Châu at full size", w9,
        columns="entries verify_s verify_cpu_s entries_per_cpu_s verify_resident_mib start_s serve_resident_mib",
        bounds=(Bound("18,029,085 ballots", "entries_per_cpu_s", 1_500_000, at_least=True),
                Bound("18,029,085 ballots", "verify_s", 15), Bound("18,029,085 ballots", "start_s", 1))),
    "W10": Workload(
        "mixed day: W2 beside watchers, queries and an import", w10,
        columns="ops_per_s p50_ms p99_ms max_ms p99_ratio_to_alone server_busy client_busy others_busy",
        bounds=(Bound("votes, mixed day", "p99_ratio_to_alone", 3),)),
    "W11": Workload(
        "a million rows of paper: checked, sent, entered", w11,
        columns="rows rows_per_s seconds server_cpu_s client_cpu_s server_peak_mib client_peak_mib rate_to_slower_peer",
        bounds=(Bound("1,000,000 rows", "rate_to_slower_peer", 1, at_least=True),)),
}
