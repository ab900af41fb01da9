"""One entry of a calendar as plain values: all that a VEVENT of ours can say."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Final, NamedTuple

from cag_events.domain import when
from cag_events.domain.calendar.rich import Rich
from cag_events.domain.calendar.rules import Rule, read_rule

_UID: Final = re.compile(r"[!-~]{1,255}")
_POLE: Final = 90  # degrees
_LANGUAGE: Final = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")


class EntryStatus(StrEnum):
    """What STATUS says of an entry (RFC 5545 §3.8.1.11)."""

    CONFIRMED = "CONFIRMED"
    TENTATIVE = "TENTATIVE"
    CANCELLED = "CANCELLED"


class Organizer(NamedTuple):
    """Who invites: the organisation's mailbox, never a person's."""

    name: str
    mail: str


class Attendee(NamedTuple):
    """The one person to whom an invitation goes."""

    mail: str
    partstat: str = "ACCEPTED"
    rsvp: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """One VEVENT.

    Timed: `start` and `end` are naive wall times in the IANA zone `tz`. All-day: both are dates, `end` is the last
    day itself, `tz` is None. `created`, `last_modified` and `stamp` are aware; `stamp` (DTSTAMP) is the last
    modification unless given, as for a mail. `description` is a line per item. Making an entry that no calendar could
    read raises ValueError.
    """

    uid: str
    sequence: int
    created: datetime
    last_modified: datetime
    start: datetime | date
    end: datetime | date
    summary: str
    tz: str | None = None
    status: str = EntryStatus.CONFIRMED
    stamp: datetime | None = None
    language: str | None = None
    description: tuple[str, ...] = ()
    location: str = ""
    geo: tuple[float, float] | None = None  # latitude, longitude
    url: str | None = None
    categories: tuple[str, ...] = ()
    image: str | None = None
    conference_url: str | None = None
    conference_label: str = ""
    transparent: bool = True
    rrule: str | None = None  # with UNTIL (as wall time or UTC) or COUNT
    exdates: tuple[datetime | date, ...] = ()
    recurrence_id: datetime | date | None = None
    related_to: str | None = None  # UID of the parent
    alarm_minutes: tuple[int, ...] = ()
    organizer: Organizer | None = None
    attendee: Attendee | None = None
    rich: Rich | None = None  # for those alone who ask for it; not of what is called off

    def __post_init__(self) -> None:
        self._check_names()
        self._check_times()
        self._check_recurrence()

    @property
    def is_all_day(self) -> bool:
        """Tell whether the entry fills whole days."""
        return not isinstance(self.start, datetime)

    @property
    def is_cancelled(self) -> bool:
        """Tell whether the entry is called off or withdrawn."""
        return self.status == EntryStatus.CANCELLED

    @property
    def span(self) -> tuple[datetime, datetime] | None:
        """Return the first and last wall time that the entry needs its zone for; None if it is all-day."""
        if not isinstance(self.start, datetime) or not isinstance(self.end, datetime):
            return None
        moments = [self.start, self.end]
        if self.rrule:
            last = read_rule(self.rrule, self.start, self.tz).last()
            moments.append(last + (self.end - self.start))
        moments += [moment for moment in (self.recurrence_id, *self.exdates) if isinstance(moment, datetime)]
        return min(moments), max(moments)

    def _check_names(self) -> None:
        _require(_UID.fullmatch(self.uid), "uid is not printable ASCII")
        _require(self.related_to is None or _UID.fullmatch(self.related_to), "related_to is not printable ASCII")
        _require(self.sequence >= 0, "sequence is negative")
        _require(self.status in EntryStatus.__members__, "status is unknown")
        _require(self.language is None or _LANGUAGE.fullmatch(self.language), "language is not a tag of BCP 47")
        if self.geo is not None:
            latitude, longitude = self.geo
            _require(abs(latitude) <= _POLE and abs(longitude) <= 2 * _POLE, "geo is not latitude, longitude")
        _require(all(minutes >= 0 for minutes in self.alarm_minutes), "an alarm comes after the start")

    def _check_times(self) -> None:
        for moment in (self.created, self.last_modified, self.stamp):
            _require(moment is None or moment.utcoffset() is not None, "an instant is naive")
        if isinstance(self.start, datetime) and isinstance(self.end, datetime):
            _require(self.start.tzinfo is None and self.end.tzinfo is None, "a wall time is aware")
            _require(self.tz and "/" in self.tz and self.tz in when.zone_names(), "tz is not an IANA name, Area/City")
            zone = when.zone(self.tz or "")
            instants = [moment.replace(tzinfo=zone, fold=0).astimezone(UTC) for moment in (self.start, self.end)]
            _require(instants[0] < instants[1], "end is not after start")
        else:
            _require(self.is_all_day and not isinstance(self.end, datetime), "start and end are of two types")
            _require(self.tz is None, "an all-day entry has a zone")
            _require(self.start <= self.end, "end is before start")

    def _check_recurrence(self) -> None:
        for moment in (self.recurrence_id, *self.exdates):
            _require(
                moment is None or isinstance(moment, datetime) is not self.is_all_day,
                "a recurrence is of another type than start",
            )
            _require(not isinstance(moment, datetime) or moment.tzinfo is None, "a recurrence is aware")
        _require(self.rrule is None or self.recurrence_id is None, "an override has a rule")
        if self.rrule:
            self.rule()

    def rule(self) -> Rule | None:
        """Return the recurrence rule, read."""
        return read_rule(self.rrule, self.start, self.tz) if self.rrule else None


def cancelled(entry: Entry, reason: str = "") -> Entry:
    """Return the entry as called off: title, times and page stay, the reason stands first."""
    return replace(
        entry,
        status=EntryStatus.CANCELLED,
        description=(reason, *entry.description) if reason else entry.description,
        conference_url=None,
        alarm_minutes=(),
        transparent=True,
        rich=None,
    )


def withdrawn(entry: Entry, summary: str) -> Entry:
    """Return the tombstone of an entry that nobody may see any more: UID, times and neutral words, nothing else."""
    return replace(
        entry,
        status=EntryStatus.CANCELLED,
        summary=summary,
        description=(),
        location="",
        geo=None,
        url=None,
        categories=(),
        image=None,
        conference_url=None,
        conference_label="",
        transparent=True,
        related_to=None,
        alarm_minutes=(),
        rich=None,
    )


def own_sequence(shown: int, version: int, revision: int) -> int:
    """Return the SEQUENCE of an entry that is one person's: of their mails, their file and their own feed alike.

    It never goes back behind what feeds have shown to all, rises with every change that those show (`shown`), as of a
    venue's name, with every change of the event (`version`), which feeds may not show, and with every change of the
    person's seat (`revision`).
    """
    return shown + version + revision


def zones_of(entries: Iterable[Entry]) -> dict[str, tuple[datetime, datetime]]:
    """Return for each zone in use the first and last wall time that the entries need it for."""
    zones: dict[str, tuple[datetime, datetime]] = {}
    for entry in entries:
        if entry.tz and (span := entry.span):
            first, last = zones.get(entry.tz, span)
            zones[entry.tz] = min(first, span[0]), max(last, span[1])
    return zones


def day_after(last: date) -> date:
    """Return the day that an all-day DTEND names: the one after the last."""
    return last + timedelta(days=1)


def _require(condition: object, complaint: str) -> None:
    if not condition:
        raise ValueError(complaint)
