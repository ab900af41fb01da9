"""Whether those who have a seat still come: what they said, and whom to ask again."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

AGAIN_AFTER = timedelta(hours=12)  # between two mails that ask the same person
MOST_TIMES = 3


class Answer(StrEnum):
    """What somebody said."""

    YES = "yes"
    NO = "no"


class Coming(StrEnum):
    """How somebody with a seat stands."""

    NOT_ASKED = "not_asked"
    ASKED = "asked"
    YES = "yes"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question that was put: for which first day, when last, how often, and what was said."""

    for_on: date
    asked_at: datetime
    times: int
    answer: Answer | None = None


def standing(asked: Asked | None, day: date) -> Coming:
    """Return how somebody who has a seat stands for an event that begins on a day.

    A question about another date counts for nothing, nor does a no that was taken back.
    """
    if asked is None or asked.for_on != day:
        return Coming.NOT_ASKED
    return Coming.YES if asked.answer is Answer.YES else Coming.ASKED


def may_ask(asked: Asked | None, day: date, now: datetime) -> bool:
    """Tell whether somebody with a seat may be sent the question now: once, and again when they have not answered."""
    if asked is None or asked.for_on != day:
        return True
    if asked.answer is Answer.YES:
        return False
    return asked.times < MOST_TIMES and now >= asked.asked_at + AGAIN_AFTER
