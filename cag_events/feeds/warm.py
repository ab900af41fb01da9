"""What feeds answered last, kept until the programme or the day changes; and the door that serves it.

The door stands before Flask and repeats, octet for octet, what the whole application answered to the very same address
a moment ago: host, path and query all equal. One query for the programme's version decides whether it still holds, in
every process alike, so nothing is ever served that an edit has replaced. All else goes the whole way.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from secrets import token_hex
from threading import Lock
from time import perf_counter
from typing import TYPE_CHECKING, Any, Final

from flask import Flask
from sqlalchemy import Engine, select

from cag_events import clock
from cag_events.db import db
from cag_events.events.models import ProgrammeVersion
from cag_events.web import log
from cag_events.web.calendar_answers import Answer, is_known, wants_gzip

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

MOST_BYTES: Final = 24_000_000  # of bodies, in one process
MOST_ANSWERS: Final = 500
ANSWER: Final = "cag_events.feed_answer"  # in the environment: the key and answer that a view has sent
ROUTE: Final = "cag_events.feed_route"
_OWN: Final = frozenset({"content-length", "content-encoding", "x-request-id", "date"})  # of one answer alone
_PREFIXES: Final = ("/feeds/", "/events/")

State = tuple[int, date]  # the programme's version, and the day: what every octet of a public feed follows from
Headers = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class _Known:
    """An answer and the headers that the application sent with it."""

    answer: Answer
    headers: Headers
    route: str


class Bodies(dict[tuple[int, int], bytes]):
    """The octets of entries by row id and SEQUENCE: a version of an entry never changes, so these never grow old."""

    size = 0

    def learn(self, more: dict[tuple[int, int], bytes]) -> None:
        """Keep more of them; forgets the others once they are too many."""
        self.size += sum(map(len, more.values()))
        if self.size > MOST_BYTES // 2:
            self.clear()
            self.size = 0
        self.update(more)


class Memory:
    """The answers that hold in the present state; forgotten together when it changes."""

    def __init__(self) -> None:
        self.state: State | None = None
        self.answers: dict[str, Answer] = {}
        self.known: dict[tuple[str, str, str], _Known] = {}
        self.size = 0
        self.lock = Lock()
        self.bodies = Bodies()

    def enter(self, state: State) -> None:
        """Forget what held in another state."""
        if self.state != state:
            with self.lock:
                self.state, self.size = state, 0
                self.answers, self.known = {}, {}

    def keep(self, state: State, key: str, answer: Answer) -> None:
        """Keep an answer of a state, if that is still the present one."""
        with self.lock:
            if state != self.state:
                return
            if self.size + len(answer.body) > MOST_BYTES or len(self.known) > MOST_ANSWERS:
                self.answers, self.known, self.size = {}, {}, 0
            self.answers[key] = answer
            self.size += len(answer.body)


class Door:
    """WSGI middleware: answers for the application where it may."""

    def __init__(self, app: Flask, inner: "WSGIApplication", memory: Memory) -> None:
        self.app = app
        self.inner = inner
        self.memory = memory
        self.engine: Engine | None = None
        self.question = str(select(ProgrammeVersion.number).compile(compile_kwargs={"literal_binds": True}))

    def __call__(self, environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
        """Answer a request."""
        path = environ.get("PATH_INFO", "")
        if environ["REQUEST_METHOD"] not in ("GET", "HEAD") or not path.startswith(_PREFIXES):
            return self.inner(environ, start)
        asked = (environ.get("HTTP_HOST", ""), path, environ.get("QUERY_STRING", ""))
        known = self.memory.known.get(asked)
        if known is not None:
            began = perf_counter()
            if self.memory.state == (self._version(), clock.now().date()):
                return self._repeat(known, environ, start, began)
        return self._learn(asked, environ, start)

    def _version(self) -> int:
        """Return the programme's version, by the shortest way that the database offers."""
        if self.engine is None:
            with self.app.app_context():
                self.engine = db.engine
        connection = self.engine.raw_connection()
        try:
            cursor = connection.cursor()
            cursor.execute(self.question)
            row = cursor.fetchone()
            cursor.close()
        finally:
            connection.close()
        return int(row[0]) if row else 0

    def _learn(
        self, asked: tuple[str, str, str], environ: "WSGIEnvironment", start: "StartResponse"
    ) -> Iterable[bytes]:
        seen: list[tuple[str, Headers]] = []

        def noting(status: str, headers: Headers, *more: Any) -> Callable[[bytes], object]:
            seen.append((status, headers))
            return start(status, headers, *more)

        body = self.inner(environ, noting)
        sent: tuple[str, Answer] | None = environ.get(ANSWER)
        if sent is not None and seen and seen[-1][0].startswith("200"):
            kept = [(name, value) for name, value in seen[-1][1] if name.lower() not in _OWN]
            with self.memory.lock:
                if self.memory.answers.get(sent[0]) is sent[1]:
                    if len(self.memory.known) >= MOST_ANSWERS:  # one answer has as many addresses as somebody makes up
                        self.memory.known = {}
                    self.memory.known[asked] = _Known(sent[1], kept, environ.get(ROUTE, ""))
        return body

    def _repeat(
        self, known: _Known, environ: "WSGIEnvironment", start: "StartResponse", began: float
    ) -> Iterable[bytes]:
        answer, request_id = known.answer, token_hex(6)
        status, headers, body = "200 OK", [*known.headers, ("X-Request-Id", request_id)], answer.body
        if is_known(answer, environ):
            status, body = "304 Not Modified", b""
            headers = [pair for pair in headers if not pair[0].lower().startswith("content-")]
            headers += [pair for pair in known.headers if pair[0] == "Content-Security-Policy"]
        else:
            if wants_gzip(environ):
                body = answer.zipped
                headers.append(("Content-Encoding", "gzip"))
            headers.append(("Content-Length", str(len(body))))
        log.LOGGER.info("request", extra={"fields": _line(environ, known, status, request_id, began)})
        start(status, headers)
        return [] if environ["REQUEST_METHOD"] == "HEAD" or not body else [body]


def _line(environ: "WSGIEnvironment", known: _Known, status: str, request_id: str, began: float) -> dict[str, Any]:
    """Return what is logged of a request, as web/log.py does."""
    return {
        "request_id": request_id,
        "method": environ["REQUEST_METHOD"],
        "route": known.route,
        "status": int(status[:3]),
        "ms": round((perf_counter() - began) * 1000, 1),
        "role": None,
    }


def memory_of(app: Flask) -> Memory:
    """Return the application's memory; puts the door before it at first."""
    known: Memory | None = app.extensions.get("cag_feeds")
    if known is None:
        known = app.extensions["cag_feeds"] = Memory()
        app.wsgi_app = Door(app, app.wsgi_app, known)  # type: ignore[assignment, method-assign]
    return known
