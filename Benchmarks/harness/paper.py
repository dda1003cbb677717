"""W11: a file of paper results, from the clerk's command to the ledger, beside programs that load the same file."""

import json
import os
import random
import shutil
import subprocess
import time

from harness.peers import Peer
from harness.processes import BenchError, memory, run, serving

POLL = "hai-chau-hai-long"
LEVELS = {"RHL": "Rất hài lòng", "HL": "Hài lòng", "BT": "Bình thường", "KHL": "Không hài lòng",
          "RKHL": "Rất không hài lòng"}
UNITS = ["Quầy 01", "Quầy 02", "Quầy 03", "Bộ phận Một cửa"]
# July 2025 without its weekends, which would be warned of.
DAYS = [day for day in range(1, 32) if day % 7 not in (5, 6)]


class PaperFile:
    """A table of sheets, five rows each, with its manifest; what it adds up to."""

    def __init__(self, place, rows):
        self.path, self.rows = place / f"paper-{rows}.csv", rows
        self.manifest = place / f"paper-{rows}.yaml"
        self.votes = dict.fromkeys(LEVELS, 0)
        draw = random.Random(7)
        with open(self.path, "w", encoding="utf-8", newline="") as out:
            out.write("Tờ,Đơn vị,Ngày,Câu hỏi,Mức độ hài lòng,Số phiếu,Số phiếu thu về,Ghi chú\r\n")
            for sheet in range(rows // len(LEVELS)):
                counts = [draw.randrange(1, 100) for _ in LEVELS]
                unit, day, total = draw.choice(UNITS), draw.choice(DAYS), sum(counts)
                for (code, label), count in zip(LEVELS.items(), counts):
                    out.write(f"T-{sheet + 1:06},{unit},{day:02}/07/2025,hai-long,{label},{count},{total},\r\n")
                    self.votes[code] += count
        # What a second clerk would have typed: the same bytes would be the first one's file.
        self.again = place / f"paper-{rows}-again.csv"
        # Piece by piece: the peak of a process begins at that of who starts it.
        with open(self.path, "rb") as typed, open(self.again, "wb") as out:
            out.write(b"\xef\xbb\xbf")
            shutil.copyfileobj(typed, out)
        self.manifest.write_text(f"unit: hai-chau\nfrom: 2025-07-01\nto: 2025-07-31\n"
                                 f"questionnaires: {sum(self.votes.values())}\n")


class Client:
    """The client at one server, as somebody."""

    def __init__(self, bench, server):
        self.bench, self.server = bench, server

    def command(self, person, *words):
        return [str(word) for word in (
            self.bench.client, *words, "--poll", POLL, "--json", "--server", f"127.0.0.1:{self.server.port}",
            "--identity", self.server.data / "certs" / person)]

    def entry(self, person, file, path, batch):
        """What an entry costs both sides, all checks and the last commit included."""
        before, began = cpu_seconds(self.server.pid), time.monotonic()
        process = subprocess.Popen(
            self.command(person, "import", path, "--batch", batch, "--manifest", file.manifest),
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        out, err = process.stdout.read(), process.stderr.read()
        _, status, usage = os.wait4(process.pid, 0)
        took = time.monotonic() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0:
            raise BenchError(f"the import ended with {process.returncode}: {err}{out}")
        return {"rows": file.rows, "rows_per_s": file.rows / took, "seconds": took,
                "client_cpu_s": usage.ru_utime + usage.ru_stime,
                "server_cpu_s": cpu_seconds(self.server.pid) - before,
                "client_peak_mib": usage.ru_maxrss / 1024,
                "server_peak_mib": memory(self.server.pid, "VmHWM") / 2**20}


def cpu_seconds(pid):
    with open(f"/proc/{pid}/stat", encoding="ascii") as stat:
        fields = stat.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def w11(bench):
    """A tenth of the file at a server of its own: what memory grows by. Then all of it, entered twice and accepted."""
    rows = {}
    for size in (bench.paper // 10, bench.paper):
        file = PaperFile(bench.work, size)
        with serving(bench) as server:
            client = Client(bench, server)
            rows[f"{size:,} rows"] = client.entry("clerk", file, file.path, "lo-1")
            if size == bench.paper:
                rows["the second entry"] = client.entry("second-clerk", file, file.again, "lo-1")
                began = time.monotonic()
                run(client.command("coordinator", "paper", "accept", "lo-1"))
                rows["its acceptance"] = {"seconds": time.monotonic() - began,
                                          "server_peak_mib": memory(server.pid, "VmHWM") / 2**20}
                check_tally(client, file)
            server.stop()
            server.verify()
    ours = rows[f"{bench.paper:,} rows"]
    if bench.with_peers:
        peers = {"sqlite3 .import": sqlite(bench, file),
                 **Peer("postgres", ("copy",)).measure(bench, PAPER_FILE=file.path)}
        ours["rate_to_slower_peer"] = ours["rows_per_s"] / min(peer["rows_per_s"] for peer in peers.values())
        rows.update(peers)
    return rows


def check_tally(client, file):
    tally = json.loads(run(client.command("official", "tally", "--channel", "paper")))
    total = next(window for window in tally["windows"] if window["window"] == "total")
    counted = {choice["choice"]: choice["count"] for choice in total["questions"][0]["choices"]}
    if counted != file.votes or total["ballots"] != sum(file.votes.values()):
        raise BenchError(f"the tally is not what the file says: {total}, {file.votes}")


# The key is what makes a row that is there twice: what our own check looks for.
TABLE = ("CREATE TABLE sheet(sheet text, unit text, day text, question text, level text, count int, sheets int, "
         "note text, PRIMARY KEY (sheet, unit, day, question, level))")


def sqlite(bench, file):
    """As it is by default: one transaction, synced."""
    database = bench.work / "paper.db"
    for left in bench.work.glob("paper.db*"):
        left.unlink()
    began = time.monotonic()
    process = subprocess.Popen(
        ["sqlite3", "-bail", database, TABLE, ".mode csv", f".import --skip 1 {file.path} sheet",
         "SELECT sum(count) FROM sheet"], stdout=subprocess.PIPE, text=True)
    out = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    took = time.monotonic() - began
    if process.returncode != 0 or int(out) != sum(file.votes.values()):
        raise BenchError(f"sqlite3 ended with {process.returncode}, {out}")
    return {"rows": file.rows, "rows_per_s": file.rows / took, "seconds": took,
            "client_cpu_s": usage.ru_utime + usage.ru_stime, "client_peak_mib": usage.ru_maxrss / 1024}
