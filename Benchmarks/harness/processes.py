"""Processes under measurement: builds, the server, what a command prints, CPU from /proc."""

import contextlib
import json
import os
import pathlib
import resource
import shutil
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
BENCHMARKS = ROOT / "Benchmarks"


class BenchError(Exception):
    """A bench could not run, or what it ran answered wrongly."""


def note(text):
    """Progress goes to standard error; standard output is for results."""
    print(f"bench: {text}", file=sys.stderr, flush=True)


def run(command, timeout=600, environment=None, **options):
    """Standard output of a command that must succeed. One that must go is asked first: a peer has servers to stop."""
    name = " ".join(map(str, command))
    process = subprocess.Popen([str(part) for part in command], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE, text=True, env={**os.environ, **(environment or {})}, **options)
    try:
        out, err = process.communicate(timeout=timeout)
    except subprocess.TimeoutExpired:
        raise BenchError(f"{name} took more than {timeout} s") from None
    finally:
        stop(process)
    if process.returncode != 0:
        raise BenchError(f"{name} ended with {process.returncode}:\n{err}{out}")
    return out


def raise_file_limit():
    """10,000 connections need as many descriptors at both ends; children inherit the limit."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 65536 if most == resource.RLIM_INFINITY else min(most, 65536)
    resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, most))
    return wanted


def build(program):
    """binhchond or binhchon as it is deployed: a release build. Returns its path."""
    options = ["-c", "release", "--product", program]
    note(f"building {program} for release")
    subprocess.run(["swift", "build", *options], cwd=ROOT, check=True, stdout=sys.stderr)
    return pathlib.Path(run(["swift", "build", *options, "--show-bin-path"], cwd=ROOT).strip()) / program


def build_load(into):
    """Compiles every program of Benchmarks/load."""
    for source in sorted((BENCHMARKS / "load").glob("*.c")):
        run(["cc", "-O2", "-g", "-D_GNU_SOURCE", "-Wall", "-Wextra", "-Werror", "-o", into / source.stem, source,
             "-lssl", "-lcrypto"])


def wait_until(condition, seconds, what):
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise BenchError(f"waited {seconds} s in vain: {what}")
        time.sleep(0.02)


def stop(process, grace=30):
    """SIGTERM, then insists. Returns the exit status."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(grace)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    return process.returncode


class Server:
    """binhchond on a data directory of its own, serving on a free port of 127.0.0.1."""

    def __init__(self, binary, data, timeout=60, environment=None):
        self.binary, self.data = binary, pathlib.Path(data)
        if not (self.data / "binhchon.yaml").exists():
            run([binary, "init", self.data, "--demo"], environment=environment)
        port_file = self.data / "port"
        port_file.unlink(missing_ok=True)
        began = time.monotonic()
        with open(self.data / "server.log", "ab") as log:
            self.process = subprocess.Popen(
                [binary, "serve", "--config", self.data / "binhchon.yaml", "--listen", "127.0.0.1:0",
                 "--port-file", port_file], stdout=log, stderr=log,
                # All load is one identity's.
                env={**os.environ, **(environment or {}), "BINHCHON_LIMITS_CONNECTIONS_PER_IDENTITY": "1000000"})
        try:
            wait_until(lambda: self.process.poll() is not None or (port_file.exists() and port_file.read_text()),
                       timeout, "the server takes connections")
            if self.process.poll() is not None:
                raise BenchError(f"the server did not come up:\n{self.log()}")
        except BenchError:
            stop(self.process)
            raise
        self.start_seconds = time.monotonic() - began
        self.pid, self.port = self.process.pid, int(port_file.read_text())

    def log(self):
        return (self.data / "server.log").read_text(errors="replace")[-4000:]

    def stop(self):
        if stop(self.process) != 0:
            raise BenchError(f"the server ended with {self.process.returncode}:\n{self.log()}")

    def verify(self, ballots=None, timeout=3600):
        return verify(self.binary, self.data, ballots, timeout)


def verify(binary, data, ballots=None, timeout=3600):
    """The recount must hold and, if told, count exactly so many ballots."""
    report = json.loads(run([binary, "verify", data, "--json"], timeout=timeout))
    if not report["ok"]:
        raise BenchError(f"the recount differs: {report}")
    if ballots is not None and report["ballots"] != ballots:
        raise BenchError(f"{ballots} ballots were acknowledged, the ledger holds {report['ballots']}")
    return report


@contextlib.contextmanager
def serving(bench, data=None, environment=None):
    """A server for one measurement, on fresh data unless told otherwise; fresh data goes away with it."""
    own = data is None
    place = pathlib.Path(tempfile.mkdtemp(prefix="data.", dir=bench.work)) / "data" if own else data
    server = Server(bench.binary, place, environment=environment)
    note(f"server {server.pid} on port {server.port}")
    try:
        yield server
    except BaseException:
        stop(server.process)
        print(server.log(), file=sys.stderr)
        raise
    finally:
        if server.process.poll() is None:
            server.stop()
        if own:
            shutil.rmtree(place.parent, ignore_errors=True)


def memory(pid, what="VmRSS"):
    """Resident bytes of a process; VmHWM: the most there were."""
    with open(f"/proc/{pid}/status", encoding="ascii") as status:
        return next(int(line.split()[1]) * 1024 for line in status if line.startswith(f"{what}:"))


def machine(place):
    """Where the figures were taken, and on which file system the ledgers lay."""
    with open("/proc/cpuinfo", encoding="utf-8") as info:
        model = next((line.split(":", 1)[1].strip() for line in info if line.startswith("model name")), "unknown")
    return {"cpus": os.cpu_count(), "model": model, "file_system": run(["stat", "-f", "-c", "%T", place]).strip(),
            "kernel": os.uname().release,
            "load_average": os.getloadavg()[0], "date": time.strftime("%Y-%m-%d %H:%M:%S %z")}
