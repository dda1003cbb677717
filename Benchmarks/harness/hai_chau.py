"""The ledger of Hải Châu at its full size: the windows its portal showed on 14 October 2020, ballot by ballot."""

import datetime
import json
import shutil

from harness.ledgers import Place, cast
from harness.processes import ROOT, BenchError, memory, note, run, serving

TOTAL = 18_029_085
# What came before that Wednesday, and on it. All within the thirty days that the demo's certificates are good for.
DAYS = {"2020-09-20": 17_812_300, "2020-10-05": 194_534, "2020-10-12": 13_207, "2020-10-13": 7_117, "2020-10-14": 1_927}


class Clock:
    """A clock on the wall that is set to a day's noon and goes on from there, for programs with its environment."""

    def __init__(self, place):
        self.file = place / "clock-offset"
        library = place / "clock.so"
        run(["cc", "-shared", "-fPIC", "-O2", "-o", library, ROOT / "Tests/ShiftedClock/clock.c", "-ldl"])
        self.environment = {"LD_PRELOAD": str(library), "CLOCK_OFFSET_FILE": str(self.file)}

    def set(self, day):
        noon = datetime.datetime.fromisoformat(f"{day}T12:00:00+07:00")
        self.file.write_text(f"{int((noon - datetime.datetime.now(datetime.UTC)).total_seconds())}\n")


def by_day(total):
    """Those of Hải Châu, in proportion."""
    days = {day: ballots * total // TOTAL for day, ballots in DAYS.items()}
    days["2020-09-20"] += total - sum(days.values())
    return days


def windows(total):
    before, earlier, monday, yesterday, today = by_day(total).values()
    week = monday + yesterday + today
    return {"today": today, "yesterday": yesterday, "this-week": week, "this-month": earlier + week,
            "total": before + earlier + week}


def kept(bench, total):
    """A ledger of all those days, cast through the front door and kept."""
    place = bench.keep / f"hai-chau-{total}"
    if not place.exists():
        making = bench.keep / f"hai-chau-{total}.making"
        shutil.rmtree(making, ignore_errors=True)
        clock = Clock(bench.work)
        for day, ballots in by_day(total).items():
            note(f"casting {ballots:,} ballots of {day} into {making}")
            clock.set(day)
            cast(bench, making, ballots, clock.environment)
        making.rename(place)
    return Place(place, total)


def check_windows(bench, place):
    """What an official sees on that Wednesday, to the ballot. How many seconds the server's start took, and its MiB."""
    clock = Clock(bench.work)
    clock.set("2020-10-14")
    with serving(bench, data=place.path, environment=clock.environment) as server:
        started = server.start_seconds, memory(server.pid) / 2**20
        tally = json.loads(run(
            [bench.client, "tally", "--poll", "hai-chau-hai-long", "--json", "--server", f"127.0.0.1:{server.port}",
             "--identity", server.data / "certs/official"], environment=clock.environment))
    seen = {window["window"]: window["ballots"] for window in tally["windows"]}
    if seen != windows(place.ballots):
        raise BenchError(f"the windows are not those of Hải Châu: {seen} instead of {windows(place.ballots)}")
    return started
