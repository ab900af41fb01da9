"""When those who come are written to of themselves: before the start and after the end."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from cag_events.domain.texts import Texts

MOST_HOURS = 60 * 24  # before the start
MOST_HOURS_AFTER = 14 * 24
LATE = timedelta(days=1)  # after its moment a reminder goes out still, though another one comes
REST = timedelta(minutes=30)  # between getting a seat and what one has missed
THANKS_WITHIN = timedelta(days=7)  # of their moment; a worker that slept longer leaves them out
NUDGE_AFTER = timedelta(days=4)
SURVEY_DAYS = 30  # from the end until the questions close
FEW = 5  # fewer are not told as a number


class Moment(StrEnum):
    """From when hours are counted."""

    BEFORE = "before"  # the start
    AFTER = "after"  # the end


@dataclass(frozen=True, slots=True, kw_only=True)
class Reminder:
    """A mail to everybody with a seat, some hours before the start of each part that they come to, or after the end.

    Parts that follow each other within these hours are told together, before the first of them; after the end of all
    of the event there is one. `note`: what the organizer wants said beside the facts. `survey`: it thanks and asks the
    three questions.
    """

    moment: Moment = Moment.BEFORE
    hours: int
    note: Texts = field(default_factory=dict)
    survey: bool = False


def before(*, days: int = 0, hours: int = 0) -> Reminder:
    """Return a mail so long before the start."""
    return Reminder(hours=24 * days + hours)


def thanks(*, hours: int = 18) -> Reminder:
    """Return the mail that thanks and asks the three questions, so long after the end."""
    return Reminder(moment=Moment.AFTER, hours=hours, survey=True)


def rules_of(
    own: tuple[Reminder, ...] | None, usual: tuple[Reminder, ...], *, is_guarded: bool
) -> tuple[Reminder, ...]:
    """Return the mails of an event: its own, or those of its kind; a guarded one asks only where its own say so."""
    if own is not None:
        return own
    return tuple(replace(rule, survey=False) if is_guarded else rule for rule in usual)


def latest(rules: Sequence[Reminder], starts_at: datetime, now: datetime) -> Reminder | None:
    """Return the last mail before a start whose moment has come; none once it has begun.

    Whoever slept through several moments sends the last of them alone.
    """
    come = [
        rule
        for rule in rules
        if rule.moment is Moment.BEFORE and starts_at - timedelta(hours=rule.hours) <= now < starts_at
    ]
    return min(come, key=lambda rule: rule.hours, default=None)


def suits_late(rules: Sequence[Reminder], rule: Reminder) -> bool:
    """Tell whether who comes late to a mail's moment gets it still: it says something, or is the last before the start.

    Otherwise the next one is enough.
    """
    following = any(one.moment is Moment.BEFORE and one.hours < rule.hours for one in rules)
    return any(rule.note.values()) or not following


def told_together(starts: Mapping[int, datetime], first: int, hours: int) -> list[int]:
    """Return a part and those after it that begin within so many hours of the one before, in order; `starts` by id."""
    chain, last = [first], starts[first]
    for part, at in sorted(starts.items(), key=lambda pair: (pair[1], pair[0])):
        if part != first and last <= at <= last + timedelta(hours=hours):
            chain.append(part)
            last = at
    return chain
