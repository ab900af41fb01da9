"""Exhibition: a run with opening hours; visitors are counted, never registered."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from cag_events.domain.errors import N_
from cag_events.domain.texts import Texts
from cag_events.kinds._form import KindForm
from cag_events.kinds._kind import Kind
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
class Reading:
    """How many visitors the counter has counted since the last reading."""

    date: dt.date
    visitors: int = 0


@dataclass(frozen=True, kw_only=True)
class Run:
    """The period that an exhibition stands, its hours and its measures."""

    from_: dt.date | None = None
    to: dt.date | None = None
    opening: tuple[Opening, ...] = ()
    closed: tuple[Closed, ...] = ()
    panels: int | None = None
    floor_m2: int | None = None
    counter: str = ""  # infrared, clicker, guestbook
    readings: tuple[Reading, ...] = ()
    set_up: dt.date | None = None  # the space is ours from this day
    take_down: dt.date | None = None  # and until this one


@dataclass(frozen=True, kw_only=True)
class Exhibition:
    """What an exhibition has beside the common fields."""

    exhibition: Run = Run()


class ExhibitionForm(KindForm):
    """The exhibition's part of the editor."""


def faults(details: Exhibition) -> Iterator[tuple[str, str]]:
    """Yield what can never be right: an end before its start, a closed day or reading outside the run."""
    run = details.exhibition
    if run.from_ and run.to and run.to < run.from_:
        yield "exhibition.to", N_("is before from")
        return
    for number, opening in enumerate(run.opening):
        if opening.start and opening.end and opening.end <= opening.start:
            yield f"exhibition.opening[{number}].end", N_("is not after start")
    for name, days in (("closed", [row.date for row in run.closed]), ("readings", [row.date for row in run.readings])):
        for number, day in enumerate(days):
            if run.from_ and run.to and not run.from_ <= day <= run.to:
                yield f"exhibition.{name}[{number}].date", N_("is outside the exhibition's run")


def run_of(details: Exhibition) -> tuple[dt.date, dt.date] | None:
    """Return the first and last day, where both are known."""
    run = details.exhibition
    return (run.from_, run.to) if run.from_ and run.to else None


KIND = Kind(
    slug="exhibition",
    label=N_("Exhibition"),
    plural=N_("Exhibitions"),
    details=Exhibition,
    form=ExhibitionForm,
    sample=Exhibition(),
    team_only=("exhibition.counter", "exhibition.readings", "exhibition.set_up", "exhibition.take_down"),
    has_run=True,
    faults=faults,
    run_of=run_of,
    default_minutes=0,
)
