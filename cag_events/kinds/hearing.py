"""Hearing: a question put to decision-makers with an agenda to the minute, hosted by one of them; or a round table."""

from dataclasses import dataclass, field

from cag_events.domain.errors import N_
from cag_events.domain.texts import Texts
from cag_events.kinds._form import KindForm
from cag_events.kinds._kind import Kind
from cag_events.kinds._shape import Prose


@dataclass(frozen=True, kw_only=True)
class Session:
    """Who hosts it and what becomes of what is said."""

    host_role: Texts = field(default_factory=dict)
    question: Prose = field(default_factory=dict)  # what is asked of the decision-makers
    id_required: bool = False
    minutes_public: bool = False


@dataclass(frozen=True, kw_only=True)
class Hearing:
    """What a hearing has beside the common fields."""

    hearing: Session = field(default_factory=Session)


class HearingForm(KindForm):
    """The hearing's part of the editor."""


KIND = Kind(
    slug="hearing",
    label=N_("Hearing"),
    plural=N_("Hearings"),
    details=Hearing,
    form=HearingForm,
    sample=Hearing(),
    default_minutes=120,
    has_agenda=True,
)
