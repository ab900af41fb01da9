"""The gate before every view: refuses what no honest browser sends, and says where a redirect may lead."""

import re
from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import unquote, unquote_to_bytes

from flask import Flask, current_app, request  # noqa: TID251 (its views say what they take)
from werkzeug.exceptions import (
    BadRequest,
    MethodNotAllowed,
    RequestEntityTooLarge,
    RequestURITooLarge,
    ServiceUnavailable,
)
from werkzeug.middleware.proxy_fix import ProxyFix

from cag_events import schema
from cag_events.config import Settings

MOST_QUERY_BYTES = 8 * 1024
MOST_BODY_BYTES = 2 * 1024 * 1024
MOST_FORM_BYTES = 500_000
MOST_PARTS = 300  # of a multipart form
MOST_FIELDS = 1000  # of a plain form
RETRY_SECONDS = 30  # after which a database that is being migrated is asked again
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE")
V = TypeVar("V", bound=Callable[..., Any])
_PATH = re.compile(r"/(?![/\\])[\w\-./?=&%]*")
_MOST_BYTES = "cag_most_bytes"  # of a view: how large a body it takes
_WHOLE = re.compile(r"[0-9]{1,15}")


def safe_next(target: str | None, default: str) -> str:
    """Return the target of a redirect if it is a plain path of this site, else the default."""
    return target if target and _PATH.fullmatch(unquote(target)) and _PATH.fullmatch(target) else default


def whole_number(text: str | None, default: int, *, least: int = 0, most: int = 10**15) -> int:
    """Return a number from a query; the default for anything that is not a whole number in range."""
    if text is None or not _WHOLE.fullmatch(text):
        return default
    number = int(text)
    return number if least <= number <= most else default


def page_number() -> int:
    """Return which page of a list the query asks for: 1 … 1000, else 1."""
    return whole_number(request.args.get("page"), 1, least=1, most=1000)


def takes_files(most_bytes: int) -> Callable[[V], V]:
    """Let a view take larger bodies than others: a file of so many bytes, and its form. Stands nearest to the view."""

    def decorate(view: V) -> V:
        setattr(view, _MOST_BYTES, most_bytes + MOST_FORM_BYTES)
        return view

    return decorate


def init_app(app: Flask, settings: Settings) -> None:
    """Set the limits of requests, the hosts we answer to, and how many proxies stand before us."""
    app.config.update(
        MAX_CONTENT_LENGTH=MOST_BODY_BYTES,
        MAX_FORM_MEMORY_SIZE=MOST_FORM_BYTES,
        MAX_FORM_PARTS=MOST_PARTS,
        TRUSTED_HOSTS=[settings.host, "localhost", "127.0.0.1", "[::1]"],
    )
    if count := settings.trusted_proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=0)  # type: ignore[method-assign]
    app.before_request(_check)
    app.before_request(_OwnSchema(app))
    app.teardown_request(_close_files)


class _OwnSchema:
    """Answers 503 while the database is at another revision than this program's; asks until it is at ours."""

    def __init__(self, app: Flask) -> None:
        with app.app_context():
            self.is_ours = self._look()

    def __call__(self) -> None:
        if self.is_ours or request.path == "/healthz":
            return
        self.is_ours = self._look()
        if not self.is_ours:
            raise ServiceUnavailable(retry_after=RETRY_SECONDS)

    @staticmethod
    def _look() -> bool:
        return schema.is_current()


def _check() -> None:
    environ = request.environ
    view = current_app.view_functions.get(request.endpoint or "")
    if (most := getattr(view, _MOST_BYTES, None)) is not None:
        request.max_content_length = most
    if request.method not in METHODS:
        raise MethodNotAllowed(valid_methods=list(METHODS))
    query = environ.get("QUERY_STRING", "")
    if len(query) > MOST_QUERY_BYTES or len(environ.get("PATH_INFO", "")) > MOST_QUERY_BYTES:
        raise RequestURITooLarge
    _decode(environ.get("PATH_INFO", "").encode("latin-1", "replace"))
    _decode(unquote_to_bytes(query.encode("latin-1", "replace")))
    if request.method in SAFE:
        return
    if request.headers.get("Sec-Fetch-Site") == "cross-site":
        raise BadRequest
    if request.mimetype == "application/x-www-form-urlencoded":
        body = request.get_data(cache=True)
        if len(body) > MOST_FORM_BYTES or body.count(b"&") > MOST_FIELDS:
            raise RequestEntityTooLarge
        _decode(unquote_to_bytes(body))
    elif request.mimetype == "multipart/form-data":
        _check_texts(request.form)


def _close_files(_fault: BaseException | None) -> None:
    """Let go of files that were sent, whoever refused them; large ones lie on the disk until then."""
    if request.mimetype == "multipart/form-data":
        request.close()


def _decode(raw: bytes) -> None:
    if b"\0" in raw:
        raise BadRequest
    try:
        raw.decode()
    except UnicodeDecodeError:
        raise BadRequest from None


def _check_texts(form: Any) -> None:
    for name, values in form.lists():
        for text in (name, *values):
            if "\0" in text or "\N{REPLACEMENT CHARACTER}" in text:
                raise BadRequest
