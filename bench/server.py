"""Servers as processes of their own: started, asked whether they answer, their CPU time and memory read from /proc."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from types import TracebackType

from bench import bare, client
from bench.measure import Figure
from cag_events.config import Settings

TICKS = os.sysconf("SC_CLK_TCK")
THREADS = 4
ROUND_S = 1.0
START_S = 120.0  # on a machine that does much else


def free_port() -> int:
    """Return a port of this machine that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Server:
    """A running server; a context manager, which stops it."""

    process: "subprocess.Popen[bytes]"
    port: int
    first_page_s: float

    def __enter__(self) -> "Server":
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _fault: BaseException | None, _at: TracebackType | None
    ) -> None:
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def pids(self) -> list[int]:
        """Return the server's process and all below it."""
        parents: dict[int, list[int]] = {}
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit():
                try:
                    parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
                except OSError:
                    continue
                parents.setdefault(parent, []).append(int(entry.name))
        found, front = [], [self.process.pid]
        while front:
            found += front
            front = [child for pid in front for child in parents.get(pid, ())]
        return found

    def cpu_s(self) -> float:
        """Return the processor time that the process tree has had."""
        total = 0
        for pid in self.pids():
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            total += int(fields[11]) + int(fields[12])
        return total / TICKS

    def cost(self, request: client.Request, seconds: float = ROUND_S, at_once: int = 8) -> Figure:
        """Send one request over and over for so long; return what it took and what it cost the server."""
        client.ask(self.port, client.always(request), at_once=at_once, seconds=0.1)
        cpu = self.cpu_s()
        done = client.ask(self.port, client.always(request), at_once=at_once, seconds=seconds)
        return Figure((self.cpu_s() - cpu) * 1000 / done.count, done.seconds / done.count)

    def pss_mb(self) -> float:
        """Return the memory of the process tree, what is shared counted once (PSS), in MB of 1,000,000 bytes."""
        return sum(_memory_mb(pid, "Pss:") for pid in self.pids())

    def rss_mb(self) -> float:
        """Return the memory of the largest process, shared or not (RSS): a fork comes to own what it only looked at."""
        return max(_memory_mb(pid, "Rss:") for pid in self.pids())


def start(command: list[str], environment: Mapping[str, str], port: int, path: str, log: Path) -> Server:
    """Start a server and wait until it answers a path; compiled modules are kept, as an installation has them."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("CAG_", "PYTHONDONT"))}
    clean["PYTHONPYCACHEPREFIX"] = str(log.parent / "compiled")
    with log.open("ab") as file:
        begun = time.perf_counter()
        process = subprocess.Popen(
            command, env={**clean, **environment}, stdout=file, stderr=file, start_new_session=True
        )
    while True:
        if process.poll() is not None:
            raise SystemExit(f"{' '.join(command)} ended at once:\n{log.read_text('utf-8')[-2000:]}")
        if _answers(port, path):
            return Server(process, port, time.perf_counter() - begun)
        if time.perf_counter() - begun > START_S:
            os.killpg(process.pid, signal.SIGKILL)
            raise SystemExit(f"{' '.join(command)} does not answer {path}:\n{log.read_text('utf-8')[-2000:]}")
        time.sleep(0.005)


def _memory_mb(pid: int, what: str) -> float:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith(what)) * 1024 / 1e6


def wait_for(port: int, path: str, seconds: float = 30.0) -> None:
    """Wait until a server answers a path."""
    end = time.perf_counter() + seconds
    while not _answers(port, path):
        if time.perf_counter() > end:
            raise SystemExit(f"{path} is not answered")
        time.sleep(0.02)


def kill(pid: int) -> None:
    """End a process as a power failure does."""
    os.kill(pid, signal.SIGKILL)


def _answers(port: int, path: str) -> bool:
    try:
        connection = HTTPConnection("127.0.0.1", port, timeout=10)
        connection.request("GET", path)
        answer = connection.getresponse()
        answer.read()
        connection.close()
    except (OSError, HTTPException):
        return False
    if answer.status != 200:
        raise SystemExit(f"{path} answers {answer.status} at the start")
    return True


def ours(
    settings: Settings, log: Path, *, workers: int = 1, beside: bool = False, port: int | None = None, **more: str
) -> Server:
    """Serve an installation by its own command; `beside`: with the worker that delivers the outbox; `more` settings."""
    port = port or free_port()
    command = [str(Path(sys.executable).parent / "cag-events"), "serve", "--port", str(port)]
    command += ["--workers", str(workers), "--threads", str(THREADS), *([] if beside else ["--no-worker"])]
    environment = {"CAG_INSTANCE": str(settings.instance), "CAG_DATABASE_URL": settings.database_url, **more}
    return start(command, environment, port, "/sv/", log)


def limit(folder: Path, log: Path, *, workers: int = 1) -> Server:
    """Serve the bare application by the same server with as many processes and threads."""
    port = free_port()
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--factory", "bench.bare:create_app"]
    command += ["--port", str(port), "--workers", str(workers), "--blocking-threads", str(THREADS)]
    command += ["--http", "1", "--no-ws", "--log-level", "warning"]
    return start(command, {bare.FOLDER: str(folder)}, port, "/list", log)
