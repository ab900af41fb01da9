"""The programme as a month."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import chain

from flask import url_for

from cag_events import clock
from cag_events.domain import when
from cag_events.domain.disclosure import STRANGER, disclose
from cag_events.events import grid, reading
from cag_events.site import listing, queries
from cag_events.site.listing import Asked, Bar, Gone
from cag_events.web import dates


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """A month of the programme, and the filters beside it."""

    year: int
    number: int
    title: str
    weeks: tuple[grid.Week, ...]
    weekdays: list[tuple[str, str]]
    days: tuple[grid.Day, ...]  # of the month, those on which something happens
    running: tuple[grid.Item, ...]  # what goes on for days
    before: tuple[int, int] | None
    after: tuple[int, int] | None
    total: int
    bars: tuple[Bar, ...]
    folded: tuple[Bar, ...]
    gone: tuple[Gone, ...]


def find_month(asked: Asked, year: int, number: int, path: str) -> Month:
    """Return a month of the programme with these filters, days aside."""
    key = ("month", reading.reader().lang, reading.today(), year, number, tuple(asked.without_days))
    return reading.kept(key, lambda: _make(asked, year, number, path))


def _make(asked: Asked, year: int, number: int, path: str) -> Month:
    reader = reading.reader()
    first, last = grid.days_of_month(year, number)
    conditions = {name: where for name, where in asked.by_name.items() if name not in ("from", "to")}
    start, end = when.start_of_day(first, reader.home), when.start_of_day(last + timedelta(days=1), reader.home)
    views = [
        disclose(record, STRANGER, clock.now()) for record in queries.list_between([*conditions.values()], start, end)
    ]
    items = chain.from_iterable(grid.items_of(view, url_for("site.event", key=view.key), reader) for view in views)
    programme = url_for("site.programme")

    def day_url(day: date) -> str:
        return asked.with_days(programme, since=day, to=day)

    weeks = grid.weeks(first, last, items, reader, day_url=day_url, month=number)
    month_start, month_end = _borders(year, number, reader.home)
    total, counts = queries.count_by_filter(conditions, queries.between(month_start, month_end))
    without_days = Asked(asked.filters, tuple(asked.without_days))
    bars = listing.make_bars(without_days, counts, path)
    return Month(
        year=year,
        number=number,
        title=dates.month_text(year, number, reader.lang),
        weeks=tuple(weeks),
        weekdays=dates.weekday_names(reader.lang),
        days=tuple(day for week in weeks for day in week.days if not day.outside and day.all_entries),
        running=tuple({bar.item: None for week in weeks for bar in week.bars}),
        before=grid.month_beside(year, number, -1),
        after=grid.month_beside(year, number, 1),
        total=total,
        bars=tuple(bar for bar in bars if bar.name in listing.BARS),
        folded=tuple(bar for bar in bars if bar.name in listing.FOLDED),
        gone=tuple(
            Gone(item.label, without_days.toggled(path, item.name, item.value))
            for item in asked.filters.active
            if item.name not in ("from", "to")
        ),
    )


def _borders(year: int, number: int, tz: str) -> tuple[datetime, datetime]:
    after = date(year + number // 12, number % 12 + 1, 1)
    return when.start_of_day(date(year, number, 1), tz), when.start_of_day(after, tz)
