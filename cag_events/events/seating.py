"""How an event's row keeps what it says of its seats, its questions and its reminders: plain values as JSON."""

from typing import Any, Final, TypedDict

import msgspec

from cag_events.domain.questions import Question
from cag_events.domain.reminding import Reminder
from cag_events.domain.seating import Phase, Pool, QueueRule
from cag_events.events.models import Event


class Seating(TypedDict):
    """The values, by the names that they have on the row, in the editor's fields and in the record."""

    pools: tuple[Pool, ...]
    phases: tuple[Phase, ...]
    queue: QueueRule
    questions: tuple[Question, ...]
    reminders: tuple[Reminder, ...] | None


NAMES: Final = tuple(Seating.__annotations__)


def seating_of(event: Event) -> Seating:
    """Return what an event's row keeps; what is missing in it has its default."""
    return msgspec.convert({name: getattr(event, name) or _nothing(name) for name in NAMES}, Seating)


def keep_seating(event: Event, values: Any) -> None:
    """Keep on an event's row what the editor's fields say."""
    for name in NAMES:
        setattr(event, name, msgspec.to_builtins(getattr(values, name)))


def _nothing(name: str) -> Any:
    return {"queue": {}, "reminders": None}.get(name, [])
