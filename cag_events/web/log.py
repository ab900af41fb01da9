"""What is logged: a line of JSON for each request on standard output, and a line for each fault.

A line holds the route's pattern, never a path, a query, a body, an address or a name; of a fault it holds the types and
the places in the code, never its message, since messages quote what people typed.
"""

import json
import logging
import secrets
import sys
import traceback
from time import perf_counter
from typing import Any

from flask import Flask, Response, g, has_request_context, request

from cag_events import clock

LOGGER = logging.getLogger("cag_events")


class JsonLine(logging.Formatter):
    """Writes a record as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line; a message of ours has no personal values, its parts stand in `fields`."""
        fields: dict[str, Any] = getattr(record, "fields", {})
        line = {"time": clock.now().isoformat(), "level": record.levelname.lower(), "message": record.msg, **fields}
        return json.dumps(line, ensure_ascii=False)


class Stdout(logging.StreamHandler[Any]):
    """Writes to whatever standard output is at the moment."""

    def __init__(self) -> None:
        super().__init__(sys.stdout)

    @property
    def stream(self) -> Any:
        """Standard output."""
        return sys.stdout

    @stream.setter
    def stream(self, _value: Any) -> None:
        """Nothing else can be set."""


def request_id() -> str:
    """Return the id of this request, which error pages show and log lines hold."""
    if "request_id" not in g:
        g.request_id = secrets.token_hex(6)
    known: str = g.request_id
    return known


def fault(exception: BaseException, level: int = logging.ERROR) -> None:
    """Log a fault: its types and where it happened, nothing that anybody typed."""
    fields: dict[str, Any] = {"fault": _types(exception), "at": _places(exception)}
    if has_request_context():
        fields |= {"request_id": request_id(), "route": _route()}
    LOGGER.log(level, "fault", extra={"fields": fields})


def init_app(app: Flask) -> None:
    """Log the requests of an application."""
    if not LOGGER.handlers:
        handler = Stdout()
        handler.setFormatter(JsonLine())
        LOGGER.addHandler(handler)
        LOGGER.setLevel(logging.INFO)
        LOGGER.propagate = False
    app.before_request(_begin)
    app.after_request(_end)


def _begin() -> None:
    g.began = perf_counter()


def _end(response: Response) -> Response:
    response.headers["X-Request-Id"] = request_id()
    actor = g.get("actor")
    fields = {
        "request_id": request_id(),
        "method": request.method if request.method in ("GET", "HEAD", "POST", "OPTIONS") else "other",
        "route": _route(),
        "status": response.status_code,
        "ms": round((perf_counter() - g.get("began", perf_counter())) * 1000, 1),
        "role": actor.role.value if actor and actor.role else None,
    }
    LOGGER.info("request", extra={"fields": fields})
    return response


def _route() -> str | None:
    return request.url_rule.rule if request.url_rule else None


def _types(exception: BaseException) -> str:
    names = []
    cause: BaseException | None = exception
    while cause is not None:
        names.append(f"{type(cause).__module__}.{type(cause).__name__}".removeprefix("builtins."))
        cause = cause.__cause__ or cause.__context__
    return " from ".join(names[:5])


def _places(exception: BaseException) -> list[str]:
    frames = traceback.extract_tb(exception.__traceback__)[-12:]
    return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
