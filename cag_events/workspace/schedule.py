"""The organisers' calendar: a month, a week, a day or a list of events, with layers that can be left out."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from operator import itemgetter
from urllib.parse import urlencode

from flask import url_for
from flask_babel import gettext as _

from cag_events.domain import when
from cag_events.domain.errors import N_
from cag_events.domain.lifecycle import Status
from cag_events.events import grid
from cag_events.events.cards import Reader
from cag_events.events.marks import marks_between
from cag_events.permissions import Actor
from cag_events.registrations.queries import seat_states
from cag_events.web import dates
from cag_events.workspace import queries
from cag_events.workspace.dated import dated_lines
from cag_events.workspace.doing import Line
from cag_events.workspace.entries import Entry, beneath_entry, campaign_entry, entries_of, mark_entry
from cag_events.workspace.overlays import busy_between
from cag_events.workspace.queries import Watched

VIEWS = {"month": N_("Month"), "week": N_("Week"), "day": N_("Day"), "list": N_("List")}
LAYERS = {
    "drafts": N_("Drafts"),
    "runs": N_("Exhibitions"),
    "campaigns": N_("Campaigns"),
    "holidays": N_("Holidays and breaks"),
    "beneath": N_("My other calendars"),
}
USUAL_LAYERS = frozenset({"drafts", "runs", "holidays", "beneath"})  # campaigns go on for months
LIST_DAYS = 60
EARLIEST, LATEST = 8, 20  # hours of a day that are always shown
MOST_A_DAY = 4


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the address asks for."""

    view: str
    day: date
    layers: frozenset[str]
    mine: bool
    also: str = ""  # a zone whose clocks are shown beside

    def url(self, **changes: object) -> str:
        """Return the calendar's address with something changed."""
        there = replace(self, **changes)  # type: ignore[arg-type]
        pairs = [("view", there.view), ("date", there.day.isoformat()), *there._asked()]
        return f"{url_for('workspace.calendar')}?{urlencode(pairs)}"

    def entries_url(self) -> str:
        """Return the address of what is shown, as a script reads it."""
        pairs = [("from", self.first.isoformat()), ("to", self.last.isoformat()), *self._asked()]
        return f"{url_for('workspace.calendar_entries')}?{urlencode(pairs)}"

    def _asked(self) -> list[tuple[str, str]]:
        """What is asked for beside the time, as parts of an address."""
        pairs: list[tuple[str, str]] = []
        if self.layers != USUAL_LAYERS:
            pairs += [("layer", name) for name in LAYERS if name in self.layers] or [("layer", "")]
        pairs += [("whose", "mine")] if self.mine else []
        pairs += [("also", self.also)] if self.also else []
        return pairs

    def toggled(self, layer: str) -> str:
        """Return the address with a layer shown or left out."""
        return self.url(layers=self.layers ^ {layer})

    @property
    def first(self) -> date:
        """The first day that is shown."""
        if self.view == "month":
            return grid.days_of_month(self.day.year, self.day.month)[0]
        return when.monday_of(self.day) if self.view == "week" else self.day

    @property
    def last(self) -> date:
        """The last day that is shown."""
        if self.view == "month":
            return grid.days_of_month(self.day.year, self.day.month)[1]
        return self.first + timedelta(days={"week": 6, "day": 0}.get(self.view, LIST_DAYS - 1))

    def beside(self, step: int) -> date | None:
        """The day that the period before or after is asked for by, None beyond what we show."""
        if self.view == "month":
            there = grid.month_beside(self.day.year, self.day.month, step)
            return date(*there, 1) if there else None
        days = {"week": 7, "day": 1}.get(self.view, LIST_DAYS)
        day = self.day + timedelta(days=step * days)
        return day if grid.FIRST_YEAR < day.year < grid.LAST_YEAR else None

    def title(self, lang: str) -> str:
        """The period in words."""
        if self.view == "month":
            return dates.month_text(self.day.year, self.day.month, lang)
        if self.view == "day":
            return dates.day_text(self.day, lang=lang)
        text = dates.run(self.first, self.last, lang=lang).text
        return (
            _("Week %(number)s, %(days)s", number=self.first.isocalendar().week, days=text)
            if self.view == "week"
            else text
        )


def read(args: Mapping[str, str], layers: Collection[str], today: date) -> Wanted:
    """Read what an address asks for; today's month for whatever it does not say or says wrongly."""
    view = args.get("view", "month")
    try:
        day = date.fromisoformat(args.get("date", ""))
    except ValueError:
        day = today
    if not grid.FIRST_YEAR < day.year < grid.LAST_YEAR:
        day = today
    return Wanted(
        view=view if view in VIEWS else "month",
        day=day,
        layers=frozenset(name for name in layers if name in LAYERS) if layers else USUAL_LAYERS,
        mine=args.get("whose") == "mine",
        also=args.get("also", "") if args.get("also", "") in when.zone_names() else "",
    )


@dataclass(frozen=True, slots=True)
class Hour:
    """A row of a week: the hour, and the entries that begin in it, day by day."""

    label: str
    cells: tuple[tuple[grid.Item, ...], ...]
    is_now: tuple[bool, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the list: a date or a run of an event, or days that stand beside events."""

    line: Line | None = None
    beside: Entry | None = None
    days: dates.Spell | None = None  # of what stands beside


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """What the calendar shows. `days` are those of the tables, `agenda` the same with what takes up whole days."""

    wanted: Wanted
    title: str
    entries: tuple[Entry, ...] = ()
    weeks: tuple[grid.Week, ...] = ()
    hours: tuple[Hour, ...] = ()
    days: tuple[grid.Day, ...] = ()
    agenda: tuple[grid.Day, ...] = ()
    rows: tuple[Row, ...] = ()
    beneath: tuple[Entry, ...] = ()  # of the list
    weekdays: list[tuple[str, str]]
    total: int


def find_watched(wanted: Wanted, first: date, last: date, actor: Actor, home: str) -> list[Watched]:
    """Return the events of these days that are asked for."""
    start, end = when.start_of_day(first, home), when.start_of_day(last + timedelta(days=1), home)
    return [
        one
        for one in queries.list_between(start, end, actor)
        if not (wanted.mine and one.lead_id != actor.account_id)
        and not ("drafts" not in wanted.layers and one.record.status is Status.DRAFT)
    ]


def find_entries(
    wanted: Wanted,
    watched: Sequence[Watched],
    actor: Actor,
    reader: Reader,
    now: datetime,
    *,
    days: tuple[date, date] | None = None,
) -> list[Entry]:
    """Return what stands in the calendar of these events, the campaigns and the marks, by the layers asked for.

    `days`: the first and the last that are shown; those of `wanted` where nothing is said.
    """
    first, last = days or (wanted.first, wanted.last)
    states = seat_states([one.record for one in watched])
    entries = [
        entry
        for one in watched
        for entry in entries_of(one, actor, reader, now, states.get(one.record.id), also=wanted.also)
        if "runs" in wanted.layers or not entry.is_bar
    ]
    return [
        *entries,
        *_beside(wanted, first, last, reader),
        *_beneath(wanted, first, last, actor, reader),
    ]


def _beside(wanted: Wanted, first: date, last: date, reader: Reader) -> Iterable[Entry]:
    """The campaigns, and the holidays, breaks and periods, by the layers asked for."""
    if "campaigns" in wanted.layers:
        rows = queries.list_campaigns()
        yield from (campaign_entry(row, reader) for row in rows if row.starts_on <= last and row.ends_on >= first)
    if "holidays" in wanted.layers:
        for number, one in enumerate(marks_between(first, last)):
            yield mark_entry(one, number, wanted.url(view="day", day=one.first), reader)


def _beneath(wanted: Wanted, first: date, last: date, actor: Actor, reader: Reader) -> Iterable[Entry]:
    """What is taken in the calendars that somebody has laid beneath."""
    if "beneath" in wanted.layers:
        taken = busy_between(first, last, actor.account_id, reader.home)
        yield from (beneath_entry(one, number, reader) for number, one in enumerate(taken))


def find_schedule(wanted: Wanted, actor: Actor, reader: Reader, now: datetime) -> Schedule:
    """Return the calendar for a period."""
    watched = find_watched(wanted, wanted.first, wanted.last, actor, reader.home)
    if wanted.view == "list":
        return Schedule(
            wanted=wanted,
            title=wanted.title(reader.lang),
            rows=tuple(_rows(wanted, watched, actor, reader, now)),
            beneath=tuple(_beneath(wanted, wanted.first, wanted.last, actor, reader)),
            weekdays=[],
            total=len(watched),
        )
    entries = find_entries(wanted, watched, actor, reader, now)
    items = [entry.item(reader) for entry in entries]

    def day_url(day: date) -> str:
        return wanted.url(view="day", day=day)

    weeks = grid.weeks(
        when.monday_of(wanted.first),
        when.monday_of(wanted.last) + timedelta(days=6),
        items,
        reader,
        day_url=day_url,
        new_url=lambda day: url_for("events.new", day=day.isoformat()),
        month=wanted.day.month if wanted.view == "month" else None,
        most_a_day=MOST_A_DAY,
    )
    days = [day for week in weeks for day in week.days if wanted.first <= day.day <= wanted.last]
    return Schedule(
        wanted=wanted,
        title=wanted.title(reader.lang),
        entries=tuple(entries),
        weeks=tuple(weeks),
        hours=tuple(_hours(days, when.wall_of(now, reader.home), reader)) if wanted.view in ("week", "day") else (),
        days=tuple(days),
        agenda=tuple(_agenda(days, entries, reader)),
        weekdays=dates.weekday_names(reader.lang),
        total=len(watched),
    )


def _rows(wanted: Wanted, watched: Sequence[Watched], actor: Actor, reader: Reader, now: datetime) -> Iterable[Row]:
    """The list: each date of each event, each run, and what stands beside, in order of time."""
    states = seat_states([one.record for one in watched])
    start = when.start_of_day(wanted.first, reader.home)
    end = when.start_of_day(wanted.last + timedelta(days=1), reader.home)
    dated = [
        (at, Row(line))
        for one in watched
        for at, line in dated_lines(
            one,
            actor,
            reader,
            now=now,
            state=states.get(one.record.id),
            start=start,
            end=end,
            with_run="runs" in wanted.layers,
        )
    ]
    for one in _beside(wanted, wanted.first, wanted.last, reader):
        days = dates.run(one.first, one.last, lang=reader.lang)
        dated.append((when.start_of_day(one.first, reader.home), Row(beside=one, days=days)))
    return [row for _at, row in sorted(dated, key=itemgetter(0))]


def _agenda(days: Sequence[grid.Day], entries: Sequence[Entry], reader: Reader) -> Iterable[grid.Day]:
    """The days with what takes up whole days before all else, on the first day that shows it."""
    bars = [one for one in entries if one.is_bar]
    for number, day in enumerate(days):
        begun = [
            one for one in bars if one.first == day.day or (number == 0 and one.first < day.day and one.last >= day.day)
        ]
        yield replace(day, all_entries=(*(one.day_item(reader) for one in begun), *day.all_entries))


def other_clocks(wanted: Wanted, reader: Reader) -> list[str]:
    """Return the zones that may be shown beside home's: those of the venues, and the one that is shown."""
    zones = dict.fromkeys((*queries.list_zones(), *((wanted.also,) if wanted.also else ())))
    return [tz for tz in zones if tz != reader.home]


def minutes_ahead(wanted: Wanted, reader: Reader) -> int | None:
    """Return by how much the clocks beside are ahead of home's; None where that changes in the time that is shown."""
    if not wanted.also:
        return None
    ends = (when.start_of_day(day, reader.home) for day in (wanted.first, wanted.last + timedelta(days=1)))
    ahead = {when.offset_minutes(at, wanted.also) - when.offset_minutes(at, reader.home) for at in ends}
    return ahead.pop() if len(ahead) == 1 else None


def _hours(days: list[grid.Day], now: datetime, reader: Reader) -> Iterable[Hour]:
    """The rows of a week or day: the usual hours, and those in which something begins."""
    starts = [item.starts.hour for day in days for item in day.all_entries if item.starts]
    for hour in range(min([EARLIEST, *starts]), max([LATEST, *starts]) + 1):
        yield Hour(
            dates.clock_text(time(hour), reader.lang),
            tuple(tuple(item for item in day.all_entries if item.starts and item.starts.hour == hour) for day in days),
            tuple(day.day == now.date() and hour == now.hour for day in days),
        )
