"""What an entry says beyond RFC 5545 to those who ask: speakers, place, themes, marked-up text (RFC 9073, 9253).

No calendar shows it yet, and libical 3 reports each name as unknown: it never stands in what everybody gets.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from cag_events.domain.calendar import lines
from cag_events.domain.calendar.text import safe_uri

PARTICIPANT_TYPES: Final = frozenset({"ACTIVE", "SPEAKER", "PERFORMER"})  # those of RFC 9073 §6.2 that we use


@dataclass(frozen=True, kw_only=True, slots=True)
class Participant:
    """Somebody who takes part in front and may be named; `about` is their title."""

    uid: str
    name: str
    about: str = ""
    kind: str = "SPEAKER"

    def __post_init__(self) -> None:
        if self.kind not in PARTICIPANT_TYPES:
            raise ValueError("participant type is unknown")


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """Where it is, in parts; `address` by the names of schema.org's PostalAddress."""

    uid: str
    name: str
    geo: str = ""  # as GEO writes it
    address: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Rich:
    """The richer part of one entry. `html` is safe already; `pages` are (relation, label, address)."""

    html: str = ""
    language: str | None = None
    participants: tuple[Participant, ...] = ()
    place: Place | None = None
    pages: tuple[tuple[str, str, str], ...] = ()
    concepts: tuple[str, ...] = ()  # addresses of themes
    refids: tuple[str, ...] = ()  # what groups entries: keys of themes and of the campaign


def properties(rich: Rich) -> bytes:
    """Return the properties that stand within the VEVENT itself."""
    language = f";LANGUAGE={rich.language}" if rich.language else ""
    return b"".join(
        (
            lines.text(f"STYLED-DESCRIPTION;VALUE=TEXT;FMTTYPE=text/html{language}", rich.html),
            *(
                lines.line(
                    f"LINK;VALUE=URI;LINKREL={relation};FMTTYPE=text/html;LABEL={lines.parameter(label)}",
                    safe_uri(address),
                )
                for relation, label, address in rich.pages
            ),
            *(lines.text("REFID", refid, single_line=True) for refid in rich.refids),
            *(lines.line("CONCEPT", safe_uri(address)) for address in rich.concepts),
        )
    )


def components(rich: Rich) -> bytes:
    """Return the components within the VEVENT, which stand last in it."""
    return b"".join((*map(_participant, rich.participants), *_place(rich.place)))


def _participant(one: Participant) -> bytes:
    return b"".join(
        (
            b"BEGIN:PARTICIPANT\r\n",
            lines.text("UID", one.uid),
            f"PARTICIPANT-TYPE:{one.kind}\r\n".encode(),
            lines.text("SUMMARY", one.name, single_line=True),
            lines.text("DESCRIPTION", one.about, single_line=True),
            b"END:PARTICIPANT\r\n",
        )
    )


def _place(place: Place | None) -> Iterator[bytes]:
    if place is None:
        return
    yield b"BEGIN:VLOCATION\r\n"
    yield lines.text("UID", place.uid)
    yield lines.text("NAME", place.name, single_line=True)
    yield b"LOCATION-TYPE:public\r\n"  # RFC 4589: a building that people may enter
    if place.geo:
        yield lines.line("GEO", place.geo)
    if place.address:
        told = json.dumps({"@type": "PostalAddress", **dict(place.address)}, ensure_ascii=False)
        schema = lines.parameter("https://schema.org/PostalAddress")
        yield lines.text(f"STRUCTURED-DATA;VALUE=TEXT;FMTTYPE=application/ld+json;SCHEMA={schema}", told)
    yield b"END:VLOCATION\r\n"
