"""Where a foreign entry is: one of our venues when it says so plainly, online, or a place that somebody must choose."""

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from cag_events.domain.event import Mode
from cag_events.domain.texts import fold

NEAR_METRES: Final = 75
ONLINE_WORDS: Final = frozenset(
    {"online", "zoom", "teams", "microsoft teams meeting", "webb", "digitalt", "webinar", "онлайн", "google meet"}
)
_MEETING_HOSTS: Final = (
    *("zoom.us", "teams.microsoft.com", "teams.live.com", "meet.google.com", "meet.jit.si", "whereby.com"),
    *("webex.com", "gotomeeting.com", "gotomeet.me", "bigbluebutton.org"),
)
_LINK: Final = re.compile(r"https?://[^\s<>()\"\]]+")
_EARTH_METRES: Final = 6_371_000


@dataclass(frozen=True)
class KnownVenue:
    """A venue as it is looked for. `names`, `street`, `city` are folded; `rooms`: folded name → key."""

    key: str
    tz: str
    names: frozenset[str]
    street: str = ""
    cities: frozenset[str] = frozenset()
    at: tuple[float, float] | None = None
    rooms: Mapping[str, str] | None = None
    is_virtual: bool = False


@dataclass(frozen=True)
class Found:
    """Where it is; without a venue and not online somebody must choose. `by_geo`: only the coordinates said so."""

    mode: Mode = Mode.ONSITE
    venue: KnownVenue | None = None
    room: str | None = None
    by_geo: bool = False


def folded(text: str) -> str:
    """Return a name or address as it is compared: letters and digits alone."""
    return " ".join(re.findall(r"\w+", fold(text)))


def find_place(location: str, geo: tuple[float, float] | None, online_url: str, venues: Sequence[KnownVenue]) -> Found:
    """Return where an entry is. A venue is found by its whole name, alone or before its address, or by its address."""
    words = folded(location)
    if words and (venue := _by_words(location, words, venues)):
        return Found(venue=venue, room=_room(words, venue))
    if is_online(location) or (online_url and not words):
        return Found(mode=Mode.ONLINE)
    near = [venue for venue in venues if geo and venue.at and _metres(geo, venue.at) <= NEAR_METRES]
    return Found(venue=near[0], by_geo=True) if len(near) == 1 else Found()


def is_online(location: str) -> bool:
    """Tell whether a place is none but a link to an online room, or a word for one."""
    return fold(location.strip()) in ONLINE_WORDS or is_meeting(location)


def is_meeting(url: str) -> bool:
    """Tell whether an address is that of an online room."""
    try:
        host = urlsplit(url.strip()).hostname or ""
    except ValueError:
        return False
    return any(host == known or host.endswith(f".{known}") for known in _MEETING_HOSTS)


def holds_meeting(text: str) -> bool:
    """Tell whether a text holds the address of an online room, which would be public with it."""
    return any(is_meeting(link) for link in _LINK.findall(text))


def _by_words(location: str, words: str, venues: Iterable[KnownVenue]) -> KnownVenue | None:
    parts = {folded(part) for part in re.split(r"[,;\n(]| - | – ", location)}
    found = [
        venue
        for venue in venues
        if not venue.is_virtual
        and (
            words in venue.names
            or (venue.names & parts and _agrees(words, venue))
            or (venue.street and venue.street in parts and any(_holds(words, city) for city in venue.cities))
        )
    ]
    return found[0] if len(found) == 1 else None


def _agrees(words: str, venue: KnownVenue) -> bool:
    """Whether nothing else in an address speaks against a venue: another city of the same chain does."""
    return not venue.cities or any(_holds(words, city) for city in venue.cities) or _is_name_and_room(words, venue)


def _is_name_and_room(words: str, venue: KnownVenue) -> bool:
    rest = words
    for name in (*venue.names, *(venue.rooms or ()), venue.street):
        rest = re.sub(rf"\b{re.escape(name)}\b", " ", rest) if name else rest
    return not rest.strip()


def _holds(words: str, part: str) -> bool:
    return bool(part) and f" {part} " in f" {words} "


def _room(words: str, venue: KnownVenue) -> str | None:
    found = [key for name, key in (venue.rooms or {}).items() if _holds(words, name)]
    return found[0] if len(found) == 1 else None


def _metres(one: tuple[float, float], other: tuple[float, float]) -> float:
    (lat1, lon1), (lat2, lon2) = (tuple(map(math.radians, point)) for point in (one, other))
    across = (lon2 - lon1) * math.cos((lat1 + lat2) / 2)
    return math.hypot(across, lat2 - lat1) * _EARTH_METRES
