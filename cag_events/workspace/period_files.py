"""What a calendar file means for the periods to mind: what would be added, moved, left, and why. Writes nothing."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from sqlalchemy import select

from cag_events.db import db, transaction
from cag_events.domain.errors import N_
from cag_events.events.models import Period
from cag_events.events.services import add_periods, save_period
from cag_events.events.services.periods import LONGEST_DAYS, PeriodFields
from cag_events.imports.apart import dates_apart
from cag_events.imports.foreign import ForeignOccurrence, Remark
from cag_events.permissions import Actor

AHEAD: Final = timedelta(days=3 * 366)
LONGEST_NAME: Final = 200


class Action(StrEnum):
    """What would become of an entry."""

    NEW = "new"
    CHANGED = "changed"  # one of that name is there on other days
    SAME = "same"
    LEFT = "left"


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """What would become of an entry. `before`: the days that the period has here."""

    key: str
    name: str
    action: Action
    first_on: date | None = None
    last_on: date | None = None
    before: tuple[date, date] | None = None
    period_id: int | None = None
    remarks: tuple[Remark, ...] = ()
    fields: PeriodFields | None = None

    @property
    def may_choose(self) -> bool:
        """Whether choosing it would do something."""
        return self.action in (Action.NEW, Action.CHANGED)


@dataclass(frozen=True)
class Plan:
    """What would become of a file."""

    proposals: tuple[Proposal, ...]
    remarks: tuple[Remark, ...] = ()


def plan_periods(octets: bytes, like: PeriodFields, lang: str, now: datetime, home: str) -> Plan:
    """Return what would become of a file. `like`: what its days are, where, and for whom. Raises Refused import.…"""
    calendar, dates = dates_apart(octets, now, now + AHEAD, home=home)
    known = list(db.session.scalars(select(Period).order_by(Period.first_on, Period.id)))
    wanted: dict[tuple[str, date, date], Proposal] = {}
    for one in dates:
        found = _proposal(one, like, lang)
        wanted.setdefault((found.name.casefold(), one.first_on, one.last_on), found)
    there = {(name.casefold(), row.first_on, row.last_on) for row in known for name in row.name.values()}
    free = [
        row for row in known if not any((name.casefold(), row.first_on, row.last_on) in wanted for name in _names(row))
    ]
    proposals = [_compared(one, there, free) for one in wanted.values()]
    proposals += [
        Proposal(key=f"left-{number}", name=left.title, action=Action.LEFT, remarks=(left.remark,))
        for number, left in enumerate(calendar.left)
    ]
    told = {one.entry.uid for one in dates}
    over = sum(entry.uid not in told for entry in calendar.entries)
    text = N_("%(number)s entries are over, or more than three years away; they were left out.")
    remarks = (Remark("periods.over", text, {"number": over}),) if over else ()
    order = list(Action)
    proposals.sort(key=lambda one: (order.index(one.action), one.first_on or date.max, one.name))
    return Plan(tuple(proposals), (*calendar.remarks, *remarks))


def take_periods(proposals: Iterable[Proposal], *, by: Actor) -> tuple[int, int]:
    """Add the new ones and move the changed ones, in one unit; return how many of both. Raises NotAllowed, Refused.

    One that would be moved and was deleted meanwhile is added.
    """
    new, moved = list[PeriodFields](), 0
    with transaction():
        for one in proposals:
            if one.fields is None:
                continue
            period = db.session.get(Period, one.period_id) if one.action is Action.CHANGED else None
            if period is None:
                new.append(one.fields)
                continue
            own = replace(one.fields, name={**one.fields.name, **period.name}, segments=tuple(period.segments))
            save_period(period.id, own, by=by)
            moved += 1
        added = add_periods(new, by=by)
    return added, moved


def _proposal(one: ForeignOccurrence, like: PeriodFields, lang: str) -> Proposal:
    name = " ".join(one.entry.summary.split())[:LONGEST_NAME]
    first, last = one.first_on, one.last_on
    key = hashlib.sha256(f"{name}\0{first}\0{last}".encode()).hexdigest()[:20]
    found = Proposal(key=key, name=name, action=Action.LEFT, first_on=first, last_on=last)
    if not name:
        return replace(found, remarks=(Remark("periods.no_name", N_("It has no title.")),))
    if one.entry.status == "CANCELLED":
        return replace(found, remarks=(Remark("periods.cancelled", N_("It is cancelled there.")),))
    if (last - first).days > LONGEST_DAYS:
        text = N_("It lasts %(days)s days, longer than a year; make it by hand, a row for each year.")
        return replace(found, remarks=(Remark("periods.long", text, {"days": (last - first).days + 1}),))
    if not one.is_all_day:
        timed = Remark("periods.timed", N_("It has hours there; its whole days were taken."))
        found = replace(found, remarks=(timed,))
    return replace(found, action=Action.NEW, fields=replace(like, name={lang: name}, first_on=first, last_on=last))


def _compared(one: Proposal, there: set[tuple[str, date, date]], free: list[Period]) -> Proposal:
    """A proposal beside what is there: as before, or on other days than the nearest period of that name."""
    if one.fields is None or one.first_on is None or one.last_on is None:
        return one
    if (one.name.casefold(), one.first_on, one.last_on) in there:
        return replace(one, action=Action.SAME, remarks=(), fields=None)
    first, last = one.first_on, one.last_on
    same = [
        row
        for row in free
        if one.name.casefold() in _names(row)
        and (row.kind, row.city, row.country) == (one.fields.kind, one.fields.city, one.fields.country)
        and row.first_on <= last
        and row.last_on >= first
    ]
    if not same:
        return one
    row = same[0]
    free.remove(row)
    return replace(one, action=Action.CHANGED, before=(row.first_on, row.last_on), period_id=row.id)


def _names(row: Period) -> Sequence[str]:
    return [name.casefold() for name in row.name.values()]
