"""The public holidays of the countries that we know, from the files in data/holidays; read when first asked for."""

from collections import defaultdict
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Final

import msgspec

from cag_events.domain.holidays import DayOff, Holiday, Year
from cag_events.domain.texts import Texts

FOLDER: Final = Path(__file__).parent / "data" / "holidays"


class _Row(msgspec.Struct):
    """A name with its days, as the files have it."""

    kind: DayOff
    en: str
    on: list[date]
    sv: str = ""
    local: str = ""
    observed: list[date] = []
    estimated: list[date] = []


class _File(msgspec.Struct):
    country: str
    first: int
    last: int
    days: list[_Row]


@lru_cache(maxsize=1)
def countries() -> frozenset[str]:
    """Return the countries whose holidays we have, by their two letters."""
    return frozenset(path.stem for path in FOLDER.glob("??.json"))


@lru_cache(maxsize=64)
def holidays_of(country: str) -> Year | None:
    """Return the holidays of a country; None for one that we have none of."""
    if country not in countries():
        return None
    kept = msgspec.json.decode((FOLDER / f"{country}.json").read_bytes(), type=_File)
    days: dict[date, list[Holiday]] = defaultdict(list)
    for row in kept.days:
        name: Texts = {"en": row.en}
        if row.sv:
            name["sv"] = row.sv
        if row.local:
            name["local"] = row.local
        estimated, observed = frozenset(row.estimated), frozenset(row.observed)
        for day in row.on:
            days[day].append(
                Holiday(
                    country=country,
                    day=day,
                    name=name,
                    kind=row.kind,
                    is_estimated=day in estimated,
                    is_moved=day in observed,
                )
            )
    return Year(country, kept.first, kept.last, {day: tuple(found) for day, found in days.items()})
