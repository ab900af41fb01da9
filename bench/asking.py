"""Requests as WSGI calls in this process: what an application costs without any server."""

import statistics
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any

from flask import Flask
from werkzeug.test import EnvironBuilder


class Ask:
    """A request that can be sent again and again; `status`, `headers` and `body` are those of the last answer."""

    def __init__(self, app: Flask, path: str, headers: Mapping[str, str] | None = None, form: Any = None) -> None:
        self.app = app
        builder = EnvironBuilder(
            path=path, headers=dict(headers or {}), method="POST" if form is not None else "GET", data=form
        )
        self.environ = builder.get_environ()
        self.sent = self.environ["wsgi.input"].read()
        self.status = ""
        self.headers: dict[str, str] = {}
        self.body = b""

    def __call__(self) -> bytes:
        """Send it."""
        environ = {**self.environ, "wsgi.input": BytesIO(self.sent)}
        answer = self.app(environ, self._start)
        self.body = b"".join(answer)
        if close := getattr(answer, "close", None):
            close()
        return self.body

    def _start(self, status: str, headers: list[tuple[str, str]], _exc_info: Any = None) -> Any:
        self.status, self.headers = status, dict(headers)

    def expect(self, status: int) -> "Ask":
        """Send it once and stop the run if the answer is another than it should be."""
        self()
        if not self.status.startswith(str(status)):
            raise SystemExit(f"{self.environ['PATH_INFO']} answers {self.status}, not {status}: {self.body[:300]!r}")
        return self


@contextmanager
def log_kept(path: Path) -> Iterator[None]:
    """Let what the applications log go into a file, as on a server; the table stays readable."""
    shown = sys.stdout
    with path.open("w", encoding="utf-8") as file:
        sys.stdout = file
        try:
            yield
        finally:
            sys.stdout = shown


def statements(app: Flask, ask: Ask, times: int = 1) -> int:
    """Return how many SQL statements a request runs, by counting at the database; the median of some times."""
    return statistics.median_low(_statements(app, ask) for _ in range(times))


def _statements(app: Flask, ask: Ask) -> int:
    from sqlalchemy import event

    from cag_events.db import db

    seen: list[str] = []

    def count(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith(("BEGIN", "SET LOCAL", "SAVEPOINT", "RELEASE")):
            seen.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", count)
    try:
        ask()
    finally:
        event.remove(engine, "before_cursor_execute", count)
    return len(seen)
