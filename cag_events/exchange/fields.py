"""What a field of a programme file may hold: each type reads, checks, writes and describes itself.

`read()` turns what TOML or JSON gave into plain values (dates as date, wall times as text) or names a fault and returns
BAD; `write()` turns plain values back; `schema()` describes the same for editors, as JSON Schema.
"""

import datetime as dt
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Protocol
from urllib.parse import urlsplit

from cag_events.domain import when
from cag_events.domain.texts import composed
from cag_events.exchange.faults import Place, nearest

BAD: Final = object()  # what read() returns where it has named a fault
WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
TEXT_LANGUAGES: Final = ("sv", "en", "ru", "ky", "kk", "tg", "uz", "fa", "uk", "ar", "de", "fr", "es", "fi", "nb", "da")
SPOKEN_LANGUAGES: Final = (*TEXT_LANGUAGES, "so", "tr", "ps", "pl", "swl", "ase", "rsl", "is")
LINE: Final = 300
PROSE: Final = 20_000
MOST: Final = 2_000  # items of a list
_FORBIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufffe\uffff\ud800-\udfff]"
)
_KEY = re.compile(r"[a-z0-9](?:[a-z0-9_-]{0,98}[a-z0-9])?")
_CLOCK = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")
_EMAIL = re.compile(r"[^@\s\"(),:;<>\\\[\]]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,250})[A-Za-z0-9]")


@dataclass
class Reading:
    """What reading needs to know: the Monday that weeks count from, and the keys that may be referred to."""

    anchor: dt.date | None = None
    keys: Mapping[str, set[str]] = field(default_factory=dict)
    complete: bool = True  # a new row must say all that is required; one that exists may say only what changes


class Type(Protocol):
    """A type of values."""

    def read(self, value: Any, place: Place, reading: Reading) -> Any:
        """Return the plain value, or name a fault and return BAD."""

    def write(self, value: Any) -> Any:
        """Return a plain value as it stands in a file; dates stay dates."""

    def schema(self) -> dict[str, Any]:
        """Describe the type as JSON Schema."""


@dataclass(frozen=True)
class Text:
    """A text of one line, or with `prose` of several; normalised to NFC."""

    most: int = LINE
    prose: bool = False

    def read(self, value: Any, place: Place, _reading: Reading) -> Any:
        """Refuse what is no text, too long, or holds signs that do not show."""
        if not isinstance(value, str):
            return refuse(place, f"is {kind_of(value)}, not a text")
        if len(value) > self.most:
            return refuse(place, f"is {len(value)} characters long; {self.most} at most")
        if found := _FORBIDDEN.search(value):
            return refuse(place, f"holds the control character U+{ord(found[0]):04X}")
        if not self.prose and ("\n" in value or "\r" in value or "\t" in value):
            return refuse(place, "holds a line break or a tab; it is one line")
        return composed(value)

    def write(self, value: Any) -> Any:
        """Return the text."""
        return value

    def schema(self) -> dict[str, Any]:
        """Describe a text."""
        return {"type": "string", "maxLength": self.most}


@dataclass(frozen=True)
class Pattern:
    """A text of a certain form."""

    pattern: re.Pattern[str]
    what: str
    check: Callable[[str], bool] = lambda _: True
    may_be_empty: bool = False

    def read(self, value: Any, place: Place, _reading: Reading) -> Any:
        """Refuse what has another form."""
        if not isinstance(value, str):
            return refuse(place, f"is {kind_of(value)}, not {self.what}")
        if self.may_be_empty and not value:
            return value
        if not self.pattern.fullmatch(value) or not self.check(value):
            return refuse(place, f"{_shown(value)} is not {self.what}")
        return value

    def write(self, value: Any) -> Any:
        """Return the text."""
        return value

    def schema(self) -> dict[str, Any]:
        """Describe the form."""
        described = {"type": "string", "pattern": f"^(?:{self.pattern.pattern})$"}
        return {"anyOf": [{"const": ""}, described]} if self.may_be_empty else described


def _is_link(text: str) -> bool:
    try:
        parts = urlsplit(text)
        _ = parts.port
    except ValueError:
        return False
    return bool(parts.hostname) and parts.username is None and not _FORBIDDEN.search(text)


KEY: Final = Pattern(_KEY, "a key (small letters, digits, - and _)")
CLOCK: Final = Pattern(_CLOCK, "a time like 18:00")
EMAIL: Final = Pattern(_EMAIL, "an e-mail address", may_be_empty=True)
LINK: Final = Pattern(re.compile(r"https?://[^\s\\]{1,1990}"), "an address like https://example.org", _is_link, True)
COUNTRY: Final = Pattern(re.compile(r"[A-Z]{2}"), "a country's two letters", may_be_empty=True)
RULE: Final = Pattern(re.compile(r"FREQ=[A-Z0-9=;,:+-]{1,190}"), "a rule for repeating like FREQ=WEEKLY;COUNT=5")
ZONE: Final = Pattern(
    re.compile(r"[A-Za-z0-9_+/-]{1,64}"), "a time zone like Europe/Stockholm", lambda name: name in when.zone_names()
)


@dataclass(frozen=True)
class Number:
    """A whole number, or with `real` any; bounds included."""

    least: float = 0
    most: float = 1_000_000
    real: bool = False

    def read(self, value: Any, place: Place, _reading: Reading) -> Any:
        """Refuse what is no number or out of bounds."""
        if isinstance(value, bool) or not isinstance(value, int | float if self.real else int):
            return refuse(place, f"is {kind_of(value)}, not a {'number' if self.real else 'whole number'}")
        if isinstance(value, float) and not math.isfinite(value):
            return refuse(place, "is not a number")
        if not self.least <= value <= self.most:
            return refuse(place, f"is {_shown(value)}; from {self.least:g} to {self.most:g} is allowed")
        return value

    def write(self, value: Any) -> Any:
        """Return the number."""
        return value

    def schema(self) -> dict[str, Any]:
        """Describe the number."""
        return {"type": "number" if self.real else "integer", "minimum": self.least, "maximum": self.most}


@dataclass(frozen=True)
class Flag:
    """True or false."""

    def read(self, value: Any, place: Place, _reading: Reading) -> Any:
        """Refuse anything else."""
        return value if isinstance(value, bool) else refuse(place, f"is {kind_of(value)}, not true or false")

    def write(self, value: Any) -> Any:
        """Return it."""
        return value

    def schema(self) -> dict[str, Any]:
        """Describe it."""
        return {"type": "boolean"}


@dataclass(frozen=True)
class Choice:
    """One of a few words."""

    words: tuple[str, ...]

    def read(self, value: Any, place: Place, _reading: Reading) -> Any:
        """Refuse another word, naming the nearest."""
        if isinstance(value, str) and value in self.words:
            return value
        hint = nearest(value, self.words) if isinstance(value, str) else ""
        return refuse(place, f"{_shown(value)} is none of {', '.join(word or '(empty)' for word in self.words)}{hint}")

    def write(self, value: Any) -> Any:
        """Return the word."""
        return str(value)

    def schema(self) -> dict[str, Any]:
        """List the words."""
        return {"enum": list(self.words)}


@dataclass(frozen=True)
class Ref:
    """The key of a row of another table, in the file or in the database."""

    table: str
    may_be_empty: bool = False

    def read(self, value: Any, place: Place, reading: Reading) -> Any:
        """Refuse a key that no row has."""
        if not isinstance(value, str):
            return refuse(place, f"is {kind_of(value)}, not a key")
        if self.may_be_empty and not value:
            return value
        known = reading.keys.get(self.table, set())
        if value not in known:
            return refuse(place, f"{_shown(value)} is not among the {self.table}{nearest(value, known)}")
        return value

    def write(self, value: Any) -> Any:
        """Return the key."""
        return value

    def schema(self) -> dict[str, Any]:
        """Describe a key."""
        return {"type": "string", "maxLength": 254, "description": f"a key of {self.table}"}


@dataclass(frozen=True)
class Texts:
    """A text per language; a language without text is left out."""

    most: int = LINE
    prose: bool = False

    def read(self, value: Any, place: Place, reading: Reading) -> Any:
        """Refuse what is no table, and languages that nobody knows."""
        if not isinstance(value, dict):
            return refuse(place, f'is {kind_of(value)}, not texts by language like {{ sv = "…", en = "…" }}')
        texts: dict[str, str] = {}
        sound = True
        for language, text in value.items():
            if language not in TEXT_LANGUAGES:
                place.at(str(language)).say(f"is not a known language{nearest(str(language), TEXT_LANGUAGES)}")
                sound = False
            elif (read := Text(self.most, self.prose).read(text, place.at(language), reading)) is BAD:
                sound = False
            elif read.strip():
                texts[language] = read
        return texts if sound else BAD

    def write(self, value: Any) -> Any:
        """Return the texts."""
        return dict(value)

    def schema(self) -> dict[str, Any]:
        """Describe texts by language."""
        return {"$ref": "#/$defs/prose" if self.prose else "#/$defs/texts"}


@dataclass(frozen=True)
class Day:
    """A date; in a file also `{week, day}`, counted from the anchor."""

    def read(self, value: Any, place: Place, reading: Reading) -> Any:
        """Return the date that is meant."""
        if isinstance(value, dict):
            return read_point(value, place, reading)
        if isinstance(value, dt.datetime):
            return refuse(place, "is a time, not a date")
        if isinstance(value, dt.date):
            return value if 1900 <= value.year <= 2200 else refuse(place, f"{value} is too far away")
        if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", value):
            try:
                return self.read(dt.date.fromisoformat(value), place, reading)
            except ValueError:
                return refuse(place, f"{value} does not exist")
        return refuse(place, f"{_shown(value)} is not a date like 2027-03-08")

    def write(self, value: Any) -> Any:
        """Return the date."""
        return dt.date.fromisoformat(value) if isinstance(value, str) else value

    def schema(self) -> dict[str, Any]:
        """Describe a date or a point."""
        return {"$ref": "#/$defs/day"}


def read_point(value: Mapping[str, Any], place: Place, reading: Reading) -> Any:
    """Return the date of `{week, day}`: weeks from the anchor, and a weekday. Names a fault, and returns BAD."""
    week, day = value.get("week"), value.get("day")
    sound = True
    for name in value:
        if name not in ("week", "day"):
            place.at(name).say(f"is unknown{nearest(name, ('week', 'day'))}")
            sound = False
    if isinstance(week, bool) or not isinstance(week, int):
        place.at("week").say("is missing" if week is None else f"is {kind_of(week)}, not a whole number")
        sound = False
    elif not -5000 <= week <= 5000:
        place.at("week").say("is too far away")
        sound = False
    if day not in WEEKDAYS:
        place.at("day").say("is missing" if day is None else f"{_shown(day)} is none of {', '.join(WEEKDAYS)}")
        sound = False
    if not sound:
        return BAD
    if reading.anchor is None:
        return refuse(place, "counts weeks, but the file has no meta.anchor; give a date, or --anchor")
    assert isinstance(week, int)
    assert isinstance(day, str)
    return reading.anchor + dt.timedelta(weeks=week, days=WEEKDAYS.index(day))


@dataclass(frozen=True)
class ListOf:
    """A list of one type; `distinct`: nothing twice."""

    of: Type
    distinct: bool = False
    most: int = MOST

    def read(self, value: Any, place: Place, reading: Reading) -> Any:
        """Read each item."""
        if not isinstance(value, list):
            return refuse(place, f"is {kind_of(value)}, not a list")
        if len(value) > self.most:
            return refuse(place, f"has {len(value)} items; {self.most} at most")
        items = [self.of.read(item, place.item(number), reading) for number, item in enumerate(value)]
        if any(item is BAD for item in items):
            return BAD
        if self.distinct:
            for number, item in enumerate(items):
                if item in items[:number]:
                    return refuse(place.item(number), f"{_shown(item)} is given twice")
        return items

    def write(self, value: Any) -> Any:
        """Write each item."""
        return [self.of.write(item) for item in value]

    def schema(self) -> dict[str, Any]:
        """Describe the list."""
        described: dict[str, Any] = {"type": "array", "items": self.of.schema(), "maxItems": self.most}
        return described | ({"uniqueItems": True} if self.distinct else {})


def jsonable(value: Any) -> Any:
    """Return plain values as JSON keeps them: dates as 2027-03-08."""
    if isinstance(value, dict):
        return {name: jsonable(inner) for name, inner in value.items() if inner is not None}
    if isinstance(value, list):
        return [jsonable(inner) for inner in value]
    return value.isoformat() if isinstance(value, dt.date) else value


def refuse(place: Place, what: str) -> Any:
    """Name a fault and return BAD."""
    place.say(what)
    return BAD


def kind_of(value: Any) -> str:
    """Return in words what a value is."""
    if isinstance(value, bool):
        return "true or false"
    for kind, name in ((str, "a text"), (int, "a number"), (float, "a number"), (dict, "a table"), (list, "a list")):
        if isinstance(value, kind):
            return name
    return "empty" if value is None else "a date or time"


def _shown(value: Any) -> str:
    if isinstance(value, str):
        return f'"{_FORBIDDEN.sub("�", value)[:60]}{"…" if len(value) > 60 else ""}"'
    if isinstance(value, int) and abs(value) > 10**18:
        return "a huge number"
    return str(value)[:60]
