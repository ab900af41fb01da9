"""People who register at the same time: each opens the page, reads, fills in the form and presses, over its own socket.

Who gets no answer presses again with the very same form, as a browser's user does, until there is one.
"""

import asyncio
import random
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from urllib.parse import urlencode

from bench import client
from bench.filling import read_form

PATIENCE_S = 30.0  # for an answer
PAUSE_S = 0.4  # before somebody without an answer presses again
MOST_TRIES = 150
READS_S = (3.5, 9.0)  # how long people look at the page before they press; what is quicker is asked to press once more


@dataclass
class Visitor:
    """One of the crowd: when it comes and presses, and what became of it. Times in seconds from the beginning."""

    email: str
    answers: dict[str, str]
    arrives: float
    presses: float
    page_s: float = 0.0  # how long the page took
    post_s: float = 0.0  # how long the answer took that said yes
    answered_at: float | None = None
    status: int = 0
    outcome: str = ""  # what the receipt said: seat, queue
    unanswered: int = 0  # presses without an answer, as when the server was killed
    busy: int = 0  # presses answered 503
    cookie: str = ""
    fields: dict[str, str] = field(default_factory=dict)

    @property
    def is_done(self) -> bool:
        """Whether the registration was acknowledged."""
        return self.status == 303


def people(number: int, seconds: float, at_once: int, *, seed: int = 4) -> list[Visitor]:
    """Return so many people who press within so many seconds, some of them all in the same second in the middle.

    Every fourth is a student, every tenth at a school with an address there; the others are the public.
    """
    chance = random.Random(seed)
    crowd = []
    for one in range(number):
        segment = "students" if one % 4 == 0 else "schools" if one % 10 == 1 else "public"
        domain = "school.example.org" if segment == "schools" else "example.org"
        reads = chance.uniform(*READS_S)
        presses = chance.uniform(READS_S[1], seconds)
        if one % max(1, number // at_once) == 0:
            presses = seconds / 2 + chance.random()
        answers = {"segment": segment, "question_lunch": "yes", "question_from": "Umeå"}
        crowd.append(Visitor(f"visitor-{one}@{domain}", answers, presses - reads, presses))
    return crowd


@dataclass
class Crowd:
    """A crowd in front of one event's page."""

    path: str
    visitors: Sequence[Visitor]
    begun: float = 0.0

    def run(self, port: int, beside: Callable[["Crowd"], None] | None = None) -> None:
        """Let all of them register; `beside` runs in a thread meanwhile, as what kills processes does."""
        asyncio.run(self._run(port, beside))

    def acknowledged(self) -> list[str]:
        """Return the addresses of all whose registration was acknowledged so far."""
        return [one.email for one in self.visitors if one.is_done]

    @property
    def seconds(self) -> float:
        """From the first press to the last answer."""
        return max(one.answered_at or 0.0 for one in self.visitors) - min(one.presses for one in self.visitors)

    def percentile(self, name: str, percent: float) -> float:
        """Return how many milliseconds a page or an answer took at most for so many percent."""
        taken = sorted(getattr(one, name) for one in self.visitors if one.is_done)
        return float(taken[min(len(taken) - 1, int(len(taken) * percent / 100))] * 1000) if taken else 0.0

    async def _run(self, port: int, beside: Callable[["Crowd"], None] | None) -> None:
        self.begun = time.perf_counter()
        work = [self._visit(one, port) for one in self.visitors]
        if beside is not None:
            work.append(asyncio.to_thread(beside, self))
        await asyncio.gather(*work)

    async def _visit(self, one: Visitor, port: int) -> None:
        await self._until(one.arrives)
        browser = _Browser(port)
        for _ in range(MOST_TRIES):
            begun = time.perf_counter()
            with suppress(OSError, asyncio.IncompleteReadError):
                status, head, body = await browser.ask(client.get("page", self.path).octets)
                if status == 200:
                    one.page_s = time.perf_counter() - begun
                    one.cookie = _header(head, b"set-cookie").partition(";")[0]
                    one.fields = read_form(body.decode(), one.email, **one.answers)
                    break
            await asyncio.sleep(PAUSE_S)
        one.presses = max(one.presses, time.perf_counter() - self.begun + READS_S[0])  # the page came late
        await self._until(one.presses)
        request = client.post("POST", self.path, urlencode(one.fields).encode(), Cookie=one.cookie).octets
        for _ in range(MOST_TRIES):
            begun = time.perf_counter()
            try:
                one.status, head, _body = await browser.ask(request)
            except (OSError, asyncio.IncompleteReadError):
                one.unanswered += 1
            else:
                if one.status != 503:
                    one.post_s = time.perf_counter() - begun
                    one.answered_at = time.perf_counter() - self.begun
                    one.outcome = _header(head, b"location").partition("outcome=")[2]
                    break
                one.busy += 1
            await asyncio.sleep(PAUSE_S)
        browser.close()

    async def _until(self, moment: float) -> None:
        await asyncio.sleep(max(0.0, self.begun + moment - time.perf_counter()))


class _Browser:
    """One kept-alive connection, opened anew when it was lost."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, octets: bytes) -> tuple[int, bytes, bytes]:
        """Send a request; return status, head and body. A lost connection raises what asyncio says."""
        try:
            return await asyncio.wait_for(self._ask(octets), PATIENCE_S)
        except BaseException:
            self.close()
            raise

    async def _ask(self, octets: bytes) -> tuple[int, bytes, bytes]:
        if self.streams is None:
            self.streams = await asyncio.open_connection("127.0.0.1", self.port)
        reader, writer = self.streams
        writer.write(octets)
        head = await reader.readuntil(b"\r\n\r\n")
        body = await reader.readexactly(int(_header(head, b"content-length") or 0))
        return int(head[9:12]), head, body

    def close(self) -> None:
        """Let go of the connection."""
        if self.streams is not None:
            self.streams[1].close()
            self.streams = None


def _header(head: bytes, name: bytes) -> str:
    for line in head.split(b"\r\n"):
        found, _, value = line.partition(b":")
        if found.lower() == name:
            return value.strip().decode()
    return ""
