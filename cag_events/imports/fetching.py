"""Fetches a calendar from an address that somebody typed, and from nowhere else.

The host is looked up once, every address found must be public (`addresses.is_public`), and the connection goes to the
very address that was looked at: a name that changes its mind in between leads nowhere. Redirects are looked at anew.

The standard library's http.client is what it is built on: it asks no proxy of the environment, follows no redirect,
keeps no cookie and reads no .netrc by itself, and lets us connect where we have looked.
"""

import http.client
import io
import socket
import ssl
import threading
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import SplitResult, urljoin, urlsplit

from cag_events import __version__
from cag_events.domain.calendar.text import safe_uri
from cag_events.domain.errors import N_, Refused
from cag_events.imports.addresses import is_public

MOST_OCTETS: Final = 5_000_000  # of the calendar, unpacked
LONGEST_ADDRESS: Final = 2000
CONNECT_SECONDS: Final = 10.0
TOTAL_SECONDS: Final = 20.0
MOST_REDIRECTS: Final = 3
REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
USER_AGENT: Final = f"cag_events/{__version__} (reads calendars)"
_ASKED: Final = {
    "User-Agent": USER_AGENT,
    "Accept": "text/calendar, */*;q=0.1",
    "Accept-Encoding": "gzip",
    "Connection": "close",
}
_LOOPBACK: Final = frozenset({"127.0.0.1", "::1"})
_open_to_loopback = threading.Event()


@dataclass(frozen=True)
class Fetched:
    """A calendar's octets, and the mark by which its server knows this state of it.

    `is_unchanged`: the server says that nothing changed since the mark that was given; then there are no octets.
    """

    octets: bytes
    etag: str = ""
    is_unchanged: bool = False


@contextmanager
def loopback_allowed() -> Iterator[None]:
    """Let addresses of this machine be fetched: for tests with a server of their own. No setting leads here."""
    _open_to_loopback.set()
    try:
        yield
    finally:
        _open_to_loopback.clear()


def fetch_calendar(url: str, *, etag: str = "") -> Fetched:
    """Fetch a calendar over http, https or webcal (which is https).

    `etag`: the mark of the state that one has already. Raises Refused with field `url`: fetch.address, .private,
    .unknown_host, .unreachable, .certificate, .slow, .redirects, .insecure, .password, .gone, .status, .too_large,
    .not_calendar. What the server says in a refusal is told to nobody.
    """
    deadline = time.monotonic() + TOTAL_SECONDS
    address = _checked(url)
    for _ in range(MOST_REDIRECTS + 1):
        answer = _ask(address, etag, deadline)
        if answer.leads_to is None:
            return Fetched(answer.octets, answer.etag, is_unchanged=answer.is_unchanged)
        address = _next(address, answer.leads_to)
    raise _refused("redirects", N_("The address leads to another one, again and again. Give the last one."))


def looks_like_calendar(octets: bytes) -> bool:
    """Tell whether octets begin as calendars do, in any encoding that is met."""
    head = octets[:4096].replace(b"\x00", b"").upper()
    return b"BEGIN:VCALENDAR" in head or b"BEGIN:VEVENT" in head


@dataclass(frozen=True)
class _Answer:
    octets: bytes = b""
    etag: str = ""
    is_unchanged: bool = False
    leads_to: str | None = None


def _refused(code: str, text: str, **facts: Any) -> Refused:
    return Refused(f"fetch.{code}", text, field="url", **facts)


def _checked(url: str) -> SplitResult:
    """Return an address in parts. Raises Refused fetch.address."""
    url = url.strip()
    scheme, colon, rest = url.partition(":")
    if scheme.lower() in ("webcal", "webcals") and colon:
        url = f"https:{rest}"
    try:
        if len(url) > LONGEST_ADDRESS or "\\" in url:
            raise ValueError
        parts = urlsplit(safe_uri(url))
        port = parts.port
    except ValueError:  # UnicodeError of a host name is one
        raise _refused(
            "address", N_("Give the address of a calendar, like https://example.org/calendar.ics.")
        ) from None
    if port is not None and port not in (80, 443) and port < 1024:
        raise _refused("address", N_("No calendar is served at port %(port)s. Look at the address again."), port=port)
    return parts


def _next(here: SplitResult, location: str) -> SplitResult:
    try:
        there = _checked(urljoin(here.geturl(), location))
    except ValueError as fault:  # brackets that enclose no address
        raise _unreachable(here.hostname or "") from fault
    if here.scheme == "https" and there.scheme == "http":
        raise _refused("insecure", N_("The address leads to one without encryption, which is not followed."))
    return there


def _ask(address: SplitResult, etag: str, deadline: float) -> _Answer:
    host = address.hostname or ""
    port = address.port or (443 if address.scheme == "https" else 80)
    places = _places(host, port, deadline)
    connection = http.client.HTTPConnection(host, port)
    target = (address.path or "/") + (f"?{address.query}" if address.query else "")
    headers = {**_ASKED, **({"If-None-Match": etag} if etag and etag.isascii() and etag.isprintable() else {})}
    line = None
    try:
        line = _connect(places, host, deadline, is_secret=address.scheme == "https")
        connection.sock = line
        default = 443 if address.scheme == "https" else 80
        shown = f"[{host}]" if ":" in host else host
        connection.putrequest("GET", target, skip_host=True, skip_accept_encoding=True)
        connection.putheader("Host", shown if port == default else f"{shown}:{port}")
        for name, value in headers.items():
            connection.putheader(name, value)
        connection.endheaders()
        return _read(connection.getresponse())
    except ssl.SSLError as fault:
        if isinstance(fault, ssl.SSLCertVerificationError):
            text = N_("The certificate of %(host)s is not valid, so nobody knows who answers there.")
            raise _refused("certificate", text, host=host) from fault
        raise _unreachable(host) from fault
    except TimeoutError as fault:
        raise _slow(host) from fault
    except (OSError, http.client.HTTPException, ValueError) as fault:
        raise _unreachable(host) from fault
    finally:
        if line is not None:
            line.end()


def _unreachable(host: str) -> Refused:
    return _refused("unreachable", N_("%(host)s does not answer."), host=host)


def _slow(host: str) -> Refused:
    return _refused("slow", N_("%(host)s takes too long to answer. Try again later."), host=host)


def _places(host: str, port: int, deadline: float) -> list[tuple[Any, ...]]:
    """Look a host up, once; raise Refused fetch.private where one of its addresses is not the world's."""
    found: list[Any] = []

    def look() -> None:
        try:
            found.append(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
        except (OSError, UnicodeError) as fault:
            found.append(fault)

    seeker = threading.Thread(target=look, daemon=True)  # the system's look-up knows no time limit
    seeker.start()
    seeker.join(min(CONNECT_SECONDS, max(0.0, deadline - time.monotonic())))
    if not found:
        raise _slow(host)
    if isinstance(found[0], Exception) or not found[0]:
        raise _refused("unknown_host", N_("There is no server called %(host)s."), host=host)
    if not all(_may_be_asked(place[4][0]) for place in found[0]):
        raise _refused("private", N_("%(host)s lies inside a private network, where nothing is fetched."), host=host)
    return list(found[0])


def _may_be_asked(address: str) -> bool:
    return is_public(address) or (_open_to_loopback.is_set() and address in _LOOPBACK)


def _connect(places: list[tuple[Any, ...]], host: str, deadline: float, *, is_secret: bool) -> "_Line":
    """Connect to the first of the addresses that answers; the certificate must be the host's."""
    fault: OSError = OSError("no address")
    connect_by = min(deadline, time.monotonic() + CONNECT_SECONDS)
    for family, kind, protocol, _, place in places[:4]:
        sock = socket.socket(family, kind, protocol)
        try:
            sock.settimeout(_left(connect_by))
            sock.connect(place)
            if is_secret:
                sock = _trust().wrap_socket(sock, server_hostname=host)
            return _Line(sock, deadline)
        except ssl.SSLError:
            sock.close()
            raise
        except OSError as failed:
            sock.close()
            fault = failed
    raise fault


def _trust() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def _left(deadline: float) -> float:
    seconds = deadline - time.monotonic()
    if seconds <= 0:
        raise TimeoutError
    return seconds


class _Stream(io.RawIOBase):
    """What comes over a socket until a moment, however slowly its other end drips."""

    def __init__(self, sock: socket.socket, deadline: float) -> None:
        self._sock = sock
        self._deadline = deadline

    def readable(self) -> bool:
        """It is read from."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Read what has come, or raise TimeoutError."""
        self._sock.settimeout(_left(self._deadline))
        return self._sock.recv_into(buffer)


class _Line:
    """A socket with an end in time: as much of one as http.client asks for."""

    def __init__(self, sock: socket.socket, deadline: float) -> None:
        self._sock = sock
        self._deadline = deadline

    def sendall(self, octets: bytes) -> None:
        """Send all, or raise TimeoutError."""
        self._sock.settimeout(_left(self._deadline))
        self._sock.sendall(octets)

    def makefile(self, _mode: str) -> io.BufferedReader:
        """Return what the answer is read from."""
        return io.BufferedReader(_Stream(self._sock, self._deadline))

    def close(self) -> None:
        """Stay open: http.client closes before it reads, where the server closes after it has written."""

    def end(self) -> None:
        """Close the socket."""
        self._sock.close()


def _read(response: http.client.HTTPResponse) -> _Answer:
    if response.status in REDIRECTS:
        return _Answer(leads_to=response.getheader("Location") or "")
    if response.status == 304:
        return _Answer(etag=response.getheader("ETag") or "", is_unchanged=True)
    if response.status in (401, 403):
        raise _refused("password", N_("The calendar is not public: its server wants a password or a secret address."))
    if response.status in (404, 410):
        raise _refused("gone", N_("There is no calendar at this address (any more)."))
    if response.status != 200:
        raise _refused("status", N_("The server answers with fault %(status)s."), status=response.status)
    octets = _unpacked(response)
    if not looks_like_calendar(octets):
        raise _refused("not_calendar", N_("What is at this address is no calendar. Look for a link that ends in .ics."))
    return _Answer(octets, (response.getheader("ETag") or "")[:200])


def _unpacked(response: http.client.HTTPResponse) -> bytes:
    """Read an answer's octets, at most MOST_OCTETS of them, packed or not."""
    encoding = (response.getheader("Content-Encoding") or "identity").strip().lower()
    if encoding not in ("identity", "", "gzip", "x-gzip"):
        raise _refused("not_calendar", N_("The server packs the calendar in a way that is not known here."))
    unpack = zlib.decompressobj(wbits=31) if "gzip" in encoding else None
    whole = bytearray()
    try:
        while octets := response.read1(65536):
            while octets:
                part = octets if unpack is None else unpack.decompress(octets, MOST_OCTETS + 1 - len(whole))
                octets = b"" if unpack is None else unpack.unconsumed_tail
                whole += part
                if len(whole) > MOST_OCTETS:
                    raise _refused(
                        "too_large", N_("The calendar is larger than %(size)s MB."), size=MOST_OCTETS // 1_000_000
                    )
                if unpack is not None and unpack.eof:
                    return bytes(whole)
    except zlib.error as fault:
        raise OSError("packed badly") from fault
    if unpack is not None or response.length:
        raise OSError("cut off")
    return bytes(whole)
