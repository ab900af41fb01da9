"""Forms of the room, made for each event from its roles, languages and questions."""

from datetime import datetime
from typing import Any

from flask_babel import gettext as _

from cag_events.domain.allocation import LEVELS, WISHES
from cag_events.domain.errors import N_
from cag_events.domain.texts import pick
from cag_events.kinds.roleplay import Play, Question
from cag_events.roleplays.queries import Person
from cag_events.roleplays.services import Wishes
from cag_events.roleplays.wording import game_name, role_name
from cag_events.web import dates
from cag_events.web.forms import (
    BooleanField,
    Email,
    EmailField,
    Form,
    Length,
    MultiCheckboxField,
    Optional,
    PublicForm,
    RadioField,
    Required,
    SelectField,
    StringField,
    TextAreaField,
    WallTimeField,
    WholeNumberField,
)
from cag_events.web.language import current_language

make_class: Any = type(Form)  # the metaclass of forms, which their stubs do not know
NAMES = ("first", "second", "third")
LABELS = (N_("My first wish"), N_("My second wish"), N_("My third wish"))
MOST_SEED = 999_999_999


class WishesForm(Form):
    """What somebody wishes for; the class of each event's form is made by wishes_form()."""

    play: Play

    def read(self) -> Wishes:
        """Return what was chosen."""
        chosen = (getattr(self, name).data for name in NAMES)
        levels = {code: self[f"level_{code}"].data or "" for code in languages_of(self.play)}
        return Wishes(
            wishes=tuple(role for role in chosen if role),
            refused=frozenset(self.refused.data or ()),
            levels={code: level for code, level in levels.items() if level},
        )


def languages_of(play: Play) -> list[str]:
    """Return the languages of which some role asks a level."""
    return sorted({role.language for role in play.roles if role.level and role.language})


def wishes_form(play: Play, person: Person) -> WishesForm:
    """Return the form of somebody's wishes, filled with what is kept unless the request has more."""
    roles = [(role.key, role_name(play, role.key)) for role in play.roles]
    fields: dict[str, Any] = {
        name: SelectField(label, [Optional()], choices=[("", _("No wish")), *roles])
        for name, label in zip(NAMES, LABELS, strict=True)
    }
    fields["refused"] = MultiCheckboxField(
        N_("Not this one"),
        choices=roles,
        description=N_("You will never get a role that you tick here, and nobody asks why."),
    )
    for code in languages_of(play):
        fields[f"level_{code}"] = SelectField(
            _("How well do you know %(language)s?", language=dates.language_name(code)),
            [Optional()],
            choices=[("", _("I would rather not say")), *((level, level) for level in LEVELS)],
            description=N_("A1 is a beginner, C2 speaks it as their own."),
        )
    made: Any = make_class("WishesForm", (WishesForm,), fields)
    wishes = (*person.wishes, *("",) * WISHES)[:WISHES]
    values = {**dict(zip(NAMES, wishes, strict=True)), "refused": sorted(person.refused)}
    form: WishesForm = made(data={**values, **{f"level_{code}": level for code, level in person.levels.items()}})
    form.play = play
    return form


class GroupForm(Form):
    """Making a group."""

    name = StringField(
        N_("Name of the group"),
        [Required(N_("Name the group, as “Class 2b”.")), Length(max=100)],
        description=N_("Those who join see it, and the organizers."),
    )
    plays = BooleanField(N_("I take a role myself"), description=N_("Leave it empty if you only come along."))


class JoinForm(Form):
    """Joining a group."""

    code = StringField(
        N_("The group's code"),
        [Required(N_("Write the code that your teacher or leader gave you."))],
        render_kw={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"},
    )


class AgeForm(Form):
    """Saying whether one is under 18."""

    age = RadioField(
        N_("Are you under 18?"),
        [Required(N_("Choose one."))],
        choices=[("adult", N_("No, I am 18 or older")), ("minor", N_("Yes, I am under 18"))],
    )


class GuardianForm(PublicForm):
    """A guardian's yes."""

    guardian = StringField(N_("The guardian's name"), [Required(N_("Write the guardian's name.")), Length(max=200)])
    agrees = BooleanField(
        N_("I am the guardian, and I agree that they take part in the role-play."),
        [Required(N_("Tick that you agree."))],
    )


class RunForm(Form):
    """Letting an allocation be worked out."""

    seed = WholeNumberField(
        N_("Seed"),
        [Optional()],
        least=0,
        most=MOST_SEED,
        description=N_("The same number gives the same result. Leave it empty for a new one."),
    )
    keeps = BooleanField(N_("Who holds a role keeps it"), description=N_("Only the others are placed."))


class PlaceForm(Form):
    """Placing somebody by hand."""

    role = SelectField(N_("Role"), [Optional()])
    game = SelectField(N_("Game"), [Optional()])


def place_form(play: Play, role: str = "", game: int | None = None) -> PlaceForm:
    """Return the form by which somebody is placed."""
    form = PlaceForm(data={"role": role, "game": "" if game is None else str(game)})
    form.role.choices = [
        ("", _("Let the allocation decide")),
        *((one.key, role_name(play, one.key)) for one in play.roles),
    ]
    form.game.choices = [("", _("Any")), *((str(number), game_name(play, number)) for number in range(play.groups))]
    return form


class ApartForm(Form):
    """Keeping two apart."""

    one = StringField(N_("Reference"), [Required(N_("Enter a reference.")), Length(max=12)])
    other = StringField(N_("and reference"), [Required(N_("Enter a reference.")), Length(max=12)])


class FacilitatorForm(Form):
    """Naming a game master."""

    email = EmailField(N_("E-mail of their account"), [Required(N_("Enter an e-mail address.")), Email()])


class ReleaseForm(Form):
    """When briefs can be read."""

    at = WallTimeField(N_("Briefs can be read from"), [Optional()])

    def read(self) -> datetime | None:
        """Return the wall time that was typed."""
        found: datetime | None = self.at.data
        return found


class BriefsForm(Form):
    """All briefs of an event: a field for each place and language."""


def briefs_form(play: Play, briefs: dict[str, dict[str, str]], codes: list[str]) -> tuple[BriefsForm, list[Any]]:
    """Return the form and its rows: (place, [(language, field name)])."""
    fields: dict[str, Any] = {}
    rows: list[Any] = []
    values: dict[str, str] = {}
    places = [*(f"party:{party.key}" for party in play.parties), *(f"role:{role.key}" for role in play.roles)]
    for number, place in enumerate(places):
        row = []
        written = briefs.get(place, {})
        for code in list(dict.fromkeys([*codes, *written])):
            name = f"b{number}_{code}"
            fields[name] = TextAreaField(
                dates.language_name(code).capitalize(), [Optional()], render_kw={"rows": 6, "lang": code}
            )
            values[name] = written.get(code, "")
            row.append((code, name))
        rows.append((place, row))
    made: Any = make_class("BriefsForm", (BriefsForm,), fields)
    return made(data=values), rows


def read_briefs(form: BriefsForm, rows: list[Any]) -> dict[str, dict[str, str]]:
    """Return what was written, by place and language."""
    return {place: {code: form[name].data or "" for code, name in row} for place, row in rows}


class DebriefingForm(PublicForm):
    """The debriefing; the class of each event's form is made by debriefing_form()."""

    questions: tuple[Question, ...]

    def read(self) -> list[str | int | None]:
        """Return the answers in the order of the questions."""
        return [
            (int(self[f"q{number}"].data) if self[f"q{number}"].data else None)
            if question.is_scale
            else self[f"q{number}"].data or None
            for number, question in enumerate(self.questions)
        ]


def debriefing_form(questions: tuple[Question, ...]) -> DebriefingForm:
    """Return the form of an event's questions."""
    fields: dict[str, Any] = {}
    for number, question in enumerate(questions):
        label = pick(question.text, current_language()).text
        fields[f"q{number}"] = (
            RadioField(label, [Optional()], choices=[(str(value), str(value)) for value in range(1, 6)])
            if question.is_scale
            else TextAreaField(label, [Optional(), Length(max=2_000)], render_kw={"rows": 3})
        )
    made: Any = make_class("DebriefingForm", (DebriefingForm,), fields)
    form: DebriefingForm = made()
    form.questions = questions
    return form
