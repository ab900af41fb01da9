"""Conference: occurrences filled with programme items in rooms and tracks."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from cag_events.domain.errors import N_
from cag_events.domain.texts import Texts
from cag_events.kinds._form import KindForm
from cag_events.kinds._kind import Kind
from cag_events.kinds._shape import Clock, Language, OccurrenceKey, PersonKey, RoomKey


@dataclass(frozen=True, kw_only=True)
class Item:
    """A talk or break inside an occurrence; `lang` is spoken in it, `capacity` its own seats."""

    occurrence: OccurrenceKey = ""
    start: Clock = ""
    end: Clock = ""
    room: RoomKey = ""
    track: str = ""
    title: Texts | None = None
    who: tuple[PersonKey, ...] = ()
    lang: Language = ""
    break_: bool = field(default=False, metadata={"usual": False})
    capacity: int | None = None


@dataclass(frozen=True, kw_only=True)
class Conference:
    """What a conference has beside the common fields."""

    programme: tuple[Item, ...] = ()


class ConferenceForm(KindForm):
    """The conference's part of the editor."""


def faults(details: Conference) -> Iterator[tuple[str, str]]:
    """Yield what can never be right: an item that ends before it starts."""
    for number, item in enumerate(details.programme):
        if item.start and item.end and item.end <= item.start:
            yield f"programme[{number}].end", N_("is not after start")


KIND = Kind(
    slug="conference",
    label=N_("Conference"),
    plural=N_("Conferences"),
    details=Conference,
    form=ConferenceForm,
    sample=Conference(),
    faults=faults,
    default_minutes=420,
)
