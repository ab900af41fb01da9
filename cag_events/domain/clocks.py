"""In whose clock times an event is told: its own, and those of others that it concerns.

The rule, from what the viewer may see alone:
- an event in another zone than the organisation's is told in its own time first, then in the organisation's;
- an event that one may join online is also told in the time of the countries that its partners come from, or, where
  that names no other zone, those of its people;
- a zone that shows the same hour as one already named adds nothing and is left out.
"""

from datetime import datetime
from functools import lru_cache
from importlib.resources import files

from cag_events.domain import when
from cag_events.domain.event import EventRecord, Mode

BEST_KNOWN = {"UZ": "Asia/Tashkent"}  # where the zone table begins with a lesser-known one
MOST = 2  # zones beside the event's own: more is no longer read


def other_zones(record: EventRecord, home: str) -> tuple[str, ...]:
    """Return the zones, beside its own, in which the event's times are told; `home` is the organisation's zone."""
    at = record.starts_at
    if at is None or not record.occurrences:
        return ()
    own = record.occurrences[0].tz
    shown = {when.offset_minutes(at, own)}
    others = _unlike(shown, [home], at)
    if record.mode is not Mode.ONSITE:
        for guests in (record.partners, record.people):
            zones = [zone_of_country(guest.country, at) for guest in guests]
            found = _unlike(shown, [zone for zone in zones if zone], at)
            others += found
            if found:
                break
    return tuple(others[:MOST])


def _unlike(shown: set[int], zones: list[str], at: datetime) -> list[str]:
    """Those of the zones whose clocks show another time than any named so far."""
    others = []
    for zone in zones:
        offset = when.offset_minutes(at, zone)
        if offset not in shown:
            shown.add(offset)
            others.append(zone)
    return others


def zone_of_country(country: str, at: datetime) -> str | None:
    """Return the zone of a country (ISO 3166, two letters) whose clocks all agree at an instant, else None."""
    zones = _zones().get(country, ())
    if not zones or len({when.offset_minutes(at, zone) for zone in zones}) > 1:
        return None
    return BEST_KNOWN.get(country, zones[0])


@lru_cache(maxsize=1)
def _zones() -> dict[str, tuple[str, ...]]:
    """The zones of each country, the main one first, as the zone data lists them."""
    found: dict[str, tuple[str, ...]] = {}
    for line in (files("tzdata") / "zoneinfo" / "zone.tab").read_text("utf-8").splitlines():
        if not line.startswith("#"):
            country, _, zone = line.split("\t")[:3]
            found[country] = (*found.get(country, ()), zone)
    return found
