"""Lecture: one or few speakers, questions, often a recording."""

from dataclasses import dataclass

from wtforms import Form

from cag_events.domain.errors import N_
from cag_events.kinds._kind import Kind


@dataclass(frozen=True, kw_only=True)
class Lecture:
    """What a lecture alone has."""


class LectureForm(Form):
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
