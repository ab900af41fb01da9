"""Workshop: small and interactive, with a least number of people and a day on which to decide."""

from dataclasses import dataclass, field

from cag_events.domain.errors import N_
from cag_events.kinds._form import KindForm
from cag_events.kinds._kind import Kind
from cag_events.kinds._shape import Prose


@dataclass(frozen=True, kw_only=True)
class Frame:
    """What a workshop needs in order to be held."""

    min_people: int | None = None
    decide_days: int | None = None  # days before the start on which it is called off if too few have registered
    bring: Prose = field(default_factory=dict)  # what participants bring or prepare
    materials: str = ""  # for the team
    notes: str = ""  # of the facilitators, for the team


@dataclass(frozen=True, kw_only=True)
class Workshop:
    """What a workshop has beside the common fields."""

    workshop: Frame = field(default_factory=Frame)


class WorkshopForm(KindForm):
    """The workshop's part of the editor."""


KIND = Kind(
    slug="workshop",
    label=N_("Workshop"),
    plural=N_("Workshops"),
    details=Workshop,
    form=WorkshopForm,
    sample=Workshop(),
    team_only=("workshop.materials", "workshop.notes"),
    default_minutes=180,
)
