"""A feed's octets and how they are sent, whatever room writes them: ETag, Last-Modified, 304, gzip (RFC 9110)."""

import gzip
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from hashlib import sha256
from threading import Lock
from typing import TYPE_CHECKING, Any, Final, Protocol

from flask import Response, request
from werkzeug.datastructures import Accept, Headers
from werkzeug.http import http_date, parse_accept_header, parse_date, parse_etags

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

CALENDAR: Final = "text/calendar; charset=utf-8"
PRIVATE: Final = {"Cache-Control": "private, no-cache"}  # of a secret address
# Of a machine's route. Slashes are not merged: the redirect to the right address would hold a secret one, in HTML.
GET_ONLY: Final[dict[str, Any]] = {"methods": ["GET"], "provide_automatic_options": False, "merge_slashes": False}
_LEVEL: Final = 6
_zipping = Lock()


class Answer:
    """What a feed's address says until something changes.

    `is_file`: of one event, to be saved, not subscribed to; `etag`: a hash of the body if not given.
    """

    def __init__(
        self,
        body: bytes,
        content_type: str,
        last_modified: datetime,
        file_name: str,
        *,
        is_file: bool = False,
        etag: str = "",
    ) -> None:
        self.content_type = content_type
        self.last_modified = last_modified
        self.file_name = file_name
        self.is_file = is_file
        self.etag = etag or sha256(body).hexdigest()
        self._body: bytes | None = body
        self._zipped = b""

    @property
    def body(self) -> bytes:
        """The octets as they are sent to those who do not ask for gzip."""
        body = self._body
        return gzip.decompress(self._zipped) if body is None else body

    @property
    def zipped(self) -> bytes:
        """The body by gzip, made once, the same octets each time."""
        if not self._zipped:
            with _zipping:
                self._zipped = self._zipped or gzip.compress(self.body, _LEVEL, mtime=0)
        return self._zipped

    @property
    def size(self) -> int:
        """How many bytes of memory it takes, with its gzip, which may not be made yet."""
        return 1_000 + (len(self._zipped) if self._body is None else len(self._body) * 5 // 4)

    def shrink(self) -> bool:
        """Keep the body by gzip alone if that has been asked for; tell whether it is so kept."""
        if self._zipped:
            self._body = None
        return self._body is None

    def headers(self) -> dict[str, str]:
        """Return the headers that tell what this is, the same for GET, HEAD and, but for its kind, 304."""
        disposition = "attachment" if self.is_file else "inline"
        return {
            "Content-Type": self.content_type,
            "Content-Disposition": f'{disposition}; filename="{self.file_name}"',
            "ETag": f'W/"{self.etag}"',
            "Last-Modified": http_date(self.last_modified),
            "Vary": "Accept-Encoding",
        }


class Validators(Protocol):
    """What tells one answer from another."""

    @property
    def etag(self) -> str:
        """The opaque part of its entity tag."""

    @property
    def last_modified(self) -> datetime:
        """When it last changed."""


def is_known(answer: Validators, environ: Mapping[str, Any]) -> bool:
    """Tell whether the client has these octets already; If-None-Match decides alone where it is sent."""
    if tags := environ.get("HTTP_IF_NONE_MATCH"):
        return parse_etags(tags).contains_weak(answer.etag)
    if since := environ.get("HTTP_IF_MODIFIED_SINCE"):
        moment = parse_date(since)
        return moment is not None and answer.last_modified.replace(microsecond=0) <= moment
    return False


def wants_gzip(environ: Mapping[str, Any]) -> bool:
    """Tell whether the client names gzip among the encodings that it takes (RFC 9110 §12.5.3); `*` names nothing."""
    return _names_gzip(environ.get("HTTP_ACCEPT_ENCODING", ""))


@lru_cache(maxsize=64)  # programs send the same few over and over
def _names_gzip(wanted: str) -> bool:
    wanted = wanted.lower()
    if "gzip" not in wanted:
        return False
    return any(name == "gzip" and quality > 0 for name, quality in parse_accept_header(wanted, Accept))


class NotModified(Response):
    """304 with the date of what is known, which Werkzeug takes out: some programs keep it for the next time."""

    def get_wsgi_headers(self, environ: "WSGIEnvironment") -> Headers:
        """Return what is sent."""
        headers = super().get_wsgi_headers(environ)
        headers["Last-Modified"] = self.headers["Last-Modified"]
        return headers


def respond(answer: Answer, more: Mapping[str, str]) -> Response:
    """Send an answer: 304 to those who have it, by gzip to those who ask for that."""
    headers = {**answer.headers(), **more}
    if is_known(answer, request.environ):
        response = NotModified(status=304, headers={k: v for k, v in headers.items() if not k.startswith("Content-")})
        response.headers.pop("Content-Type", None)
        return response
    body = answer.body
    if wants_gzip(request.environ):
        body = answer.zipped
        headers["Content-Encoding"] = "gzip"
    return Response(body, headers=headers)
