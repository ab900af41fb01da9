"""Where a date of an event goes that is dragged on a calendar which shows it by the clocks of another zone."""

from datetime import datetime
from typing import NamedTuple

from cag_events.domain import when


class Walls(NamedTuple):
    """When something begins and ends, by the clocks of one place."""

    starts: datetime
    ends: datetime


def shifted(before: Walls, tz: str, shown: Walls, shown_tz: str) -> Walls:
    """Return the wall times in the event's own zone of a date that was moved on a calendar in another zone.

    `before`: its own wall times until now; `shown`: where it was put, by the clocks of `shown_tz`. What was moved by
    whole days keeps its own hour, whatever clocks change in between; what was given another hour begins at that one.
    A length that was not touched is kept. Raises Refused when.gap for an hour that clocks skip.
    """
    was = Walls(*(when.wall_of(when.instant(wall, tz), shown_tz) for wall in before))
    if shown.starts.time() == was.starts.time():
        starts = before.starts + (shown.starts.date() - was.starts.date())
    else:
        starts = _there(shown.starts, shown_tz, tz)
    is_as_long = shown.ends - shown.starts == was.ends - was.starts
    if is_as_long:
        return Walls(starts, starts + (before.ends - before.starts))
    return Walls(starts, before.ends if shown.ends == was.ends else _there(shown.ends, shown_tz, tz))


def _there(wall: datetime, here: str, there: str) -> datetime:
    return wall if here == there else when.wall_of(when.instant(wall, here), there)
