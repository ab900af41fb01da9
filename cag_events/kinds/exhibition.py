"""Exhibition: a run with opening hours; visitors are counted, never registered."""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from cag_events.domain.errors import N_, Refused
from cag_events.domain.opening_hours import Hours, Standing, open_days, overlapping, standing, table
from cag_events.domain.texts import Texts
from cag_events.domain.when import WEEKDAYS, day_of
from cag_events.kinds._fields import (
    BooleanField,
    ChoiceField,
    DayField,
    FormField,
    NumberField,
    RowForm,
    RowsField,
)
from cag_events.kinds._form import KindForm
from cag_events.kinds._kind import Draft, Kind
from cag_events.kinds._opening import (
    Closed,
    ClosedForm,
    Opening,
    OpeningForm,
    Special,
    SpecialForm,
    Week,
    faults_of_week,
)
from cag_events.kinds._shape import read, shifted, write


@dataclass(frozen=True, kw_only=True)
class Reading:
    """How many visitors the counter has counted since the last reading."""

    date: dt.date
    visitors: int = 0


@dataclass(frozen=True, kw_only=True)
class Run:
    """The period that an exhibition stands, its hours and its measures.

    `follows_venue`: the hours of the weekdays are the venue's own, and so are its exceptions on dates that have none
    here.
    """

    from_: dt.date | None = None
    to: dt.date | None = None
    follows_venue: bool = field(default=False, metadata={"usual": False})
    opening: tuple[Opening, ...] = ()
    special: tuple[Special, ...] = ()
    closed: tuple[Closed, ...] = ()
    panels: int | None = None
    floor_m2: int | None = None
    counter: str = ""  # infrared, clicker, guestbook
    readings: tuple[Reading, ...] = ()
    set_up: dt.date | None = None  # the space is ours from this day
    take_down: dt.date | None = None  # and until this one

    @property
    def hours(self) -> Hours | None:
        """The opening hours, where the run is known."""
        if self.from_ is None or self.to is None:
            return None
        return Hours(
            first=self.from_,
            last=self.to,
            weekly=tuple((day, row.start, row.end) for row in self.opening for day in row.days),
            special=tuple((row.date, row.start, row.end) for row in self.special),
            closed=frozenset(row.date for row in self.closed),
        )

    def standing(self, now: dt.datetime, tz: str) -> Standing:
        """Return whether it is open at an instant, and when it closes or opens next, as wall times there."""
        return standing(self.hours, now, tz) if self.hours else Standing()

    def exceptions(self, now: dt.datetime, tz: str) -> list[tuple[dt.date, tuple[tuple[str, str], ...], Texts]]:
        """Return the days from today on that are not as their weekday: (day, its hours or none, why), in order."""
        found: dict[dt.date, tuple[tuple[tuple[str, str], ...], Texts]] = {}
        for row in self.special:
            spans, name = found.get(row.date, ((), {}))
            found[row.date] = (tuple(sorted((*spans, (row.start, row.end)))), name or row.name or {})
        for shut in self.closed:
            found[shut.date] = ((), shut.name or {})
        return [(day, *found[day]) for day in sorted(found) if day >= day_of(now, tz)]

    def at_venue(self, own: Week) -> "Run":
        """Return the run with the hours of its venue, where it follows them: its own exceptions win, date by date."""
        if not self.follows_venue:
            return self
        decided = {row.date for row in self.closed} | {row.date for row in self.special}

        def is_taken(day: dt.date) -> bool:
            return day not in decided and (self.from_ or day) <= day <= (self.to or day)

        return replace(
            self,
            opening=own.opening,
            special=(*self.special, *(row for row in own.special if is_taken(row.date))),
            closed=(*self.closed, *(row for row in own.closed if is_taken(row.date))),
        )

    @property
    def week(self) -> list[tuple[tuple[str, ...], tuple[tuple[str, str], ...]]]:
        """The weekly hours as a table: (weekdays, hours of each of them)."""
        return table(self.hours) if self.hours else []

    @property
    def visitors(self) -> int:
        """How many visitors all readings count."""
        return sum(row.visitors for row in self.readings)


@dataclass(frozen=True, kw_only=True)
class Exhibition:
    """What an exhibition has beside the common fields."""

    exhibition: Run = Run()


class ReadingForm(RowForm):
    """A reading of the counter."""

    needed = ("date", "visitors")
    date = DayField(N_("Read on"))
    visitors = NumberField(N_("Visitors since the last reading"), most=1_000_000)


class RunForm(RowForm):
    """The run."""

    from_ = DayField(N_("First day"))
    to = DayField(N_("Last day"))
    follows_venue = BooleanField(N_("Follow the venue's hours"))
    opening = RowsField(OpeningForm, N_("Opening hours"), blank=2, most=20)
    special = RowsField(SpecialForm, N_("Days with other hours"), blank=1)
    closed = RowsField(ClosedForm, N_("Closed days"), blank=2)
    panels = NumberField(N_("Panels"), most=10_000)
    floor_m2 = NumberField(N_("Floor space, m²"), most=100_000)
    counter = ChoiceField(
        N_("How visitors are counted"),
        words=(
            ("infrared", N_("Infrared counter")),
            ("clicker", N_("Clicker")),
            ("guestbook", N_("Guest book")),
        ),
    )
    readings = RowsField(ReadingForm, N_("Counter readings"), blank=2)
    set_up = DayField(N_("Set up from"))
    take_down = DayField(N_("Taken down by"))


def faults(details: Exhibition) -> Iterator[tuple[str, str]]:
    """Yield what can never be right: an end before its start, a closed day or reading outside the run."""
    run = details.exhibition
    if run.from_ and run.to and run.to < run.from_:
        yield "exhibition.to", N_("is before the first day")
        return
    for path, text in faults_of_week(run):
        yield f"exhibition.{path}", text
    for name, days in (
        ("closed", [row.date for row in run.closed]),
        ("special", [row.date for row in run.special]),
        ("readings", [row.date for row in run.readings]),
    ):
        for number, day in enumerate(days):
            if run.from_ and run.to and not run.from_ <= day <= run.to:
                yield f"exhibition.{name}[{number}].date", N_("is outside the run")
    if run.set_up and run.from_ and run.set_up > run.from_:
        yield "exhibition.set_up", N_("is after the first day")
    if run.take_down and run.to and run.take_down < run.to:
        yield "exhibition.take_down", N_("is before the last day")


class ExhibitionForm(KindForm):
    """The exhibition's part of the editor."""

    shape = Exhibition
    find_faults = staticmethod(faults)
    exhibition = FormField(RunForm)


def run_of(details: Exhibition) -> tuple[dt.date, dt.date] | None:
    """Return the first and last day, where both are known."""
    run = details.exhibition
    return (run.from_, run.to) if run.from_ and run.to else None


def hours_of(details: Exhibition) -> Hours | None:
    """Return the opening hours, where the run is known and there are any."""
    hours = details.exhibition.hours
    return hours if hours and (hours.weekly or hours.special) else None


def at_venue(stored: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    """Return stored details with the opening hours of the venue, for a run that follows them."""
    run = stored.get("exhibition")
    if not isinstance(run, dict) or not run.get("follows_venue"):
        return dict(stored)
    followed = read(Run, run).at_venue(read(Week, dict(own)))
    return {**stored, "exhibition": write(followed)}


def repeated(details: Exhibition, days: int) -> Exhibition:
    """Return details for a copy: dates moved, and no visitors counted yet."""
    moved = shifted(details, days)
    return replace(moved, exhibition=replace(moved.exhibition, readings=()))


def with_run(details: Exhibition, first: dt.date, last: dt.date) -> Exhibition:
    """Return details with another first and last day, or with these where it had none.

    Set-up and taking down keep their distance to them. Where both move by as much, the days that are not as their
    weekday go along; else those that lie outside then are dropped. What was counted stays on its day.
    """
    run = details.exhibition
    if run.from_ is None or run.to is None:
        return replace(details, exhibition=replace(run, from_=first, to=last))
    earlier, later = first - run.from_, last - run.to
    step = earlier if earlier == later else dt.timedelta(0)
    moved = replace(
        run,
        from_=first,
        to=last,
        set_up=run.set_up + earlier if run.set_up else None,
        take_down=run.take_down + later if run.take_down else None,
        special=tuple(replace(row, date=row.date + step) for row in run.special if first <= row.date + step <= last),
        closed=tuple(replace(row, date=row.date + step) for row in run.closed if first <= row.date + step <= last),
    )
    return replace(details, exhibition=moved)


def has_hours(draft: Draft, _now: dt.datetime) -> Iterator[Refused]:
    """Visitors must know when they can come."""
    run = draft.details.exhibition
    hours = run.hours
    if hours is None:
        yield Refused("exhibition.run", N_("Give the first and the last day."), field="kind-exhibition-from_")
    elif not run.opening and run.follows_venue:
        yield Refused(
            "exhibition.venue_hours",
            N_("The venue has no hours to follow. Enter them at the venue, or give the exhibition its own."),
            field="kind-exhibition-follows_venue",
        )
    elif not run.opening and not run.special:
        yield Refused("exhibition.hours", N_("Give the opening hours."), field="kind-exhibition-opening")
    elif next(open_days(hours), None) is None:
        yield Refused(
            "exhibition.never_open", N_("With these hours it is never open."), field="kind-exhibition-opening"
        )
    for row in run.opening:
        if not row.days or not row.start or not row.end:
            yield Refused(
                "exhibition.hours_part",
                N_("Each line of the opening hours needs days, an opening and a closing time."),
                field="kind-exhibition-opening",
            )
    if hours is not None and overlapping(hours):
        yield Refused(
            "exhibition.hours_overlap",
            N_("The opening hours of a day overlap."),
            field="kind-exhibition-opening",
        )


def has_parts_inside(draft: Draft, _now: dt.datetime) -> Iterator[Refused]:
    """Openings and guided tours lie within the run."""
    run = draft.details.exhibition
    for part in draft.record.occurrences:
        day = day_of(part.starts_at, part.tz)
        if run.from_ and run.to and not run.from_ <= day <= run.to:
            yield Refused(
                "exhibition.part_outside",
                N_("The part on %(day)s is outside the exhibition's run."),
                field="occurrences",
                day=day.isoformat(),
            )


KIND = Kind(
    slug="exhibition",
    label=N_("Exhibition"),
    plural=N_("Exhibitions"),
    details=Exhibition,
    form=ExhibitionForm,
    sample=Exhibition(
        exhibition=Run(
            from_=dt.date(2027, 3, 1),
            to=dt.date(2027, 3, 28),
            opening=(
                Opening(days=WEEKDAYS[:5], start="10:00", end="18:00"),
                Opening(days=("sat", "sun"), start="11:00", end="16:00"),
            ),
            special=(
                Special(
                    date=dt.date(2027, 3, 18),
                    start="10:00",
                    end="21:00",
                    name={"sv": "Sen kväll", "en": "Late evening"},
                ),
            ),
            closed=(Closed(date=dt.date(2027, 3, 26), name={"sv": "Långfredagen", "en": "Good Friday"}),),
            panels=14,
            floor_m2=45,
            counter="infrared",
            readings=(Reading(date=dt.date(2027, 3, 7), visitors=310),),
            set_up=dt.date(2027, 2, 26),
            take_down=dt.date(2027, 3, 29),
        )
    ),
    team_only=("exhibition.counter", "exhibition.readings", "exhibition.set_up", "exhibition.take_down"),
    publish_rules=(has_hours, has_parts_inside),
    checklist=((-21, N_("Send the texts to the venue")), (7, N_("Read the visitor counter"))),
    has_run=True,
    faults=faults,
    run_of=run_of,
    hours_of=hours_of,
    at_venue=at_venue,
    repeated=repeated,
    with_run=with_run,
    default_minutes=0,
    default_registration={"mode": "none"},
    schema_type="ExhibitionEvent",
    icon="kind-exhibition",
)
