"""Octets of any origin → the components in them, each with its lines; nothing here is believed, all of it bounded."""

import codecs
import quopri
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from cag_events.domain.calendar.text import clean_text
from cag_events.domain.errors import N_
from cag_events.imports.foreign import Left, Remark

MOST_LINES: Final = 300_000
LONGEST_LINE: Final = 60_000  # characters; a description is cut, a picture inside a line is not wanted
MOST_LINES_OF_ONE: Final = 2000
MOST_ENTRIES: Final = 10_000
MOST_LEFT: Final = 1000  # tasks, notes and the like that are named one by one
DEEPEST: Final = 8
SKIPPED: Final = frozenset({"VTODO", "VJOURNAL", "VFREEBUSY", "VAVAILABILITY"})
# Who comes is nobody's business here, and pictures inside lines are large: such lines are not even cut apart.
_UNREAD: Final = ("ATTENDEE", "ORGANIZER", "ATTACH", "IMAGE", "PHOTO", "X-MOZ-", "X-EVOLUTION-", "CONTACT")

_FOLD: Final = re.compile(rb"(?:\r\n|\r|\n)[ \t]")
_LINE_END: Final = re.compile(rb"\r\n|\r|\n")
_ESCAPED: Final = re.compile(r"\\(.)", re.DOTALL)
_PARAMETER: Final = re.compile(r";([^=;:\"]*)=((?:\"[^\"]*\"|[^\";:])*)")
_NAME: Final = re.compile(r"[A-Za-z0-9_-]+")
_RFC6868: Final = {"^n": "\n", "^'": '"', "^^": "^"}


@dataclass(frozen=True)
class Line:
    """One property: its parameters by name, and its value as it stands there."""

    name: str
    parameters: dict[str, str]
    value: str

    def text(self, *, single_line: bool = False) -> str:
        """Return the value as a TEXT, cleaned of what no text should hold."""
        return clean_text(_ESCAPED.sub(_unescaped, self.value), single_line)


@dataclass
class Component:
    """A part of a calendar, as VEVENT: its lines, and the parts inside it."""

    name: str
    lines: list[Line] = field(default_factory=list)
    inside: list["Component"] = field(default_factory=list)
    left: set[str] = field(default_factory=set)  # names of lines that were not read
    method: str = ""  # of the calendar around it
    fault: Remark | None = None

    def first(self, name: str) -> Line | None:
        """Return the first line of a name."""
        return next((line for line in self.lines if line.name == name), None)

    def every(self, name: str) -> Iterator[Line]:
        """Yield the lines of a name."""
        return (line for line in self.lines if line.name == name)


@dataclass
class Whole:
    """All that a file holds."""

    calendars: list[Component] = field(default_factory=list)
    events: list[Component] = field(default_factory=list)
    zones: list[Component] = field(default_factory=list)
    left: list[Left] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)


def _unescaped(match: re.Match[str]) -> str:
    return "\n" if match[1] in "nN" else match[1]


def lines_of(octets: bytes) -> list[str]:
    """Return a file's lines, unfolded, from UTF-8, UTF-16 or an 8-bit encoding, with any line ends."""
    octets = _eight_bit(octets)
    octets = _FOLD.sub(b"", octets)  # before decoding: some fold inside a character
    return [_decoded(line) for line in _LINE_END.split(octets, MOST_LINES)[:MOST_LINES]]


def _eight_bit(octets: bytes) -> bytes:
    for mark, encoding in ((codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be")):
        if octets.startswith(mark):
            return octets[2:].decode(encoding, "replace").encode("utf-8", "replace")
    head = octets[:64]
    if head.count(0) >= len(head) // 3 > 0:
        encoding = "utf-16-be" if head[0] == 0 else "utf-16-le"
        return octets.decode(encoding, "replace").encode("utf-8", "replace")
    return octets.removeprefix(codecs.BOM_UTF8)


def _decoded(line: bytes) -> str:
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError:
        cut = line.decode("utf-8", "ignore")
        # A character cut off by somebody's length limit, or a whole line of another encoding?
        return cut if len(line) - len(cut.encode()) <= 1 and not cut.isascii() else line.decode("cp1252", "replace")


def line_of(text: str) -> Line | None:
    """Return a line in parts, None for what is no property."""
    text = text[:LONGEST_LINE].replace("\x00", "")
    found = _NAME.match(text)
    if found is None:
        return None
    at = found.end()
    parameters: dict[str, str] = {}
    while match := _PARAMETER.match(text, at):
        key = match[1].strip().upper()
        parameters.setdefault(key, _bare(match[2]))
        at = match.end()
    if text[at : at + 1] != ":":
        at = text.find(":", at)  # parameters that nobody can read
        if at < 0:
            return None
    value = text[at + 1 :]
    if parameters.get("ENCODING", "").upper() == "QUOTED-PRINTABLE":
        value = _decoded(quopri.decodestring(value.encode())).replace("\r\n", "\\n").replace("\n", "\\n")
    return Line(found[0].upper(), parameters, value)


def _bare(value: str) -> str:
    value = value.strip().strip('"')
    return re.sub(r"\^[n'^]", lambda found: _RFC6868[found[0]], value)


class _Reader:
    """Puts lines together to components, whatever is missing between them."""

    def __init__(self) -> None:
        self.whole = Whole()
        self._open: list[Component] = []

    def read(self, lines: list[str]) -> Whole:
        for text in lines:
            upper = text[:40].strip().upper()
            if upper.startswith("BEGIN:"):
                self._begin(upper[6:].strip())
            elif upper.startswith("END:"):
                self._end(upper[4:].strip())
            elif self._open and text:
                self._keep(text)
        while self._open:
            self._close(N_("The file ends in the middle of it."), "cut_off")
        return self.whole

    def _begin(self, name: str) -> None:
        if name in ("VEVENT", "VCALENDAR", "VTIMEZONE", *SKIPPED):
            outer = () if name == "VCALENDAR" else ("VCALENDAR",)
            while self._open and self._open[-1].name not in outer:
                self._close(N_("It has no end."), "no_end")
        if len(self._open) < DEEPEST:
            self._open.append(Component(name))

    def _end(self, name: str) -> None:
        if any(part.name == name for part in self._open):
            while self._open[-1].name != name:
                self._close(N_("It has no end."), "no_end")
            self._close()

    def _close(self, fault: str = "", code: str = "") -> None:
        part = self._open.pop()
        if fault:
            part.fault = Remark(f"entry.{code}", fault)
        whole = self.whole
        match part.name:
            case "VEVENT":
                part.method = self._method()
                whole.events.append(part)
            case "VTIMEZONE":
                whole.zones.append(part)
            case "VCALENDAR":
                whole.calendars.append(part)
            case name if name in SKIPPED:
                title = part.first("SUMMARY")
                reason = Remark("entry.no_event", N_("It is no event, but a task, a note or a busy time."))
                whole.left.append(Left(name, title.text(single_line=True)[:200] if title else "", reason))
            case _ if self._open:
                outer = self._open[-1]
                if len(outer.inside) < MOST_LINES_OF_ONE:
                    outer.inside.append(part)

    def _method(self) -> str:
        """What the calendar that is open is meant for, as CANCEL; most say nothing."""
        said = next((line for part in self._open if (line := part.first("METHOD"))), None)
        return said.value.strip().upper() if said else ""

    def _keep(self, text: str) -> None:
        part = self._open[-1]
        name = text[:20].upper()
        if name.startswith(_UNREAD):
            part.left.add(next(word for word in _UNREAD if name.startswith(word)))
        elif len(part.lines) >= MOST_LINES_OF_ONE:
            part.left.add("MORE")
        elif line := line_of(text):
            part.lines.append(line)


def components_of(octets: bytes) -> Whole:
    """Return what a file holds. Never raises; what is too much is left out and said."""
    lines = lines_of(octets)
    whole = _Reader().read(lines)
    if len(lines) >= MOST_LINES:
        text = N_("The file is longer than %(number)s lines; the rest was not read.")
        whole.remarks.append(Remark("file.long", text, {"number": MOST_LINES}))
    if len(whole.events) > MOST_ENTRIES:
        text = N_("The file holds %(number)s entries; only the first %(most)s were read.")
        facts = {"number": len(whole.events), "most": MOST_ENTRIES}
        whole.remarks.append(Remark("file.many", text, facts))
        del whole.events[MOST_ENTRIES:]
    if len(whole.left) > MOST_LEFT:
        text = N_("The file holds %(number)s tasks, notes and busy times, which are no events.")
        whole.remarks.append(Remark("file.no_events", text, {"number": len(whole.left)}))
        del whole.left[MOST_LEFT:]
    return whole
