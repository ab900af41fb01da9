"""A small HTTP client on raw sockets: kept-alive connections in one thread, each sending its next request at once."""

import selectors
import socket
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

CHUNK = 1 << 18


class Request(NamedTuple):
    """What is sent, under the name by which its answers are counted."""

    kind: str
    octets: bytes


def get(kind: str, path: str, **headers: str) -> Request:
    """Return a GET; header names with _ for -."""
    return Request(kind, _head("GET", path, headers))


def post(kind: str, path: str, body: bytes, **headers: str) -> Request:
    """Return a POST of a form."""
    headers |= {"Content_Type": "application/x-www-form-urlencoded", "Content_Length": str(len(body))}
    return Request(kind, _head("POST", path, headers) + body)


def _head(method: str, path: str, headers: dict[str, str]) -> bytes:
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


@dataclass
class Load:
    """What came of it: seconds of each answer by kind, how often each status came."""

    seconds: float = 0.0
    taken: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    statuses: dict[str, Counter[int]] = field(default_factory=lambda: defaultdict(Counter))

    @property
    def count(self) -> int:
        """How many answers came."""
        return sum(len(taken) for taken in self.taken.values())

    @property
    def rate(self) -> float:
        """Answers a second."""
        return self.count / self.seconds

    def percentile(self, kind: str, percent: float) -> float:
        """Return how many milliseconds so many percent of a kind's answers took at most."""
        taken = sorted(self.taken[kind])
        return taken[min(len(taken) - 1, int(len(taken) * percent / 100))] * 1000

    def add(self, part: "Load") -> None:
        """Take in what another round gave."""
        self.seconds += part.seconds
        for kind, taken in part.taken.items():
            self.taken[kind] += taken
            self.statuses[kind] += part.statuses[kind]

    def expect(self, **statuses: int) -> None:
        """Stop the run if a kind was answered otherwise than it should be."""
        for kind, wanted in statuses.items():
            if set(self.statuses[kind]) != {wanted}:
                raise SystemExit(f"{kind} answers {dict(self.statuses[kind])}, not {wanted}")


class _Connection:
    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.kind = ""
        self.begun = 0.0
        self.head = b""
        self.missing: int | None = None  # octets of the body that have not come; None: the head has not

    def send(self, request: Request) -> None:
        self.kind, self.head, self.missing = request.kind, b"", None
        self.begun = time.perf_counter()
        self.socket.sendall(request.octets)

    def receive(self, buffer: bytearray) -> int | None:
        """Read what is there; the status once the answer is whole."""
        got = self.socket.recv_into(buffer)
        if not got:
            raise SystemExit(f"the server hung up while it was asked for {self.kind}")
        if self.missing is None:
            self.head += buffer[:got]
            end = self.head.find(b"\r\n\r\n")
            if end < 0:
                return None
            self.missing = _length(self.head[:end]) - (len(self.head) - end - 4)
        else:
            self.missing -= got
        return int(self.head[9:12]) if self.missing <= 0 else None


def _length(head: bytes) -> int:
    if head[9:12] == b"304":
        return 0
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    raise SystemExit(f"an answer without Content-Length: {head!r}")


def ask(
    port: int,
    following: Callable[[], Request | None],
    *,
    at_once: int = 8,
    seconds: float | None = None,
) -> Load:
    """Send what `following` gives over so many connections, until the time is up or it gives None."""
    load, buffer = Load(), bytearray(CHUNK)
    begun = time.perf_counter()
    with selectors.DefaultSelector() as ready:
        for _ in range(at_once):
            connection = _Connection(port)
            if (first := following()) is None:
                connection.socket.close()
                break
            connection.send(first)
            ready.register(connection.socket, selectors.EVENT_READ, connection)
        while ready.get_map():
            if not (events := ready.select(30)):
                raise SystemExit("no answer within 30 seconds")
            for key, _ in events:
                connection = key.data
                status = connection.receive(buffer)
                if status is None:
                    continue
                now = time.perf_counter()
                load.taken[connection.kind].append(now - connection.begun)
                load.statuses[connection.kind][status] += 1
                after = following() if seconds is None or now - begun < seconds else None
                if after is None:
                    ready.unregister(connection.socket)
                    connection.socket.close()
                else:
                    connection.send(after)
    load.seconds = time.perf_counter() - begun
    return load


def always(request: Request) -> Callable[[], Request]:
    """Return the same request for ever."""
    return lambda: request
