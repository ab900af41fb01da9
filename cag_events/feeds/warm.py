"""What feeds answered last, kept until the programme or the day changes; and the door that serves it.

The door stands before Flask and repeats, octet for octet, what the whole application answered to the very same address
a moment ago: host, path and query all equal. One query for the programme's version decides whether it still holds, in
every process alike, so nothing is ever served that an edit has replaced. All else goes the whole way. What a 304 takes
is kept for many more addresses than whole bodies are.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from logging import INFO
from secrets import token_hex
from threading import Lock
from time import perf_counter
from typing import TYPE_CHECKING, Any, Final, TypeVar

from flask import Flask
from sqlalchemy import Engine, select

from cag_events import clock
from cag_events.db import db
from cag_events.events.models import ProgrammeVersion
from cag_events.web import log
from cag_events.web.calendar_answers import Answer, is_known, wants_gzip

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

MOST_BYTES: Final = 12_000_000  # of bodies with what they are by gzip, in one process
MOST_OF_ENTRIES: Final = 24_000_000  # what 10,000 events take in two languages; feeds and versions mostly share them
OWN_SHARE: Final = 3  # private feeds have a third of that beside
MOST_PREPARED: Final = 100  # statements, of feeds that are printed: few
MOST_ANSWERS: Final = 4_000  # addresses of which is known what a 304 takes
LONGEST_ADDRESS: Final = 1_000  # of those; nobody prints a longer one
ANSWER: Final = "cag_events.feed_answer"  # in the environment: key, answer and state of what a view has sent
ROUTE: Final = "cag_events.feed_route"
_OWN: Final = frozenset({"content-length", "content-encoding", "x-request-id", "date"})  # of one answer alone
_PREFIXES: Final = ("/feeds/", "/events/")

T = TypeVar("T")
State = tuple[int, date]  # the programme's version, and the day: what every octet of a public feed follows from
Headers = list[tuple[str, str]]
Asked = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class _Known:
    """What the application sent to an address in a state, but the body: that is kept by `key`, while there is room."""

    state: State
    key: str
    etag: str
    last_modified: datetime
    headers: Headers
    route: str


class Versions(dict[tuple[int, int], Any]):
    """Stored entries by row id and SEQUENCE: a version of an entry never changes, so these never grow old."""

    size = 0

    def learn(self, more: Mapping[tuple[int, int], Any], size: int) -> None:
        """Keep more of them, of so many bytes in all; forgets the others once they are too many."""
        self.size += size
        if self.size > MOST_OF_ENTRIES:
            self.clear()
            self.size = size
        self.update(more)


class Answers:
    """Answers by key. Once they are too many bytes, those that nobody has asked for the longest are kept by gzip alone.

    That is a tenth, and what most programs ask for. Then those are forgotten.
    """

    def __init__(self, share: int = 1) -> None:
        self._share = share
        self._kept: OrderedDict[str, tuple[Any, Answer, int]] = OrderedDict()
        self._whole: OrderedDict[str, None] = OrderedDict()  # the keys of those that are not shrunk
        self._lock = Lock()
        self.size = 0

    def __len__(self) -> int:
        return len(self._kept)

    def find(self, key: str) -> tuple[Any, Answer] | None:
        """Return the answer that is kept by a key, and the state in which it was given."""
        with self._lock:
            found = self._kept.get(key)
            if found is None:
                return None
            self._kept.move_to_end(key)
            if key in self._whole:
                self._whole.move_to_end(key)
            return found[0], found[1]

    def keep(self, key: str, state: Any, answer: Answer) -> None:
        """Keep an answer in the place of the one before."""
        most = MOST_BYTES // self._share
        with self._lock:
            self._forget(key)
            self._kept[key], self._whole[key] = (state, answer, answer.size), None
            self.size += answer.size
            while self.size > most and len(self._whole) > 1:
                self._shrink(next(iter(self._whole)))
            while self.size > most and len(self._kept) > 1:
                self._forget(next(iter(self._kept)))

    def _shrink(self, key: str) -> None:
        state, answer, size = self._kept[key]
        if not answer.shrink():  # nobody asks for it by gzip
            self._forget(key)
            return
        del self._whole[key]
        self._kept[key] = state, answer, answer.size
        self.size += answer.size - size

    def _forget(self, key: str) -> None:
        self.size -= self._kept.pop(key, (None, None, 0))[2]
        self._whole.pop(key, None)


class Lists:
    """What feeds hold, by key; those that nobody has asked for the longest are forgotten once they are too many."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, tuple[Any, int]] = OrderedDict()
        self._lock = Lock()
        self.size = 0

    def find(self, key: str) -> Any:
        """Return what is kept by a key; None if nothing is."""
        with self._lock:
            found = self._kept.get(key)
            if found is None:
                return None
            self._kept.move_to_end(key)
            return found[0]

    def keep(self, key: str, held: Any, size: int) -> None:
        """Keep it in the place of the one before; `size`: the octets of its entries, which others may share."""
        with self._lock:
            self.size += size - self._kept.pop(key, (None, 0))[1]
            self._kept[key] = held, size
            while self.size > MOST_OF_ENTRIES and len(self._kept) > 1:
                self.size -= self._kept.popitem(last=False)[1][1]


class Memory:
    """What one process keeps of feeds. Nothing in it is shown without asking which state the programme is in."""

    def __init__(self) -> None:
        self.answers = Answers()
        self.own = Answers(OWN_SHARE)  # private feeds
        self.known: dict[Asked, _Known] = {}
        self.lists = Lists()
        self.versions = Versions()
        self._prepared: dict[Hashable, Any] = {}
        self._lock = Lock()

    def prepared(self, key: Hashable, make: Callable[[], T]) -> T:
        """Return the statement that is kept by a key; makes it, which may take longer than to answer it."""
        known: T | None = self._prepared.get(key)
        if known is None:
            known = make()
            with self._lock:
                while len(self._prepared) >= MOST_PREPARED:
                    del self._prepared[next(iter(self._prepared))]
                self._prepared[key] = known
        return known

    def learn(self, asked: Asked, known: _Known) -> None:
        """Keep what was sent to an address; the oldest are forgotten once they are too many."""
        if sum(map(len, asked)) > LONGEST_ADDRESS:
            return
        with self._lock:
            self.known.pop(asked, None)
            while len(self.known) >= MOST_ANSWERS:  # one answer has as many addresses as somebody makes up
                del self.known[next(iter(self.known))]
            self.known[asked] = known


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
            if known.state == (self._version(), clock.now().date()):
                if is_known(known, environ):
                    return self._same(known, environ, start, began)
                kept = self.memory.answers.find(known.key)
                if kept is not None and kept[1].etag == known.etag:
                    return self._repeat(known, kept[1], environ, start, began)
        return self._learn(asked, environ, start)

    def _version(self) -> int:
        """Return the programme's version, by the shortest way that the database offers; -1 if it does not answer."""
        try:
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
        except Exception:  # the edge: whatever is wrong with the database, the application says it
            return -1
        return int(row[0]) if row else 0

    def _learn(self, asked: Asked, environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
        seen: list[tuple[str, Headers]] = []

        def noting(status: str, headers: Headers, *more: Any) -> Callable[[bytes], object]:
            seen.append((status, headers))
            return start(status, headers, *more)

        body = self.inner(environ, noting)
        sent: tuple[str, Answer, State] | None = environ.get(ANSWER)
        if sent is not None and seen and seen[-1][0].startswith("200"):
            key, answer, state = sent
            kept = [(name, value) for name, value in seen[-1][1] if name.lower() not in _OWN]
            known = _Known(state, key, answer.etag, answer.last_modified, kept, environ.get(ROUTE, ""))
            self.memory.learn(asked, known)
        return body

    def _same(self, known: _Known, environ: "WSGIEnvironment", start: "StartResponse", began: float) -> Iterable[bytes]:
        request_id = token_hex(6)
        headers = [pair for pair in known.headers if not pair[0].lower().startswith("content-")]
        headers.append(("X-Request-Id", request_id))
        headers += [pair for pair in known.headers if pair[0] == "Content-Security-Policy"]
        _log(environ, known, 304, request_id, began)
        start("304 Not Modified", headers)
        return []

    def _repeat(
        self, known: _Known, answer: Answer, environ: "WSGIEnvironment", start: "StartResponse", began: float
    ) -> Iterable[bytes]:
        request_id, body = token_hex(6), answer.body
        headers = [*known.headers, ("X-Request-Id", request_id)]
        if wants_gzip(environ):
            body = answer.zipped
            headers.append(("Content-Encoding", "gzip"))
        headers.append(("Content-Length", str(len(body))))
        _log(environ, known, 200, request_id, began)
        start("200 OK", headers)
        return [] if environ["REQUEST_METHOD"] == "HEAD" or not body else [body]


def _log(environ: "WSGIEnvironment", known: _Known, status: int, request_id: str, began: float) -> None:
    """Log a request as web/log.py does; that it stands here is not looked up each time."""
    fields = {
        "request_id": request_id,
        "method": environ["REQUEST_METHOD"],
        "route": known.route,
        "status": status,
        "ms": round((perf_counter() - began) * 1000, 1),
        "role": None,
    }
    if log.LOGGER.isEnabledFor(INFO):
        extra = {"fields": fields}
        log.LOGGER.handle(log.LOGGER.makeRecord(log.LOGGER.name, INFO, __name__, 0, "request", (), None, extra=extra))


def memory_of(app: Flask) -> Memory:
    """Return the application's memory; puts the door before it at first."""
    known: Memory | None = app.extensions.get("cag_feeds")
    if known is None:
        known = app.extensions["cag_feeds"] = Memory()
        app.wsgi_app = Door(app, app.wsgi_app, known)  # type: ignore[assignment, method-assign]
    return known
