"""Reads what a calendar answers to an invitation (RFC 5546 §3.2.3): octets from strangers, within limits.

Not with a library for calendars: of all that a stranger may send, seven properties of one component are wanted, and no
text, no zone, no rule and no address but the organizer's and the attendee's is looked at.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from urllib.parse import unquote

MOST_LINES: Final = 5_000
MOST_DEPTH: Final = 5
MOST_ATTENDEES: Final = 20
MOST_SEQUENCE: Final = 2**31 - 1  # of RFC 5545 §3.3.8
LONGEST_UID: Final = 255
METHODS: Final = frozenset({"REPLY", "COUNTER", "REFRESH"})  # what attendees send
_LINE: Final = re.compile(r'([A-Za-z0-9-]{1,60})((?:;[A-Za-z0-9-]{1,60}=(?:"[^"]*"|[^";:]*))*):(.*)', re.DOTALL)
_PARAMETER: Final = re.compile(r';([A-Za-z0-9-]+)=(?:"([^"]*)"|([^";:]*))')
_STAMP: Final = re.compile(r"(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z")
_TYPES: Final = frozenset({"UID", "SEQUENCE", "DTSTAMP", "ATTENDEE", "ORGANIZER", "RECURRENCE-ID"})


class Unreadable(Exception):
    """It is no answer that anybody could act on; the reason is a word for the log, never a word of its text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarAnswer:
    """What one attendee says of one entry. Addresses are as they were sent, without `mailto:`."""

    method: str
    uid: str
    sequence: int
    stamp: datetime
    organizer: str = ""
    attendee: str = ""
    partstat: str = ""
    is_delegated: bool = False  # somebody else is to come, or several answer at once
    is_of_one_date: bool = False  # of a series, which ours never are


@dataclass(frozen=True, slots=True)
class _Property:
    name: str
    parameters: dict[str, str]
    value: str


def read_answer(text: str) -> CalendarAnswer:
    """Return the answer in an iCalendar text. Raises Unreadable for all else."""
    method, found = _collect(text)
    if method not in METHODS:
        raise Unreadable("method")
    attendees = [one for one in found if one.name == "ATTENDEE"]
    if len(attendees) > MOST_ATTENDEES:
        raise Unreadable("attendees")
    organizer = _only(found, "ORGANIZER")
    first = attendees[0] if attendees else None
    return CalendarAnswer(
        method=method,
        uid=_uid(found),
        sequence=_sequence(found),
        stamp=_stamp(found),
        organizer=_mailbox(organizer.value) if organizer else "",
        attendee=_mailbox(first.value) if first else "",
        partstat=first.parameters.get("PARTSTAT", "NEEDS-ACTION").upper()[:20] if first else "",
        is_delegated=len(attendees) > 1 or bool(first and {"DELEGATED-TO", "DELEGATED-FROM"} & set(first.parameters)),
        is_of_one_date=_only(found, "RECURRENCE-ID") is not None,
    )


def _collect(text: str) -> tuple[str, list[_Property]]:
    """Return the method and those properties of the one VEVENT that are wanted."""
    stack: list[str] = []
    methods: list[str] = []
    found: list[_Property] = []
    calendars = events = 0
    for one in _properties(text):
        if one.name == "BEGIN":
            stack.append(one.value.strip().upper())
            calendars += stack == ["VCALENDAR"]
            events += stack == ["VCALENDAR", "VEVENT"]
            if len(stack) > MOST_DEPTH or calendars > 1 or events > 1:
                raise Unreadable("structure")
        elif one.name == "END":
            if not stack or stack.pop() != one.value.strip().upper():
                raise Unreadable("structure")
        elif stack == ["VCALENDAR"] and one.name == "METHOD":
            methods.append(one.value.strip().upper())
        elif stack == ["VCALENDAR", "VEVENT"] and one.name in _TYPES:
            found.append(one)
    if stack or not events or len(methods) != 1:
        raise Unreadable("structure")
    return methods[0], found


def _properties(text: str) -> Iterator[_Property]:
    """Yield the content lines, unfolded; those that are none are passed over, as every program does."""
    lines: list[list[str]] = []
    physical = re.split(r"\r\n|\n|\r", text.removeprefix("\ufeff"))
    if len(physical) > MOST_LINES:
        raise Unreadable("length")
    for line in physical:
        if line[:1] in {" ", "\t"} and lines:
            lines[-1].append(line[1:])
        elif line:
            lines.append([line])
    for parts in lines:
        if match := _LINE.fullmatch("".join(parts)):
            name, parameters, value = match.groups()
            pairs = {key.upper(): quoted or bare for key, quoted, bare in _PARAMETER.findall(parameters)}
            yield _Property(name.upper(), pairs, value)


def _only(found: list[_Property], name: str) -> _Property | None:
    named = [one for one in found if one.name == name]
    if len(named) > 1:
        raise Unreadable(name.lower())
    return named[0] if named else None


def _uid(found: list[_Property]) -> str:
    uid = _only(found, "UID")
    value = uid.value.strip() if uid else ""
    if not value or len(value) > LONGEST_UID or not value.isascii() or not value.isprintable():
        raise Unreadable("uid")
    return value


def _sequence(found: list[_Property]) -> int:
    """The number that the answer is about; without one it is 0 (RFC 5545 §3.8.7.4)."""
    sequence = _only(found, "SEQUENCE")
    value = sequence.value.strip() if sequence else "0"
    if not (value.isascii() and value.isdigit() and len(value) <= 10) or int(value) > MOST_SEQUENCE:
        raise Unreadable("sequence")
    return int(value)


def _stamp(found: list[_Property]) -> datetime:
    stamp = _only(found, "DTSTAMP")
    match = _STAMP.fullmatch(stamp.value.strip()) if stamp else None
    if match is None:
        raise Unreadable("dtstamp")
    try:
        return datetime(*map(int, match.groups()), tzinfo=UTC)  # type: ignore[misc, arg-type]
    except ValueError as fault:
        raise Unreadable("dtstamp") from fault


def _mailbox(value: str) -> str:
    """Return the address of a `mailto:` URI; some programs leave that out, or write the address with escapes."""
    address = value.strip()
    if address[:7].casefold() == "mailto:":
        address = address[7:]
    return unquote(address.partition("?")[0]).strip()[:254]
