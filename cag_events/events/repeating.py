"""Says in words how a series repeats, and what the clocks of others do to it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from cag_events.domain.clock_changes import ClockChange, changes_of
from cag_events.domain.clocks import other_zones
from cag_events.domain.errors import N_
from cag_events.domain.event import EventRecord, OccurrenceRecord
from cag_events.domain.recurrence import LAST, Every, Pattern, dates_of, nth_of, pattern_of
from cag_events.domain.series import ruled
from cag_events.events.reading import reader
from cag_events.web import dates


def rule_text(rrule: str, start: datetime) -> str:
    """Return a rule in words: Every Tuesday, 6 times, until 12 Jan."""
    given = dates_of(start, rrule)
    return str(
        _(
            "%(rule)s, %(times)s, until %(day)s",
            rule=_every(pattern_of(rrule), start),
            times=ngettext("%(num)s time", "%(num)s times", len(given)),
            day=dates.day_text(given[-1].date(), weekday=False),
        )
    )


def change_text(change: ClockChange) -> str:
    """Return a change of clocks in words: From 28 March it begins at 16.00 instead of 17.00 in Bishkek."""
    day = dates.day_text(change.starts_at.date(), wide=True, weekday=False)
    return str(
        _(
            "From %(day)s it begins at %(after)s instead of %(before)s in %(city)s, because clocks change.",
            day=day,
            after=dates.clock_text(change.after),
            before=dates.clock_text(change.before),
            city=dates.zone_city(change.tz),
        )
    )


def _every(pattern: Pattern | None, start: datetime) -> str:
    if pattern is None:
        return str(_("By a rule of its own"))
    number = pattern.interval
    if pattern.every is Every.DAY:
        return str(ngettext("Every day", "Every %(num)s days", number))
    if pattern.every is Every.WEEK:
        wide = [name for _short, name in dates.weekday_names()]
        days = dates.listing([wide[day] for day in sorted({*pattern.weekdays, start.weekday()})])
        if number == 1:
            return str(_("Every %(days)s", days=days))
        if number == 2:
            return str(_("Every other %(days)s", days=days))
        return str(_("Every %(num)s weeks on %(days)s", num=number, days=days))
    if pattern.every is Every.YEAR:
        return str(ngettext("Every year", "Every %(num)s years", number))
    every = ngettext("every month", "every %(num)s months", number)
    if pattern.every is Every.MONTH:
        return str(_("On day %(day)s, %(every)s", day=start.day, every=every))
    nth = {
        1: N_("The first %(day)s, %(every)s"),
        2: N_("The second %(day)s, %(every)s"),
        3: N_("The third %(day)s, %(every)s"),
        4: N_("The fourth %(day)s, %(every)s"),
        LAST: N_("The last %(day)s, %(every)s"),
    }
    weekday = dates.weekday_names()[start.weekday()][1]
    return str(_(nth.get(pattern.nth or nth_of(start), nth[LAST]), day=weekday, every=every))


def series_groups(record: EventRecord) -> list[dict[str, Any]]:
    """Return the dates of an event in groups: each series with its rule in words, then those that stand alone."""
    groups: list[dict[str, Any]] = []
    zones = other_zones(record, reader().home)
    for head in record.occurrences:
        if not head.rrule:
            continue
        start = ruled(head)[0]
        rows = sorted((one for one in record.occurrences if head.id in (one.id, one.series_of)), key=ruled)
        changes = changes_of([ruled(one)[0] for one in rows if not one.is_cancelled], head.tz, zones)
        groups.append(
            {
                "head": head,
                "rule": rule_text(head.rrule, start),
                "rows": [_row(one) for one in rows],
                "note": _note(rows),
                "clocks": [
                    {
                        "text": change_text(change),
                        "tz": change.tz,
                        "keep": _(
                            "Keep %(time)s in %(city)s",
                            time=dates.clock_text(change.before),
                            city=dates.zone_city(change.tz),
                        ),
                    }
                    for change in changes
                ],
            }
        )
    single = [one for one in record.occurrences if not one.rrule and one.series_of is None]
    if single:
        groups.append({"head": None, "rule": "", "rows": [_row(one) for one in single], "clocks": []})
    return groups


def _row(one: OccurrenceRecord) -> dict[str, Any]:
    is_of_series = bool(one.rrule) or one.series_of is not None
    return {"it": one, "is_changed": is_of_series and ruled(one) != (one.starts_wall, one.ends_wall), "was": ruled(one)}


def _note(rows: Sequence[OccurrenceRecord]) -> str:
    """How many dates of a series are not as its rule gives them."""
    moved = sum(ruled(one) != (one.starts_wall, one.ends_wall) for one in rows)
    off = sum(one.is_cancelled for one in rows)
    said = [ngettext("%(num)s moved", "%(num)s moved", moved)] if moved else []
    return ", ".join([*said, *([ngettext("%(num)s cancelled", "%(num)s cancelled", off)] if off else [])])
