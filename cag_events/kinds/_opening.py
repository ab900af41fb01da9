"""Opening hours of venues and exhibitions: their shapes, their rows in forms, what is never right in them."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from cag_events.domain.errors import N_
from cag_events.domain.texts import Texts
from cag_events.kinds._fields import ClockField, DayField, MultiCheckboxField, RowForm, TextsField
from cag_events.kinds._shape import Clock, Weekday


@dataclass(frozen=True, kw_only=True)
class Opening:
    """On these weekdays it is open from `start` to `end`."""

    days: tuple[Weekday, ...] = ()
    start: Clock = ""
    end: Clock = ""


@dataclass(frozen=True, kw_only=True)
class Closed:
    """A day within the run on which it is closed, and why."""

    date: dt.date
    name: Texts | None = None


@dataclass(frozen=True, kw_only=True)
class Special:
    """A day with other hours than its weekday has, as a late evening or a shorter day; a row for each stretch."""

    date: dt.date
    start: Clock = ""
    end: Clock = ""
    name: Texts | None = None


@dataclass(frozen=True, kw_only=True)
class Week:
    """Opening hours of a place: the hours of its weekdays, days with other hours, days on which it is closed."""

    opening: tuple[Opening, ...] = ()
    special: tuple[Special, ...] = ()
    closed: tuple[Closed, ...] = ()


class HasHours(Protocol):
    """What has such hours: a place's week, or an exhibition's run."""

    @property
    def opening(self) -> tuple[Opening, ...]:
        """The hours of the weekdays."""

    @property
    def special(self) -> tuple[Special, ...]:
        """The days with other hours."""

    @property
    def closed(self) -> tuple[Closed, ...]:
        """The days on which it is closed."""


class OpeningForm(RowForm):
    """Opening hours on some weekdays."""

    needed = ("days", "start", "end")
    days = MultiCheckboxField(
        N_("Days"),
        words=(
            ("mon", N_("Mon")),
            ("tue", N_("Tue")),
            ("wed", N_("Wed")),
            ("thu", N_("Thu")),
            ("fri", N_("Fri")),
            ("sat", N_("Sat")),
            ("sun", N_("Sun")),
        ),
    )
    start = ClockField(N_("Opens"))
    end = ClockField(N_("Closes"))


class ClosedForm(RowForm):
    """A closed day."""

    needed = ("date",)
    date = DayField(N_("Closed on"))
    name = TextsField(N_("Why"))


class SpecialForm(RowForm):
    """A day with other hours."""

    needed = ("date", "start", "end")
    date = DayField(N_("On"))
    start = ClockField(N_("Opens"))
    end = ClockField(N_("Closes"))
    name = TextsField(N_("Why"))


def faults_of_week(week: HasHours) -> Iterator[tuple[str, str]]:
    """Yield what can never be right in hours: an end that is no later than its start, a closed day with hours."""
    rows: tuple[tuple[str, tuple[Opening | Special, ...]], ...] = (("opening", week.opening), ("special", week.special))
    for name, given in rows:
        for number, row in enumerate(given):
            if row.start and row.end and row.end <= row.start:
                yield f"{name}[{number}].end", N_("is not after the start; hours end at 23:59 at the latest")
    shut = {row.date for row in week.closed}
    for number, special in enumerate(week.special):
        if special.date in shut:
            yield f"special[{number}].date", N_("is a closed day too")
