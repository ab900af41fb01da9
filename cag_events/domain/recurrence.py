"""A rule for repeating (RFC 5545 §3.3.10) → the wall times that it gives."""

from datetime import datetime
from enum import StrEnum

from dateutil.rrule import rrulestr

from cag_events.domain.errors import N_, Refused

MAX_DATES = 730


class Scope(StrEnum):
    """What of a series a change is meant for."""

    THIS = "this"
    FOLLOWING = "following"  # this date and those after it
    ALL = "all"


def dates_of(starts_wall: datetime, rrule: str | None) -> list[datetime]:
    """Return the wall times that a rule gives from a start; the start alone without one. Raises Refused when.rule."""
    if not rrule:
        return [starts_wall]
    if any(word in rrule.upper() for word in ("SECONDLY", "MINUTELY", "HOURLY")):
        raise Refused("when.rule", N_("Events cannot repeat more often than daily."), field="rrule")
    if "COUNT=" not in rrule.upper() and "UNTIL=" not in rrule.upper():
        raise Refused("when.rule", N_("Say how many times it repeats, or until when."), field="rrule")
    try:
        dates = [date for _, date in zip(range(MAX_DATES), rrulestr(rrule, dtstart=starts_wall, ignoretz=True))]
    except (ValueError, TypeError) as fault:
        raise Refused("when.rule", N_("This is not a rule for repeating."), field="rrule") from fault
    if not dates or dates[0] != starts_wall:
        raise Refused("when.rule", N_("The first date must be one that the rule gives."), field="rrule")
    return dates
