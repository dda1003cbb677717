"""Ledgers that already hold millions of ballots: cast once, through the front door, and kept under --keep."""

import dataclasses
import json
import os
import pathlib
import shutil

from harness.processes import Server, note, run, verify


@dataclasses.dataclass
class Place:
    path: pathlib.Path
    ballots: int


def kept(bench):
    """The finished ledgers, smallest first."""
    found = [int(place.name.removeprefix("ledger-")) for place in bench.keep.glob("ledger-*") if place.suffix == ""]
    return sorted(found)


def cast(bench, place, ballots, environment=None):
    """So many more ballots, through the front door."""
    server = Server(bench.binary, place, environment=environment)
    try:
        # More than a message's worth at a time would need more memory, less costs more.
        for count, votes in ((ballots // 500 * 500, 500), (ballots % 500, 1)):
            if not count:
                continue
            figures = json.loads(run(
                [bench.bin / "votes", "--data", place, "--port", server.port, "--connections", "4", "--in-flight", "4",
                 "--votes", votes, "--count", count], timeout=7200, environment=environment))
            note(f"{figures['ops_per_s']:,.0f} ballots/s")
    finally:
        server.stop()


def prefilled(bench, ballots):
    """A ledger of exactly so many ballots. Begins with the largest smaller one that is kept."""
    place = bench.keep / f"ledger-{ballots}"
    if place.exists():
        return Place(place, ballots)
    making = bench.keep / f"ledger-{ballots}.making"
    shutil.rmtree(making, ignore_errors=True)
    smaller = [size for size in kept(bench) if size < ballots]
    have = smaller[-1] if smaller else 0
    if have:
        shutil.copytree(bench.keep / f"ledger-{have}", making)
    note(f"casting {ballots - have:,} ballots into {making}")
    cast(bench, making, ballots - have)
    verify(bench.binary, making, ballots)
    making.rename(place)
    return Place(place, ballots)


copies = {}


def working_copy(bench, ballots):
    """A copy of a kept ledger to cast into, one for all runs: it grows by what they cast."""
    original = prefilled(bench, ballots)
    if original.path not in copies:
        path = bench.work / f"copy-{len(copies)}"
        shutil.copytree(original.path, path)
        os.sync()  # gigabytes on their way to the disk are not to be measured
        copies[original.path] = Place(path, ballots)
    return copies[original.path]
