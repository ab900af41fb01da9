"""What those who are registered are told when an event changes: held for ten minutes, so that it can be taken back."""

from collections.abc import Mapping
from datetime import date, timedelta
from enum import StrEnum

from cag_events.domain.lifecycle import Status

HOLD = timedelta(minutes=10)  # between a change, the last of several, and the mails about it
SILENT_AFTER = timedelta(hours=48)  # from when on the organizer is told who has not said whether they still come


class News(StrEnum):
    """What has become of an event, or that its organizers write."""

    MOVED = "moved"
    CLOCKS = "clocks"  # the law of the clocks has changed: the same wall time is another instant
    POSTPONED = "postponed"
    CANCELLED = "cancelled"
    WITHDRAWN = "withdrawn"
    REOPENED = "reopened"
    WRITTEN = "written"


class State(StrEnum):
    """Where a notice is."""

    HELD = "held"
    SENT = "sent"
    UNDONE = "undone"  # the event is what it was before, or the message was stopped
    DROPPED = "dropped"  # the change stays, nobody is written to


def news_of(known: Status, now: Status, *, has_moved: bool, has_other_clocks: bool = False) -> News | None:
    """Return what people must be told who know an event as `known`; None where there is nothing to say.

    `has_moved`: whether time or place differ from what they know; `has_other_clocks`: whether its times mean other
    instants since the zone data were updated.
    """
    if now is Status.PUBLISHED:
        if has_moved:
            return News.MOVED
        if known is Status.PUBLISHED and has_other_clocks:
            return News.CLOCKS
        return None if known is Status.PUBLISHED else News.REOPENED
    if now is known:
        return None
    return {Status.POSTPONED: News.POSTPONED, Status.CANCELLED: News.CANCELLED, Status.DRAFT: News.WITHDRAWN}[now]


def has_other_day(before: Mapping[int, date], after: Mapping[int, date]) -> bool:
    """Tell whether a dated part that is still there is on another day; by the part's id, the day it begins on."""
    return any(after[part] != day for part, day in before.items() if part in after)
