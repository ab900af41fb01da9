"""When those who come are written to of themselves: before the start and after the end."""

from dataclasses import dataclass, field
from enum import StrEnum

from cag_events.domain.texts import Texts


class Moment(StrEnum):
    """From when hours are counted."""

    BEFORE = "before"  # the start
    AFTER = "after"  # the end


@dataclass(frozen=True, slots=True, kw_only=True)
class Reminder:
    """A mail to everybody with a seat, some hours before the start or after the end of each part that they come to.

    `note`: what the organizer wants said beside the facts. `survey`: it thanks and asks the three questions.
    """

    moment: Moment = Moment.BEFORE
    hours: int
    note: Texts = field(default_factory=dict)
    survey: bool = False
