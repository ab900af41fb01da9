"""Stored VEVENTs as octets: put a version in, make a tombstone, tell what is significant. Nothing is parsed anew."""

import re
from datetime import UTC, datetime
from hashlib import sha256
from typing import Final

from cag_events.domain.calendar import lines

_STAMP: Final = re.compile(rb"^(DTSTAMP|LAST-MODIFIED):\d{8}T\d{6}Z\r\n", re.MULTILINE)
_SEQUENCE: Final = re.compile(rb"^SEQUENCE:\d+\r\n", re.MULTILINE)
_FOLD: Final = re.compile(rb"\r\n ")
_SIGNIFICANT: Final = (b"DTSTART", b"DTEND", b"RRULE", b"EXDATE", b"RECURRENCE-ID", b"STATUS", b"LOCATION")
_KEPT: Final = (
    *(b"BEGIN", b"END", b"UID", b"DTSTAMP", b"SEQUENCE", b"CREATED", b"LAST-MODIFIED"),
    *(b"RECURRENCE-ID", b"DTSTART", b"DTEND", b"RRULE", b"EXDATE"),
)
_EXDATE: Final = re.compile(rb"^EXDATE;[^:]*:(\S+)\r$", re.MULTILINE)


def versioned(body: bytes, sequence: int, changed: datetime) -> bytes:
    """Return a VEVENT with this SEQUENCE, DTSTAMP and LAST-MODIFIED."""
    stamp = lines.utc(changed.astimezone(UTC)).encode()
    return _SEQUENCE.sub(b"SEQUENCE:%d\r\n" % sequence, _STAMP.sub(rb"\1:" + stamp + b"\r\n", body))


def hash_of(body: bytes) -> bytes:
    """Return the SHA-256 of all but a VEVENT's version."""
    return sha256(_SEQUENCE.sub(b"", _STAMP.sub(b"", body))).digest()


def significant(body: bytes) -> list[bytes]:
    """Return the lines whose change everybody must be told of: time, recurrence, status, place (RFC 5546 §2.1.4)."""
    return [line for line in _lines(body) if _name(line) in _SIGNIFICANT]


def tombstone(body: bytes, words: str) -> bytes:
    """Return a VEVENT as withdrawn: UID and times, neutral words and nothing else."""
    summary = lines.text("SUMMARY", words, single_line=True)
    kept: list[bytes] = []
    depth = 0
    for line in _lines(body):
        name = _name(line)
        depth += (name == b"BEGIN") - (name == b"END")
        if line == b"END:VEVENT":
            kept.append(b"STATUS:CANCELLED\r\n" + summary + b"TRANSP:TRANSPARENT\r\n")
        if name in _KEPT and (depth == 1 or line in (b"BEGIN:VEVENT", b"END:VEVENT")):
            kept.append(lines.fold(line))
    return b"".join(kept)


def exdates(body: bytes) -> frozenset[str]:
    """Return the dates that a VEVENT leaves out, as they are written."""
    return frozenset(value.decode() for value in _EXDATE.findall(body))


def _lines(body: bytes) -> list[bytes]:
    return _FOLD.sub(b"", body).split(b"\r\n")[:-1]


def _name(line: bytes) -> bytes:
    return re.split(rb"[;:]", line, maxsplit=1)[0]
