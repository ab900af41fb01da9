r"""Content lines of iCalendar as octets: escaped, quoted, folded (RFC 5545 §3.1, §3.2, §3.3.11; RFC 6868).

Our own, since the serialiser of the `icalendar` library turns the letters `\N` of a text (as in `C:\News`) into a
line break, adds floating times and random values by itself, and takes several times as long.
"""

from datetime import UTC, date, datetime, timedelta
from typing import Final
from urllib.parse import quote

from cag_events.domain.calendar.text import clean_text

OCTETS: Final = 75  # of a line, without its CRLF (§3.1)
_BACKSLASH, _CARET = 0x5C, 0x5E
_MASK, _LATER = 0xC0, 0x80  # of the later octets of a UTF-8 character
_ESCAPES: Final = str.maketrans({"\\": r"\\", ";": r"\;", ",": r"\,", "\n": r"\n"})
_PARAMETER_ESCAPES: Final = str.maketrans({"^": "^^", "\n": "^n", '"': "^'"})


def line(name: str, value: str) -> bytes:
    """Return one content line of a name, with any parameters in it, and a value that needs no escaping.

    Raises ValueError for a control character, which would end the line or be refused by readers.
    """
    content = f"{name}:{value}"
    if not content.isprintable() and any(char < " " or char == "\x7f" for char in content):
        raise ValueError("a calendar line holds a control character")
    return fold(content.encode())


def text(name: str, value: str, *, single_line: bool = False) -> bytes:
    """Return one content line of a TEXT value, cleaned and escaped; nothing for an empty one."""
    cleaned = clean_text(value, single_line)
    return line(name, cleaned.translate(_ESCAPES)) if cleaned else b""


def texts(name: str, values: tuple[str, ...]) -> bytes:
    """Return one content line of several TEXT values; nothing if all are empty."""
    cleaned = (clean_text(value, single_line=True).translate(_ESCAPES) for value in values)
    joined = ",".join(value for value in cleaned if value)
    return line(name, joined) if joined else b""


def parameter(value: str) -> str:
    """Return a parameter value in quotes, escaped by RFC 6868."""
    return f'"{clean_text(value, single_line=True).translate(_PARAMETER_ESCAPES)}"'


def mailto(mail: str) -> str:
    """Return the address of a mailbox as a URI (RFC 6068)."""
    return "mailto:" + quote(mail.strip(), safe="@!$'*+-._~=")


def utc(moment: datetime) -> str:
    """Return an aware instant in UTC form, whole seconds."""
    return moment.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def wall(moment: datetime) -> str:
    """Return a naive wall time in local form, whole seconds."""
    return f"{moment.year:04}{moment.month:02}{moment.day:02}T{moment.hour:02}{moment.minute:02}{moment.second:02}"


def day(value: date) -> str:
    """Return a date."""
    return f"{value.year:04}{value.month:02}{value.day:02}"


def offset(value: timedelta) -> str:
    """Return an offset from UTC; seconds only where there are any (§3.3.14)."""
    seconds = int(value.total_seconds())
    hours, rest = divmod(abs(seconds), 3600)
    minutes, rest = divmod(rest, 60)
    return f"{'-' if seconds < 0 else '+'}{hours:02}{minutes:02}" + (f"{rest:02}" if rest else "")


def duration(value: timedelta) -> str:
    """Return a positive duration of whole minutes, in hours where it can be."""
    minutes = int(value.total_seconds()) // 60
    return f"PT{minutes // 60}H" if minutes and minutes % 60 == 0 else f"PT{minutes}M"


def fold(octets: bytes) -> bytes:
    """Return a content line with its CRLF, folded so that no character and no escape is torn apart."""
    if len(octets) <= OCTETS:
        return octets + b"\r\n"
    parts: list[bytes] = []
    start, room = 0, OCTETS
    while len(octets) - start > room:
        end = _cut(octets, start, start + room)
        parts.append(octets[start:end])
        start, room = end, OCTETS - 1  # the space that begins a continuation counts
    parts.append(octets[start:])
    return b"\r\n ".join(parts) + b"\r\n"


def _cut(octets: bytes, start: int, end: int) -> int:
    """Return the last place up to `end` where the line may be cut: before a character, not within an escape."""
    while octets[end] & _MASK == _LATER:
        end -= 1
    marker = octets[end - 1]
    if marker in {_BACKSLASH, _CARET}:
        run = end
        while run > start and octets[run - 1] == marker:
            run -= 1
        if (end - run) % 2 and end - 1 > start:
            end -= 1
    return end
