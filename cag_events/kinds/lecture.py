"""Lecture: one or few speakers, questions, often a recording; may count as a cultural programme."""

from dataclasses import dataclass

from cag_events.domain.errors import N_
from cag_events.kinds._form import KindForm
from cag_events.kinds._kind import Kind
from cag_events.kinds._shape import PersonKey


@dataclass(frozen=True, kw_only=True)
class Talk:
    """How a lecture is held."""

    questions: str = ""  # advance, floor or both: how the audience asks
    culture_programme: bool = False  # counted by a study association as a cultural programme
    host_contact: PersonKey = ""
    fee_note: str = ""  # fee and travel, for the team


@dataclass(frozen=True, kw_only=True)
class Lecture:
    """What a lecture has beside the common fields."""

    lecture: Talk = Talk()


class LectureForm(KindForm):
    """The lecture's part of the editor."""


KIND = Kind(
    slug="lecture",
    label=N_("Lecture"),
    plural=N_("Lectures"),
    details=Lecture,
    form=LectureForm,
    sample=Lecture(),
    has_agenda=True,
)
