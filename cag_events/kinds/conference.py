"""Conference: occurrences filled with programme items in rooms and tracks."""

from dataclasses import dataclass

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
    break_: bool = False
    capacity: int | None = None


@dataclass(frozen=True, kw_only=True)
class Conference:
    """What a conference has beside the common fields."""

    programme: tuple[Item, ...] = ()


class ConferenceForm(KindForm):
    """The conference's part of the editor."""


KIND = Kind(
    slug="conference",
    label=N_("Conference"),
    plural=N_("Conferences"),
    details=Conference,
    form=ConferenceForm,
    sample=Conference(),
    default_minutes=420,
)
