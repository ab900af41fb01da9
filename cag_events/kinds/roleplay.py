"""Role-play day: a scenario, parties, roles with seats, briefs that only their holders read, rounds, a debriefing."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from wtforms.validators import ValidationError

from cag_events.domain.allocation import LEVELS
from cag_events.domain.errors import N_, Refused
from cag_events.domain.reminding import before, thanks
from cag_events.domain.texts import Texts
from cag_events.kinds._fields import (
    SPOKEN,
    BooleanField,
    ChoiceField,
    FormField,
    KeyField,
    LinkField,
    NumberField,
    RowForm,
    RowsField,
    TextsField,
)
from cag_events.kinds._form import KindForm
from cag_events.kinds._kind import Draft, Kind
from cag_events.kinds._rules import agenda_fits, has_role, takes_registrations
from cag_events.kinds._shape import Key, Language, Link, Prose

RELEASE_HOURS = 72  # before the start, where the file says nothing


@dataclass(frozen=True, kw_only=True)
class Party:
    """A side of the game; what it knows is for those who play it."""

    key: Key = ""
    name: Texts = field(default_factory=dict)
    about: Prose = field(default_factory=dict)
    brief: Prose = field(default_factory=dict)  # given in files, kept by the roleplays room, never here


@dataclass(frozen=True, kw_only=True)
class Part:
    """A role: its name is public, its brief is not. `seats` at most and `seats_min` at least, in all games together."""

    key: Key = ""
    party: Key = ""
    seats: int = 0
    seats_min: int = field(default=0, metadata={"usual": 0})
    must_be_filled: bool = field(default=False, metadata={"usual": False})  # in every game
    observes: bool = field(default=False, metadata={"usual": False})  # watches and writes, outside the parties
    language: Language = ""  # of the brief and the table, where it matters
    level: str = ""  # of the language at least, A1 … C2
    name: Texts = field(default_factory=dict)
    brief: Prose = field(default_factory=dict)  # given in files, kept by the roleplays room, never here


@dataclass(frozen=True, kw_only=True)
class Apart:
    """Two roles that members of one group may not hold in the same game, as friends would tell each other."""

    first: Key = ""
    second: Key = ""


@dataclass(frozen=True, kw_only=True)
class Source:
    """Something to read or look at before the day."""

    title: Texts = field(default_factory=dict)
    url: Link = ""


@dataclass(frozen=True, kw_only=True)
class Question:
    """A question of the debriefing form: a text, or a number from 1 to 5."""

    text: Texts = field(default_factory=dict)
    is_scale: bool = field(default=False, metadata={"usual": False})


@dataclass(frozen=True, kw_only=True)
class Play:
    """What is played, in how many groups at once, by whom."""

    scenario: Texts = field(default_factory=dict)
    setting: Prose = field(default_factory=dict)  # the public brief
    warning: Prose = field(default_factory=dict)  # what may be hard to meet
    opt_out: Prose = field(default_factory=dict)  # how one leaves a role or the game; the safe word
    links: tuple[Source, ...] = field(default=(), metadata={"usual": ()})
    groups: int = 1  # games that are played at once; each has its share of every role's seats
    release_hours: int = field(default=RELEASE_HOURS, metadata={"usual": RELEASE_HOURS})  # before the start
    parties: tuple[Party, ...] = field(default=(), metadata={"usual": ()})
    roles: tuple[Part, ...] = ()
    apart: tuple[Apart, ...] = field(default=(), metadata={"usual": ()})
    debriefing: tuple[Question, ...] = field(default=(), metadata={"usual": ()})

    @property
    def seats(self) -> int:
        """The seats of all roles together."""
        return sum(role.seats for role in self.roles)

    @property
    def fewest(self) -> int:
        """The people without whom it cannot be played."""
        return sum(max(role.seats_min, self.groups if role.must_be_filled else 0) for role in self.roles)


@dataclass(frozen=True, kw_only=True)
class Roleplay:
    """What a role-play day has beside the common fields."""

    roleplay: Play = field(default_factory=Play)


class LevelField(ChoiceField):
    """A level of a language."""

    def __init__(self, label: str = "", **more: Any) -> None:
        super().__init__(label, words=tuple((level, level) for level in LEVELS), **more)

    def pre_validate(self, _form: Any) -> None:
        """Refuse what is no level; nothing sent is none of them."""
        self.data = self.data or ""
        if self.data and self.data not in LEVELS:
            raise ValidationError(N_("Choose one of the list."))


class PartyForm(RowForm):
    """A party."""

    needed = ("key", "name")
    key = KeyField(N_("Short name"), description=N_("Small letters and digits, as “upstream”."))
    name = TextsField(N_("Party"))
    about = TextsField(N_("What everybody knows of it"), prose=True)


class PartForm(RowForm):
    """A role."""

    needed = ("key", "name", "seats")
    key = KeyField(N_("Short name"), description=N_("Small letters and digits, as “farmers”."))
    name = TextsField(N_("Role"))
    party = KeyField(N_("Party"), description=N_("The short name of one of the parties above."))
    seats = NumberField(N_("Seats"), least=1, most=1_000)
    seats_min = NumberField(N_("Seats, at least"), least=0, most=1_000)
    must_be_filled = BooleanField(N_("Must be held in every game"))
    observes = BooleanField(N_("Observes, and plays for no party"))
    language = ChoiceField(N_("Language that it needs"), words=SPOKEN)
    level = LevelField(N_("Level, at least"))


class ApartForm(RowForm):
    """Two roles."""

    needed = ("first", "second")
    first = KeyField(N_("Role"))
    second = KeyField(N_("and role"))


class SourceForm(RowForm):
    """Something to read."""

    needed = ("title", "url")
    title = TextsField(N_("Title"))
    url = LinkField(N_("Address"))


class QuestionForm(RowForm):
    """A question."""

    needed = ("text",)
    text = TextsField(N_("Question"))
    is_scale = BooleanField(N_("Answered by a number from 1 to 5"))


class PlayForm(RowForm):
    """The game."""

    scenario = TextsField(N_("Scenario"))
    setting = TextsField(N_("What everybody may know before"), prose=True)
    warning = TextsField(N_("What may be hard to meet"), prose=True)
    opt_out = TextsField(N_("How one steps out of a role"), prose=True)
    links = RowsField(SourceForm, N_("To read before"), blank=1, most=20)
    groups = NumberField(N_("Groups that play at once"), least=1, most=50)
    release_hours = NumberField(N_("Briefs can be read from, hours before the start"), least=0, most=2_000)
    parties = RowsField(PartyForm, N_("Parties"), blank=1, most=20)
    roles = RowsField(PartForm, N_("Roles"), blank=2, most=60)
    apart = RowsField(ApartForm, N_("Roles not for people of one group"), blank=1, most=60)
    debriefing = RowsField(QuestionForm, N_("Debriefing form"), blank=1, most=20)


def faults(details: Roleplay) -> Iterator[tuple[str, str]]:
    """Yield what can never be right: names given twice, names of nothing, numbers the wrong way round."""
    play = details.roleplay
    yield from _twice("roles", [role.key for role in play.roles])
    yield from _twice("parties", [party.key for party in play.parties])
    roles, parties = {role.key for role in play.roles}, {party.key for party in play.parties}
    for number, role in enumerate(play.roles):
        place = f"roleplay.roles[{number}]"
        if role.party and role.party not in parties:
            yield f"{place}.party", N_("is the short name of no party")
        if role.seats_min > role.seats:
            yield f"{place}.seats_min", N_("is more than the seats")
        if role.must_be_filled and role.seats < play.groups:
            yield f"{place}.seats", N_("is less than one in each game")
        if role.level and not role.language:
            yield f"{place}.level", N_("needs a language")
        if role.level and role.level not in LEVELS:
            yield f"{place}.level", N_("is no level from A1 to C2")
    for number, pair in enumerate(play.apart):
        for name in ("first", "second"):
            if getattr(pair, name) not in roles:
                yield f"roleplay.apart[{number}].{name}", N_("is the short name of no role")
        if pair.first == pair.second:
            yield f"roleplay.apart[{number}].second", N_("is the same role")


def _twice(name: str, keys: list[str]) -> Iterator[tuple[str, str]]:
    counts = Counter(keys)
    for number, key in enumerate(keys):
        if key and counts[key] > 1:
            yield f"roleplay.{name}[{number}].key", N_("is given twice")


class RoleplayForm(KindForm):
    """The role-play day's part of the editor; briefs are written on a page of their own."""

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
    """Everybody who registers gets a role, and the game can be played with those who may come."""
    registration, play = draft.record.registration, draft.details.roleplay
    there = registration.capacity + registration.online_capacity
    if not play.roles or not takes_registrations(draft.record):
        return
    if play.seats < there:
        yield Refused(
            "roleplay.seats",
            N_("The roles have %(roles)s seats together, the event %(event)s."),
            field="capacity",
            roles=play.seats,
            event=there,
        )
    if play.fewest > there:
        yield Refused(
            "roleplay.fewest",
            N_("The roles need at least %(roles)s people, the event has room for %(event)s."),
            field="capacity",
            roles=play.fewest,
            event=there,
        )


def can_step_out(draft: Draft, _now: datetime) -> Iterator[Refused]:
    """Whoever plays must know how to leave."""
    if not draft.details.roleplay.opt_out:
        yield Refused("roleplay.opt_out", N_("Say how one steps out of a role."), field="kind-roleplay-opt_out-sv")


def has_debriefing(draft: Draft, _now: datetime) -> Iterator[Refused]:
    """The talk afterwards is where people learn, and somebody leads the game."""
    if not draft.record.agenda:
        yield Refused("roleplay.agenda", N_("Plan the rounds, and a long talk afterwards."), field="agenda")
    if not has_role(draft.record, "game_master", "facilitator"):
        yield Refused("roleplay.game_master", N_("Name a game master."), field="people")


KIND = Kind(
    slug="roleplay",
    label=N_("Role-play day"),
    plural=N_("Role-play days"),
    details=Roleplay,
    form=RoleplayForm,
    sample=Roleplay(
        roleplay=Play(
            scenario={"sv": "Floden mellan oss", "en": "The river between us"},
            setting={"en": "A river, a dam and a bridge."},
            warning={"en": "Somebody loses their home."},
            opt_out={"sv": "Räck upp handen.", "en": "Raise your hand."},
            links=(Source(title={"en": "On rivers"}, url="https://example.org/rivers"),),
            groups=2,
            release_hours=48,
            parties=(Party(key="upstream", name={"en": "Upstream"}, about={"en": "They have the water."}),),
            roles=(
                Part(
                    key="herders",
                    party="upstream",
                    seats=6,
                    seats_min=2,
                    must_be_filled=True,
                    language="sv",
                    level="B1",
                    name={"sv": "Herdarna", "en": "The herders"},
                ),
                Part(key="ministry", seats=4, observes=True, name={"sv": "Ministeriet", "en": "The ministry"}),
            ),
            apart=(Apart(first="herders", second="ministry"),),
            debriefing=(
                Question(text={"en": "Surprised?"}),
                Question(text={"en": "How was it?"}, is_scale=True),
            ),
        )
    ),
    file_only=("roleplay.roles[].brief", "roleplay.parties[].brief"),
    publish_rules=(has_roles, seats_agree, agenda_fits),
    advice=(can_step_out, has_debriefing),
    checklist=((-14, N_("Go through the game with the game masters")), (-3, N_("Give out the roles"))),
    reminders=(before(days=7), before(days=1), thanks()),
    faults=faults,
    default_minutes=360,
    has_agenda=True,
    default_registration={"mode": "open", "waitlist": True, "ask": ["segment", "role_wish", "needs"]},
    schema_type="EducationEvent",
    icon="kind-roleplay",
)
