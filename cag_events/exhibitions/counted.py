"""What was counted at an exhibition, as programme files have it: a table for each day, its presses by hour."""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, select

from cag_events.db import db
from cag_events.domain.visitors import Source
from cag_events.exhibitions.models import VisitorCount
from cag_events.exhibitions.services.visitors import WHOLE_DAY
from cag_events.kinds._shape import Key


@dataclass(frozen=True, kw_only=True)
class Typed:
    """People of a segment, typed for the day; no segment: nobody noted it."""

    segment: Key = ""
    people: int = 0


@dataclass(frozen=True, kw_only=True)
class Pressed:
    """People of a segment, counted with the phone in an hour of the day."""

    hour: int = 0
    segment: Key = ""
    people: int = 0


@dataclass(frozen=True, kw_only=True)
class Counted:
    """What was counted on a day."""

    date: dt.date
    typed: tuple[Typed, ...] = ()
    taps: tuple[Pressed, ...] = ()


def read_counted(event_ids: Sequence[int]) -> Mapping[int, Any]:
    """Return what was counted at exhibitions, by event id."""
    days: dict[int, dict[dt.date, dict[str, list[dict[str, Any]]]]] = defaultdict(dict)
    query = select(VisitorCount).where(VisitorCount.event_id.in_(event_ids), VisitorCount.people > 0)
    for row in db.session.scalars(query.order_by(VisitorCount.id)):  # in the order in which they were given
        day = days[row.event_id].setdefault(row.day, {})
        known: dict[str, Any] = {"people": row.people}
        if row.segment:
            known["segment"] = row.segment
        if row.source is Source.TAP:
            day.setdefault("taps", []).append({"hour": row.hour, **known})
        else:
            day.setdefault("typed", []).append(known)
    return {
        event_id: [{"date": day, **content} for day, content in of_event.items()] for event_id, of_event in days.items()
    }


def store_counted(event_id: int, content: Any) -> None:
    """Replace what was counted at an exhibition, within the unit; the same group twice is added up."""
    db.session.execute(delete(VisitorCount).where(VisitorCount.event_id == event_id))
    found: dict[tuple[dt.date, int, str, Source], int] = defaultdict(int)
    for day in content or ():
        for one in day.get("typed") or ():
            found[day["date"], WHOLE_DAY, one.get("segment") or "", Source.DAY] += one.get("people") or 0
        for one in day.get("taps") or ():
            hour = min(one.get("hour") or 0, 23)
            found[day["date"], hour, one.get("segment") or "", Source.TAP] += one.get("people") or 0
    for (day, hour, segment, source), people in found.items():
        db.session.add(
            VisitorCount(event_id=event_id, day=day, hour=hour, segment=segment, source=source, people=people)
        )
    db.session.flush()
