"""Months and weeks as tables: which event stands on which day, what goes on over days as bars. For templates."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from flask_babel import gettext as _
from flask_babel import ngettext

from cag_events.domain.event import EventView
from cag_events.domain.lifecycle import Status
from cag_events.domain.when import monday_of
from cag_events.events.cards import Reader, kind_label, title_of
from cag_events.events.wording import STATUS_WORDS
from cag_events.web import dates

FIRST_YEAR, LAST_YEAR = 1990, 2199
MOST_A_DAY = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """Something to place: an occurrence on its day, or what stands for days. Days and time are those of its zone."""

    first: date
    last: date
    starts: datetime | None  # wall time; None: the whole day
    is_bar: bool
    url: str
    title: str
    title_lang: str | None
    time: str
    token: str
    kind_label: str
    status: str
    status_label: str
    note: str = ""  # the organisers': how many have seats
    move_url: str = ""  # the organisers': where it is moved
    also: str = ""  # the organisers': when it is on other clocks


@dataclass(frozen=True, slots=True)
class Bar:
    """A part of a week that something takes up: columns from 1."""

    item: Item
    start: int
    span: int
    starts: bool
    ends: bool

    @property
    def url(self) -> str:
        """Where it leads."""
        return self.item.url

    @property
    def title(self) -> str:
        """Its words."""
        return self.item.title

    @property
    def title_lang(self) -> str | None:
        """Their language, if it is not the page's."""
        return self.item.title_lang

    @property
    def token(self) -> str:
        """Its first theme's colours."""
        return self.item.token

    @property
    def move_url(self) -> str:
        """Where it is moved, or nothing."""
        return self.item.move_url if self.starts else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """One day of a table."""

    day: date
    iso: str
    number: int
    label: str
    heading: str
    outside: bool
    today: bool
    url: str
    new_url: str  # where an event is made on this day, or nothing
    entries: tuple[Item, ...]
    all_entries: tuple[Item, ...]
    bars: int  # how many things go on that day
    more_text: str
    more_url: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Week:
    """One week of a table."""

    number: int
    days: tuple[Day, ...]
    bars: tuple[Bar, ...]


def is_month(year: str, month: str) -> bool:
    """Tell whether an address names a month that we show."""
    return (
        year.isascii()
        and month.isascii()
        and year.isdigit()
        and month.isdigit()
        and len(year) == 4
        and len(month) == 2
        and FIRST_YEAR <= int(year) <= LAST_YEAR
        and 1 <= int(month) <= 12
    )


def days_of_month(year: int, month: int) -> tuple[date, date]:
    """Return the Monday on or before the first and the Sunday on or after the last."""
    first = date(year, month, 1)
    last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    return monday_of(first), monday_of(last) + timedelta(days=6)


def month_beside(year: int, month: int, step: int) -> tuple[int, int] | None:
    """Return the month so many months away, None beyond those that we show."""
    number = year * 12 + month - 1 + step
    there = number // 12, number % 12 + 1
    return there if FIRST_YEAR <= there[0] <= LAST_YEAR else None


def items_of(view: EventView, url: str, reader: Reader) -> Iterable[Item]:
    """Return what an event puts into a calendar: a bar for its run, an entry for each occurrence."""
    title = title_of(view, reader)
    common = {
        "url": url,
        "title_lang": title.lang if title.lang != reader.lang else None,
        "token": view.themes[0].token if view.themes else "",
        "kind_label": kind_label(view.kind, reader),
        "status": "" if view.status is Status.PUBLISHED else view.status.value,
        "status_label": "" if view.status is Status.PUBLISHED else _(STATUS_WORDS[view.status.value]),
    }
    if view.run_from is not None and view.run_to is not None:
        yield Item(
            first=view.run_from,
            last=view.run_to,
            starts=None,
            is_bar=True,
            title=title.text,
            time="",
            **common,  # type: ignore[arg-type]
        )
    for occurrence in view.occurrences:
        own = reader.text(occurrence.title)
        day = occurrence.starts_wall.date()
        called_off = Status.CANCELLED.value if occurrence.is_cancelled else ""
        off = {"status": called_off, "status_label": _(STATUS_WORDS[called_off])} if called_off else {}
        yield Item(
            first=day,
            last=day,
            starts=occurrence.starts_wall,
            is_bar=False,
            title=f"{own.text} – {title.text}" if own and view.run_from is not None else title.text,
            time=dates.clock_text(occurrence.starts_wall, reader.lang),
            **common | off,  # type: ignore[arg-type]
        )


def weeks(
    first: date,
    last: date,
    items: Iterable[Item],
    reader: Reader,
    *,
    day_url: Callable[[date], str],
    new_url: Callable[[date], str] = lambda _day: "",
    month: int | None = None,
    most_a_day: int = MOST_A_DAY,
) -> list[Week]:
    """Return the weeks from a Monday to a Sunday with everything in its place; `month`: others are outside."""
    entries: dict[date, list[Item]] = defaultdict(list)
    bars: list[Item] = []
    for item in items:
        if item.is_bar:
            bars.append(item)
        else:
            entries[item.first].append(item)
    bars.sort(key=lambda item: (item.first, -item.last.toordinal(), item.title))
    table = _Table(entries, reader, day_url, new_url, month, most_a_day)
    found = []
    monday = first
    while monday <= last:
        sunday = monday + timedelta(days=6)
        here = [bar for bar in bars if bar.first <= sunday and bar.last >= monday]
        days = tuple(table.day(monday + timedelta(days=n), here) for n in range(7))
        found.append(Week(monday.isocalendar().week, days, tuple(_bar(item, monday, sunday) for item in here)))
        monday += timedelta(days=7)
    return found


@dataclass(frozen=True, slots=True)
class _Table:
    """What all days of a table have in common."""

    entries: Mapping[date, Sequence[Item]]
    reader: Reader
    day_url: Callable[[date], str]
    new_url: Callable[[date], str]
    month: int | None
    most: int

    def day(self, day: date, bars: Sequence[Item]) -> Day:
        """Return one day, its entries in order of time."""
        midnight = datetime.combine(day, time())
        here = sorted(self.entries.get(day, ()), key=lambda item: (item.starts or midnight, item.title))
        shown = here if len(here) <= self.most else here[: self.most]
        more = len(here) - len(shown)
        return Day(
            day=day,
            iso=day.isoformat(),
            number=day.day,
            label=dates.day_text(day, wide=True, lang=self.reader.lang),
            heading=dates.day_text(day, year=False, lang=self.reader.lang),
            outside=self.month is not None and day.month != self.month,
            today=day == self.reader.today,
            url=self.day_url(day),
            new_url=self.new_url(day),
            entries=tuple(shown),
            all_entries=tuple(here),
            bars=sum(bar.first <= day <= bar.last for bar in bars),
            more_text=ngettext("%(num)s more", "%(num)s more", more) if more else "",
            more_url=self.day_url(day) if more else "",
        )


def _bar(item: Item, monday: date, sunday: date) -> Bar:
    start, end = max(item.first, monday), min(item.last, sunday)
    return Bar(item, (start - monday).days + 1, (end - start).days + 1, item.first >= monday, item.last <= sunday)
