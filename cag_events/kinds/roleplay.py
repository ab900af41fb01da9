"""Role-play day: a scenario, roles with seats, briefs that only their holders may read, rounds and a debriefing."""

from dataclasses import dataclass, field

from cag_events.domain.errors import N_
from cag_events.domain.texts import Texts
from cag_events.kinds._form import KindForm
from cag_events.kinds._kind import Kind
from cag_events.kinds._shape import Key, Prose


@dataclass(frozen=True, kw_only=True)
class Part:
    """A role: its name is public, its brief is not."""

    key: Key = ""
    seats: int = 0
    name: Texts = field(default_factory=dict)
    brief: Prose = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Play:
    """What is played, in how many groups at once, by whom."""

    scenario: Texts = field(default_factory=dict)
    groups: int = 1
    roles: tuple[Part, ...] = ()
    opt_out: Prose = field(default_factory=dict)  # how one leaves a role or the game


@dataclass(frozen=True, kw_only=True)
class Roleplay:
    """What a role-play day has beside the common fields."""

    roleplay: Play = field(default_factory=Play)


class RoleplayForm(KindForm):
    """The role-play day's part of the editor."""


KIND = Kind(
    slug="roleplay",
    label=N_("Role-play day"),
    plural=N_("Role-play days"),
    details=Roleplay,
    form=RoleplayForm,
    sample=Roleplay(),
    team_only=("roleplay.roles[].brief",),
    default_minutes=360,
    has_agenda=True,
)
