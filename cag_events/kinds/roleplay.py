"""Role-play day: a scenario, roles with seats, briefs that only their holders may read, rounds and a debriefing."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from cag_events.domain.errors import N_, Refused
from cag_events.domain.texts import Texts
from cag_events.kinds._fields import FormField, KeyField, NumberField, RowForm, RowsField, TextsField
from cag_events.kinds._form import KindForm
from cag_events.kinds._kind import Draft, Kind
from cag_events.kinds._rules import agenda_fits, has_role, takes_registrations
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

    @property
    def seats(self) -> int:
        """The seats of all roles together."""
        return sum(role.seats for role in self.roles)


@dataclass(frozen=True, kw_only=True)
class Roleplay:
    """What a role-play day has beside the common fields."""

    roleplay: Play = field(default_factory=Play)


class PartForm(RowForm):
    """A role."""

    needed = ("key", "name", "seats")
    key = KeyField(N_("Short name"), description=N_("Small letters and digits, as “farmers”."))
    name = TextsField(N_("Role"))
    seats = NumberField(N_("Seats"), least=1, most=1_000)
    brief = TextsField(N_("Brief, for its holders alone"), prose=True)


class PlayForm(RowForm):
    """The game."""

    scenario = TextsField(N_("Scenario"))
    groups = NumberField(N_("Groups that play at once"), least=1, most=50)
    roles = RowsField(PartForm, N_("Roles"), blank=2, most=60)
    opt_out = TextsField(N_("How one steps out of a role"), prose=True)


def faults(details: Roleplay) -> Iterator[tuple[str, str]]:
    """Yield what can never be right: two roles of one name."""
    counts = Counter(role.key for role in details.roleplay.roles)
    for number, role in enumerate(details.roleplay.roles):
        if role.key and counts[role.key] > 1:
            yield f"roleplay.roles[{number}].key", N_("is given twice")


class RoleplayForm(KindForm):
    """The role-play day's part of the editor."""

    shape = Roleplay
    find_faults = staticmethod(faults)
    roleplay = FormField(PlayForm)


def has_roles(draft: Draft, _now: datetime) -> Iterator[Refused]:
    """There is a scenario, and roles with a name and seats."""
    play = draft.details.roleplay
    if not play.scenario:
        yield Refused("roleplay.scenario", N_("Name the scenario."), field="kind-roleplay-scenario-sv")
    if not play.roles:
        yield Refused("roleplay.roles", N_("Give at least two roles."), field="kind-roleplay-roles")
    elif len(play.roles) < 2 or any(role.seats < 1 or not role.name for role in play.roles):
        yield Refused(
            "roleplay.roles_part",
            N_("There are at least two roles, each with a name and seats."),
            field="kind-roleplay-roles",
        )


def seats_agree(draft: Draft, _now: datetime) -> Iterator[Refused]:
    """Each registered person gets a role: the seats of all roles are those of the event."""
    registration, play = draft.record.registration, draft.details.roleplay
    there = registration.capacity + registration.online_capacity
    if play.roles and takes_registrations(draft.record) and play.seats != there:
        yield Refused(
            "roleplay.seats",
            N_("The roles have %(roles)s seats together, the event %(event)s."),
            field="capacity",
            roles=play.seats,
            event=there,
        )


def has_debriefing(draft: Draft, _now: datetime) -> Iterator[Refused]:
    """The talk afterwards is where people learn, and somebody leads the game."""
    if not draft.record.agenda:
        yield Refused("roleplay.agenda", N_("Plan the rounds, and a long talk afterwards."), field="agenda")
    if not has_role(draft.record, "game_master", "facilitator"):
        yield Refused("roleplay.game_master", N_("Name a game master."), field="people")
    if any(not role.brief for role in draft.details.roleplay.roles):
        yield Refused("roleplay.briefs", N_("Some roles have no brief yet."), field="kind-roleplay-roles")


KIND = Kind(
    slug="roleplay",
    label=N_("Role-play day"),
    plural=N_("Role-play days"),
    details=Roleplay,
    form=RoleplayForm,
    sample=Roleplay(
        roleplay=Play(
            scenario={"sv": "Floden mellan oss", "en": "The river between us"},
            groups=2,
            roles=(
                Part(key="herders", seats=6, name={"sv": "Herdarna", "en": "The herders"}, brief={"en": "The bridge."}),
                Part(key="ministry", seats=4, name={"sv": "Ministeriet", "en": "The ministry"}),
            ),
            opt_out={"sv": "Räck upp handen.", "en": "Raise your hand."},
        )
    ),
    team_only=("roleplay.roles[].brief",),
    publish_rules=(has_roles, seats_agree, agenda_fits),
    advice=(has_debriefing,),
    checklist=((-14, N_("Go through the game with the game masters")), (-3, N_("Give out the roles"))),
    reminders=(timedelta(days=7), timedelta(days=1)),
    faults=faults,
    default_minutes=360,
    has_agenda=True,
    default_registration={"mode": "open", "waitlist": True, "ask": ["segment", "role_wish", "needs"]},
    schema_type="EducationEvent",
    icon="kind-roleplay",
)
