"""Writes the dates of an event: rows that stay keep id and UID, a series stays one whatever befalls its dates.

A date of a series keeps what its rule gives beside when it is, so that calendars can say which date was changed.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime

from cag_events import clock
from cag_events.db import db
from cag_events.domain import when
from cag_events.domain.errors import N_, Refused
from cag_events.domain.recurrence import dates_of, with_count
from cag_events.domain.texts import Texts
from cag_events.events.drafts import occurrence_fields, occurrences_of
from cag_events.events.fields import OccurrenceFields
from cag_events.events.models import Event, Occurrence
from cag_events.events.timing import instants_of, make_occurrences

Rows = Mapping[int, Occurrence]


def write_dates(event: Event, wanted: Sequence[OccurrenceFields], tz: str) -> list[Occurrence]:
    """Change the rows that stay, by id; add the new ones, with the later dates of a rule; remove the rest.

    Of what was ever published, a date that its rule still gives is called off instead of removed: calendars show it.
    The first date of a new series has a negative id where its other dates are given too and name it.
    Raises Refused when.… with the field, as occurrences.2.start.
    """
    known = {row.id: row for row in occurrences_of(event.id)}
    wanted = _whole(event, wanted, known, tz)
    heads = {item.id for item in wanted if item.rrule}
    rows: list[Occurrence] = []
    series: list[tuple[Occurrence, Occurrence | int | None]] = []
    firsts: dict[int | None, Occurrence] = {}  # of series, by the id that was given
    position = max((row.position for row in known.values()), default=-1)
    for number, item in enumerate(wanted):
        row = known.get(item.id or 0)
        if row is None:
            position += 1
        with _at_row(number):
            made = _made(item, tz, position) if row is None or _begins_series(row, item) else [row]
            _require_single(item, row, made, tz)
            if row is not None:
                _write(row, item, tz)
                made[0] = row
        rows += made
        if item.rrule:
            firsts[item.id] = made[0]
        first = item.series_of if item.series_of in heads and not item.rrule else None
        series.append((made[0], first))
        series += [(later, made[0]) for later in made[1:]]
    for row in rows:
        row.event_id = event.id
    db.session.add_all(rows)
    db.session.flush()
    for row, one in series:
        first_row = firsts.get(one) if isinstance(one, int) else one
        row.series_of = first_row.id if first_row is not None else None
        if row.series_of is None and not row.rrule:
            row.ruled_start = row.ruled_end = row.series_uid = None
    db.session.flush()
    gone = [known[row_id] for row_id in sorted(set(known) - {row.id for row in rows})]
    for row in gone:  # or with the first of a series those that are in it would go, before they are told to
        row.series_of = None
    db.session.flush()
    for row in gone:
        db.session.delete(row)
    db.session.flush()
    return sorted(rows, key=lambda row: (row.starts_at, row.id))


def _begins_series(row: Occurrence, item: OccurrenceFields) -> bool:
    """Tell whether a rule was typed for a date that had none; a rule that is known comes with what it gives."""
    return bool(item.rrule) and item.ruled_start is None and not row.rrule


def _made(item: OccurrenceFields, tz: str, position: int) -> list[Occurrence]:
    rule = item.rrule if item.ruled_start is None else None
    made = make_occurrences(
        item.starts_wall, item.ends_wall, tz, title=_full(item.title), rrule=rule, position=position
    )
    if rule is None:
        _write(made[0], item, tz)
    return made


def _write(row: Occurrence, item: OccurrenceFields, tz: str) -> None:
    row.starts_at, row.ends_at = instants_of(item.starts_wall, item.ends_wall, tz)
    row.starts_wall, row.ends_wall = f"{item.starts_wall:%Y-%m-%dT%H:%M}", f"{item.ends_wall:%Y-%m-%dT%H:%M}"
    row.tz, row.title = tz, _full(item.title)
    row.rrule = item.rrule
    row.series_uid = item.series_uid if item.rrule else None
    ruled_start, ruled_end = item.ruled_start or item.starts_wall, item.ruled_end or item.ends_wall
    row.ruled_start, row.ruled_end = f"{ruled_start:%Y-%m-%dT%H:%M}", f"{ruled_end:%Y-%m-%dT%H:%M}"
    row.cancelled_on, row.cancel_reason = item.cancelled_on, _full(item.cancel_reason)


def _whole(event: Event, wanted: Sequence[OccurrenceFields], known: Rows, tz: str) -> list[OccurrenceFields]:
    """Return what is wanted with its series whole: what revisions from before leave open, and dates that are gone."""
    items = [_completed(item, known) for item in wanted]
    if event.published_at is not None:
        items += _called_off(items, known, tz)
        return items
    gone_heads = {row.id for row in known.values() if row.rrule} - {item.id for item in items}
    for head in gone_heads:
        items = _without_head(items, known[head])
    return items


def _completed(item: OccurrenceFields, known: Rows) -> OccurrenceFields:
    """A date as an older revision kept it, which did not say what its rule gives: it stays in its series."""
    row = known.get(item.id or 0)
    if row is None or item.ruled_start is not None or row.rrule != item.rrule or not (row.rrule or row.series_of):
        return item
    ruled = occurrence_fields(row)
    return replace(
        item,
        series_of=row.series_of,
        series_uid=row.series_uid,
        ruled_start=ruled.ruled_start,
        ruled_end=ruled.ruled_end,
    )


def _called_off(items: Sequence[OccurrenceFields], known: Rows, tz: str) -> list[OccurrenceFields]:
    """Return the dates that were left out and that their rule still gives, as cancelled ones."""
    there = {item.id for item in items}
    rules = {item.id: (item.ruled_start or item.starts_wall, item.rrule) for item in items if item.rrule}
    left = {item.series_of for item in items}
    today = when.day_of(clock.now(), tz)
    kept: list[OccurrenceFields] = []
    for row in known.values():
        if row.id in there:
            continue
        item = occurrence_fields(row)
        if row.rrule and row.id in left:
            rules[row.id] = (item.ruled_start or item.starts_wall, row.rrule)
        start, rule = rules.get(row.series_of or row.id, (None, None))
        if start is not None and item.ruled_start in dates_of(start, rule):
            kept.append(replace(item, cancelled_on=item.cancelled_on or today))
    return kept


def _without_head(items: Sequence[OccurrenceFields], head: Occurrence) -> list[OccurrenceFields]:
    """Let the next date of a series that was never shown be its first."""
    given = dates_of(occurrence_fields(head).ruled_start or occurrence_fields(head).starts_wall, head.rrule)
    later = sorted(
        (item for item in items if item.series_of == head.id), key=lambda item: item.ruled_start or item.starts_wall
    )
    if not later or later[0].ruled_start not in given:
        return list(items)
    first = later[0]
    rule = with_count(head.rrule or "", len(given) - given.index(first.ruled_start or first.starts_wall))
    return [
        replace(item, rrule=rule, series_of=None)
        if item.id == first.id
        else replace(item, series_of=first.id)
        if item.series_of == head.id
        else item
        for item in items
    ]


def _require_single(item: OccurrenceFields, row: Occurrence | None, made: Sequence[Occurrence], tz: str) -> None:
    """Raise Refused when.doubled for an hour that comes twice, since nobody could tell which was meant."""
    if row is not None and len(made) == 1 and occurrence_fields(row) == item and row.tz == tz:
        return  # from a file, which may have it
    walls = [(item.starts_wall, item.ends_wall)]
    walls += [(datetime.fromisoformat(one.starts_wall), datetime.fromisoformat(one.ends_wall)) for one in made[1:]]
    for pair in walls:
        for name, wall in zip(("start", "end"), pair, strict=True):
            if when.is_doubled(wall, tz):
                before, after = when.doubled_around(wall, tz)
                raise Refused(
                    "when.doubled",
                    N_(
                        "%(time)s comes twice on %(date)s, since clocks go back. "
                        "Choose before %(before)s or from %(after)s."
                    ),
                    field=name,
                    time=wall.time(),
                    date=wall.date(),
                    before=before.time(),
                    after=after.time(),
                )


def _full(texts: Texts) -> Texts:
    return {code: text for code, text in texts.items() if text}


@contextmanager
def _at_row(number: int) -> Iterator[None]:
    """Say in which row a refusal is to be mended."""
    try:
        yield
    except Refused as refused:
        refused.field = f"occurrences.{number}.{refused.field or 'start'}"
        raise
