"""Keeps the periods that planning minds: school breaks, exam weeks, whatever else an organization should think of."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import func, select

from cag_events.db import db, transaction
from cag_events.domain.errors import N_, NotFound, Refused
from cag_events.domain.slugs import first_free
from cag_events.domain.texts import Texts, pick
from cag_events.events import records
from cag_events.events.models import Period
from cag_events.permissions import Actor, Permission, require

LONGEST_DAYS = 400


@dataclass(frozen=True, kw_only=True)
class PeriodFields:
    """Days to mind, both ends included. `kind`: school_break, exam or other; empty town, country, segments: for all."""

    name: Texts
    kind: str = "school_break"
    first_on: date
    last_on: date
    city: str = ""
    country: str = ""
    segments: tuple[str, ...] = field(default=())


def save_period(period_id: int | None, fields: PeriodFields, *, by: Actor) -> Period:
    """Make or change a period. Raises NotFound, NotAllowed, Refused period.no_name, period.span, period.long."""
    with transaction():
        require(by, Permission.EVENT_PUBLISH)
        _check(fields)
        period = db.session.get(Period, period_id) if period_id else _new(fields.name)
        if period is None:
            raise NotFound(period_id)
        _fill(period, fields)
        db.session.add(period)
        records.raise_version()
    return period


def add_periods(several: Sequence[PeriodFields], *, by: Actor) -> int:
    """Add periods that are not there yet, by name and days; return how many. Raises NotAllowed, Refused."""
    with transaction():
        require(by, Permission.EVENT_PUBLISH)
        known = {
            (name.casefold(), row.first_on, row.last_on)
            for row in db.session.execute(select(Period.name, Period.first_on, Period.last_on))
            for name in row.name.values()
        }
        added = 0
        for fields in several:
            _check(fields)
            own = {(name.casefold(), fields.first_on, fields.last_on) for name in fields.name.values()}
            if own & known:
                continue
            known |= own
            period = _new(fields.name)
            _fill(period, fields)
            db.session.add(period)
            db.session.flush()
            added += 1
        if added:
            records.raise_version()
    return added


def delete_period(period_id: int, *, by: Actor) -> None:
    """Delete a period. Raises NotFound, NotAllowed."""
    with transaction():
        require(by, Permission.EVENT_PUBLISH)
        period = db.session.get(Period, period_id)
        if period is None:
            raise NotFound(period_id)
        db.session.delete(period)
        records.raise_version()


def _check(fields: PeriodFields) -> None:
    if not any(fields.name.values()):
        raise Refused("period.no_name", N_("Give it a name in at least one language."), field="name")
    if fields.last_on < fields.first_on:
        raise Refused("period.span", N_("The last day must not be before the first."), field="last_on")
    if (fields.last_on - fields.first_on).days > LONGEST_DAYS:
        raise Refused("period.long", N_("That is more than a year. Give each year a row of its own."), field="last_on")


def _new(name: Texts) -> Period:
    taken = {"new", "import", *db.session.scalars(select(Period.key))}
    last = db.session.scalar(select(func.max(Period.position)))
    return Period(key=first_free(pick(name, "sv").text, taken), position=(last if last is not None else -1) + 1)


def _fill(period: Period, fields: PeriodFields) -> None:
    for name in ("kind", "first_on", "last_on", "city", "country"):
        setattr(period, name, getattr(fields, name))
    period.name, period.segments = dict(fields.name), list(fields.segments)
