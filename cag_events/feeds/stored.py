"""Stored VEVENTs as octets: put a version in, make a tombstone, tell what is significant. Nothing is parsed anew."""

import re
from datetime import UTC, datetime
from hashlib import sha256
from typing import Final

from cag_events.domain import when
from cag_events.domain.calendar import lines
from cag_events.domain.calendar.rules import read_rule

_STAMP: Final = re.compile(rb"^(DTSTAMP|LAST-MODIFIED):\d{8}T\d{6}Z\r\n", re.MULTILINE)
_SEQUENCE: Final = re.compile(rb"^SEQUENCE:\d+\r\n", re.MULTILINE)
_FOLD: Final = re.compile(rb"\r\n ")
_SIGNIFICANT: Final = (b"DTSTART", b"DTEND", b"RRULE", b"EXDATE", b"RECURRENCE-ID", b"STATUS", b"LOCATION")
_KEPT: Final = (
    *(b"BEGIN", b"END", b"UID", b"DTSTAMP", b"SEQUENCE", b"CREATED", b"LAST-MODIFIED"),
    *(b"RECURRENCE-ID", b"DTSTART", b"DTEND", b"RRULE", b"EXDATE"),
)


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
        if line in (b"BEGIN:VEVENT", b"END:VEVENT") or (depth == 1 and name in _KEPT and name != b"END"):
            kept.append(lines.fold(line))
    return b"".join(kept)


def repeated(body: bytes) -> frozenset[datetime]:
    """Return the instants that the rule of a VEVENT gives, but for the dates that it leaves out; none without one."""
    if b"\r\nRRULE:" not in body:
        return frozenset()
    first = _lines(body[: body.index(b"\r\nEND:VEVENT\r\n") + 2])
    said = {_name(line): line.partition(b":") for line in first}
    tz = said[b"DTSTART"][0].partition(b"TZID=")[2].decode()
    if not tz:
        return frozenset()
    start = datetime.fromisoformat(said[b"DTSTART"][2].decode())
    given = read_rule(said[b"RRULE"][2].decode(), start, tz).starts()
    left_out = {line.partition(b":")[2].decode() for line in first if _name(line) == b"EXDATE"}
    return frozenset(when.meant_by(moment, tz) for moment in given if lines.wall(moment) not in left_out)


def _lines(body: bytes) -> list[bytes]:
    return _FOLD.sub(b"", body).split(b"\r\n")[:-1]


def _name(line: bytes) -> bytes:
    return re.split(rb"[;:]", line, maxsplit=1)[0]
