"""What users would pick instead, measured beside us in the same run: scripts of Benchmarks/peers, and TLS servers."""

import contextlib
import dataclasses
import os
import socket
import subprocess
import tempfile
import types

from harness.processes import BENCHMARKS, BenchError, run, stop, wait_until


@dataclasses.dataclass(frozen=True)
class Peer:
    """A script of Benchmarks/peers and its arguments, one for each measurement."""

    script: str
    arguments: tuple

    def measure(self, bench, **environment):
        """Figures by row, each row named for the script and the argument."""
        out = run([BENCHMARKS / "peers" / f"{self.script}.sh", *self.arguments], timeout=bench.patience,
                  environment={"PEERS_BUILD": str(bench.bin), "SECONDS_EACH": str(max(1, round(bench.seconds))),
                               **{name: str(value) for name, value in environment.items()}})
        rows = {}
        for line in out.splitlines():
            measurement, figure, value = line.split()
            name = self.script if measurement == self.script else f"{self.script} {measurement}"
            rows.setdefault(name, {})[figure] = float(value)
        if len(rows) != max(1, len(self.arguments)):
            raise BenchError(f"{self.script} gave no figures:\n{out}")
        return rows


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def listens(port):
    with socket.socket() as s:
        return s.connect_ex(("127.0.0.1", port)) == 0


@contextlib.contextmanager
def serve(command, data, port, log):
    with open(log, "wb") as out:
        process = subprocess.Popen([str(part) for part in command], stdin=subprocess.DEVNULL, stdout=out, stderr=out)
    try:
        wait_until(lambda: process.poll() is not None or listens(port), 15, f"{command[0]} listens")
        if process.poll() is not None:
            raise BenchError(f"{command[0]} did not come up:\n{open(log, errors='replace').read()}")
        yield types.SimpleNamespace(pid=process.pid, port=port, data=data)
    finally:
        stop(process)


def tls_peers(bench, data):
    """nginx and OpenSSL's own server with our certificates, demanding the client's: name, context manager, how many
    handshakes at a time (s_server takes one connection after the other)."""
    if not any(os.access(os.path.join(place, "nginx"), os.X_OK) for place in ("/usr/sbin", "/usr/bin")):
        run(["apt-get", "install", "-y", "--no-install-recommends", "nginx-light"], timeout=bench.patience,
            environment={"RUNLEVEL": "1", "DEBIAN_FRONTEND": "noninteractive"})
    work, certs = tempfile.mkdtemp(prefix="tls.", dir=bench.work), data / "certs"
    os.chmod(work, 0o755)

    def nginx():
        port = free_port()
        with open(f"{work}/nginx.conf", "w", encoding="ascii") as conf:
            conf.write(f"""
daemon off; master_process off; pid {work}/nginx.pid; error_log {work}/nginx.log crit;
events {{ worker_connections 1024; }}
http {{
    access_log off;
    server {{
        listen 127.0.0.1:{port} ssl backlog=1024;
        ssl_certificate {certs}/server.pem; ssl_certificate_key {certs}/server.key; ssl_protocols TLSv1.3;
        ssl_client_certificate {certs}/ca.pem; ssl_verify_client on; ssl_session_tickets on;
        return 204;
    }}
}}
""")
        return serve(["nginx", "-p", work, "-e", f"{work}/nginx.log", "-c", f"{work}/nginx.conf"], data, port,
                     f"{work}/nginx.out")

    def s_server():
        port = free_port()
        return serve(["openssl", "s_server", "-accept", f"127.0.0.1:{port}", "-cert", certs / "server.pem",
                      "-key", certs / "server.key", "-CAfile", certs / "ca.pem", "-Verify", "1",
                      "-verify_return_error", "-tls1_3", "-www", "-quiet"], data, port, f"{work}/s_server.out")

    return [("nginx", nginx, 32), ("s_server", s_server, 4)]
