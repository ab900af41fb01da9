"""A series as calendars tell it: one rule, the dates that differ from it, and those that it no longer has.

Every date is a row with a UID of its own, by which mails tell it to those who come to that date alone. Feeds tell the
whole series under one UID: that of its first date, or its own where it was parted from another.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID, uuid5

from cag_events.domain import when
from cag_events.domain.calendar.rules import read_rule
from cag_events.domain.event import EventRecord, OccurrenceRecord
from cag_events.domain.recurrence import dates_of


@dataclass(frozen=True, kw_only=True)
class Series:
    """A rule with its dates in the rule's order. `as_ruled` is the first as the rule gives it, whatever befell it."""

    uid: str
    rrule: str
    as_ruled: OccurrenceRecord
    dates: tuple[OccurrenceRecord, ...]
    missing: tuple[datetime, ...]  # that the rule gives and that are no more

    @property
    def changed(self) -> tuple[OccurrenceRecord, ...]:
        """Those of its dates that are not as the rule gives them."""
        return tuple(one for one in self.dates if self._differs(one))

    def _differs(self, one: OccurrenceRecord) -> bool:
        is_moved = (one.starts_wall, one.ends_wall) != ruled(one) or _lengths(one) != _lengths(self.as_ruled)
        return is_moved or one.is_cancelled or one.title != self.as_ruled.title


def series_of(record: EventRecord) -> Mapping[int, Series]:
    """Return the series of an event by the id of their first date; none for a rule that no calendar could read."""
    found: dict[int, Series] = {}
    for head in record.occurrences:
        if head.rrule and (series := _series(head, record)):
            found[head.id] = series
    return found


def ruled(one: OccurrenceRecord) -> tuple[datetime, datetime]:
    """Return the wall times that its rule gives a date."""
    return one.ruled_start or one.starts_wall, one.ruled_end or one.ends_wall


def _lengths(one: OccurrenceRecord) -> tuple[timedelta, timedelta]:
    """Return how long a date's rule lets it last, by the clocks and in fact.

    Where clocks change in its night the two differ, and programs take either for all dates of a rule (RFC 5545 3.8.5.3
    means the time in fact).
    """
    start, end = ruled(one)
    return end - start, when.meant_by(end, one.tz) - when.meant_by(start, one.tz)


def own_uid(one: OccurrenceRecord) -> str:
    """Return the UID by which a date is told alone, never that by which its whole series is."""
    is_shared = one.rrule is not None and one.series_uid is None
    return str(uuid5(UUID(one.uid), "alone")) if is_shared else one.uid


def _series(head: OccurrenceRecord, record: EventRecord) -> Series | None:
    start, end = ruled(head)
    rrule = head.rrule or ""
    try:
        read_rule(rrule, start, head.tz)
    except ValueError:
        return None
    given = dates_of(start, rrule)
    kept: dict[datetime, OccurrenceRecord] = {}
    for one in record.occurrences:
        if head.id in (one.series_of, one.id) and one.tz == head.tz:
            kept.setdefault(ruled(one)[0], one)
    as_ruled = replace(
        head,
        starts_wall=start,
        ends_wall=end,
        starts_at=when.meant_by(start, head.tz),
        ends_at=when.meant_by(end, head.tz),
        cancelled_on=None,
        cancel_reason={},
    )
    return Series(
        uid=head.series_uid or head.uid,
        rrule=rrule,
        as_ruled=as_ruled,
        dates=tuple(kept[moment] for moment in given if moment in kept),
        missing=tuple(moment for moment in given if moment not in kept),
    )
