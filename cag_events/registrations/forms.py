"""The registration form, made for each event from what its visitor may see and what the event asks for."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from wtforms import Field

from cag_events import clock
from cag_events.domain.errors import N_, Refused
from cag_events.domain.event import EventView, Mode, Named, OccurrenceRecord, RegistrationMode
from cag_events.domain.registering import capacities, find_obstacle
from cag_events.domain.retention import KeptUntil, kept_until
from cag_events.domain.seats import SeatState
from cag_events.domain.texts import pick
from cag_events.events import reading
from cag_events.permissions import Actor, Permission, may
from cag_events.registrations.queries import list_segments, seat_words
from cag_events.registrations.services import Changed, NewRegistration
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
    SelectMultipleField,
    StringField,
    TextAreaField,
    WholeNumberField,
)
from cag_events.web.language import current_language, languages

MODE_TEXT = {Mode.ONSITE: N_("On site"), Mode.ONLINE: N_("Online")}
ANSWERS = ("organisation", "id_name", "language", "how_heard", "needs", "diet", "wish")
SENSITIVE = frozenset({"needs", "diet"})
WISHES = 3
SPOKEN = ("sv", "en", "ru", "ky", "kk", "uz", "tg")
HEARD = {
    "mail": N_("By mail from us"),
    "social": N_("In social media"),
    "friend": N_("From somebody I know"),
    "school": N_("At my school or university"),
    "partner": N_("From an organisation"),
    "poster": N_("On a poster or in a newspaper"),
    "other": N_("In another way"),
}


class InOrderField(SelectMultipleField):
    """Several choices in order of preference; templates print a select for each wish, all of one name."""

    most = WISHES

    def pre_validate(self, form: Any) -> None:
        """Drop what is empty or named twice, then check the rest."""
        self.data = list(dict.fromkeys(choice for choice in self.data or [] if choice))[:WISHES]
        super().pre_validate(form)


@dataclass(frozen=True, slots=True)
class Asked:
    """What one form asks for: the event as its visitor sees it, the segments, and whether it is one's own page."""

    view: EventView
    segments: Sequence[Named]
    is_own: bool = False
    is_desk: bool = False


class _Reads:
    """What the forms of this room have in common: they read the same fields."""

    asked: Asked

    def _text(self, name: str) -> str:
        field: Field | None = getattr(self, name, None)
        return str(field.data or "") if field is not None else ""

    def _ticked(self, name: str) -> bool:
        field: Field | None = getattr(self, name, None)
        return bool(field is not None and field.data)

    @property
    def party_read(self) -> int:
        """People in the party."""
        field: Field | None = getattr(self, "party", None)
        return int(field.data or 1) if field is not None else 1

    @property
    def mode_read(self) -> Mode | None:
        """The chosen way to take part."""
        return Mode(chosen) if (chosen := self._text("mode")) else None

    @property
    def occurrences_read(self) -> tuple[int, ...]:
        """The chosen occurrences."""
        field: Field | None = getattr(self, "occurrence", None)
        return tuple(int(value) for value in field.data or ()) if field is not None else ()

    @property
    def first_time_read(self) -> bool | None:
        """Yes, no, or not said."""
        return {"yes": True, "no": False}.get(self._text("first_time"))

    @property
    def answers_read(self) -> dict[str, Any]:
        """Answers by field name, as they are kept."""
        answers: dict[str, Any] = {name: self._text(name) for name in ANSWERS if name != "wish"}
        wish: Field | None = getattr(self, "wish", None)
        answers["wish"] = list(wish.data or []) if wish is not None else []
        return {name: value for name, value in answers.items() if value}


class RegisterForm(_Reads, PublicForm):
    """Asking for seats. The class of each event's form is made by register_form()."""

    heading: str
    button: str
    notes: tuple[str, ...]
    kept: KeptUntil | None

    def read(self, *, invitation: str | None = None) -> NewRegistration:
        """Return what was typed."""
        return NewRegistration(
            name=self._text("name"),
            email=self._text("email") or None,
            language=current_language(),
            party=self.party_read,
            mode=self.mode_read,
            occurrences=self.occurrences_read,
            segment=self._text("segment") or None,
            answers=self.answers_read,
            first_time=self.first_time_read,
            consent_photo=self._ticked("consent_photo"),
            consent_contact=self._ticked("consent_contact"),
            idempotency_key=self.key,
            invitation=invitation,
        )


class OwnForm(_Reads, Form):
    """Changing one's own registration."""

    kept: KeptUntil | None

    def read(self) -> Changed:
        """Return all of it, as it shall be."""
        return Changed(
            name=self._text("name"),
            party=self.party_read,
            mode=self.mode_read,
            occurrences=self.occurrences_read,
            segment=self._text("segment") or None,
            answers=self.answers_read,
            first_time=self.first_time_read,
            consent_photo=self._ticked("consent_photo"),
            consent_contact=self._ticked("consent_contact"),
        )


class DeskForm(_Reads, Form):
    """Registering somebody by hand."""

    kept: KeptUntil | None

    def read(self) -> NewRegistration:
        """Return what was typed."""
        return NewRegistration(
            name=self._text("name"),
            email=self._text("email") or None,
            language=self._text("page_language") or current_language(),
            party=self.party_read,
            mode=self.mode_read,
            occurrences=self.occurrences_read,
            segment=self._text("segment") or None,
            answers=self.answers_read,
            first_time=self.first_time_read,
            channel="organizer",
        )


class LostForm(PublicForm):
    """Asking for one's link again."""

    email = EmailField(
        N_("E-mail"),
        [Required(N_("Enter your e-mail address.")), Email()],
        render_kw={"autocomplete": "email", "inputmode": "email"},
    )


class CodeForm(PublicForm):
    """Opening an alias's seat by its code."""

    code = StringField(
        N_("Your six words"),
        [Required(N_("Enter the six words."))],
        description=N_("Capitals and signs between the words do not matter."),
        render_kw={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"},
    )


def obstacle_of(view: EventView, by: Actor, *, is_invited: bool = False) -> Refused | None:
    """Return why this person cannot register for an event now, None if they can."""
    seats = view.registration
    if obstacle := find_obstacle(view, seats.mode, seats.opens_at, seats.closes_at, clock.now()):
        return obstacle
    if seats.mode is RegistrationMode.INVITE and not is_invited:
        return Refused("registration.invite", N_("This event is for those who are invited."))
    if seats.mode is RegistrationMode.MEMBERS and not may(by, Permission.MEMBERS_SEE):
        return Refused("registration.members", N_("This event is for members. Sign in to register."))
    if not view.occurrences or not capacities(view.mode, seats.capacity, seats.online_capacity):
        return Refused("registration.closed", N_("Registration is closed."))
    return None


def register_form(view: EventView, state: SeatState | None = None) -> RegisterForm:
    """Return the form of an event: filled from the request if there is one. `state` lets the button say "queue"."""
    form: RegisterForm = _make(RegisterForm, Asked(view, _segments(view)))
    tell_seats(form, view, state)
    return form


def tell_seats(form: RegisterForm, view: EventView, state: SeatState | None) -> None:
    """Let heading, button and notes of a form say how one gets a seat now."""
    words = seat_words(view, state) if state is not None else None
    pending = view.registration.mode is RegistrationMode.APPROVAL
    is_full = words is not None and words.slug == "full" and not pending
    form.heading = _("Waiting list") if is_full and view.registration.waitlist else _("Register")
    form.button = _("Put me in the queue") if is_full and view.registration.waitlist else _("Register")
    form.button = _("Ask for a seat") if pending else form.button
    form.notes = tuple(_notes(view, is_full=is_full, queue=words.queue if words else None))


def own_form(view: EventView, values: dict[str, Any]) -> OwnForm:
    """Return the form by which a registration is changed, filled with what is kept unless the request has more."""
    form: OwnForm = _make(OwnForm, Asked(view, _segments(view), is_own=True), values)
    return form


def _segments(view: EventView) -> Sequence[Named]:
    """The segments to choose from, where the event asks; kept until the programme changes."""
    return reading.kept("segments", list_segments) if "segment" in view.registration.ask else ()


def desk_form(view: EventView) -> DeskForm:
    """Return the form by which organizers register somebody by hand."""
    form: DeskForm = _make(DeskForm, Asked(view, list_segments(), is_desk=True))
    return form


def _make(base: Any, asked: Asked, values: dict[str, Any] | None = None) -> Any:
    """Make the class of an event's form and an instance of it."""
    form = type(base)(base.__name__, (base,), _fields(asked))(data=values)
    form.asked = asked
    form.kept = kept_until(asked.view)
    return form


def _notes(view: EventView, *, is_full: bool, queue: int | None) -> list[str]:
    """Sentences above the form: how one gets a seat here."""
    notes = []
    seats = view.registration
    if seats.mode is RegistrationMode.APPROVAL:
        notes.append(_("We answer everybody who asks for a seat. You get our answer by mail."))
    elif is_full and seats.waitlist:
        notes.append(_("All seats are taken. You get a mail as soon as it is your turn."))
        if queue:
            notes.append(_("Parties in the queue: %(num)s.", num=queue))
    return notes


def _fields(asked: Asked) -> dict[str, Field]:
    """The fields that an event's form has, in order."""
    view, seats = asked.view, asked.view.registration
    fields: dict[str, Any] = {}
    modes = capacities(view.mode, seats.capacity, seats.online_capacity)
    if len(modes) > 1:
        fields["mode"] = RadioField(
            N_("How do you want to take part?"),
            [Required(N_("Choose how you want to take part."))],
            choices=[(mode.value, MODE_TEXT[mode]) for mode in modes],
        )
    if seats.per_occurrence and len(view.occurrences) > 1:
        fields["occurrence"] = MultiCheckboxField(
            N_("Which dates?"),
            [Required(N_("Choose at least one date."))],
            choices=[(str(one.id), _occurrence_text(one)) for one in view.occurrences],
        )
    fields["name"] = StringField(
        N_("Name"),
        [Required(N_("Enter a name. It may be a pseudonym.")), Length(max=120)],
        description="" if "id_name" in seats.ask else N_("A pseudonym is fine."),
        render_kw={"autocomplete": "name"},
    )
    if not asked.is_own:
        fields["email"] = _email_field(asked)
    if "id_name" in seats.ask:
        fields["id_name"] = StringField(
            N_("Name as on your identity document"),
            [
                *([] if asked.is_desk else [Required(N_("Enter your name as it stands on your document."))]),
                Length(max=120),
            ],
            description=N_("The venue lets in only those on its visitor list. It sees nothing else of what you write."),
            render_kw={"autocomplete": "off"},
        )
    if seats.party_max > 1:
        fields["party"] = WholeNumberField(
            N_("How many are you?"), least=1, most=seats.party_max, default=1, description=_party_hint(seats.party_max)
        )
    return fields | _question_fields(asked)


def _email_field(asked: Asked) -> Field:
    is_optional = asked.is_desk or "alias" in asked.view.registration.ask
    return EmailField(
        N_("E-mail"),
        [Optional() if is_optional else Required(N_("Enter an e-mail address.")), Email()],
        description=N_("You may leave this empty. The next page is then your ticket.")
        if is_optional and not asked.is_desk
        else N_("Your confirmation and a link to change or cancel come here."),
        render_kw={"autocomplete": "email", "inputmode": "email"},
    )


def _party_hint(most: int) -> str:
    return str(_("You and those you bring, %(num)s at most.", num=most))


def _question_fields(asked: Asked) -> dict[str, Any]:
    """The questions that the event asks, each with its purpose; `registration.ask` names them."""
    view = asked.view
    ask = set(view.registration.ask) | ({"segment"} if asked.is_desk else set())
    makers: dict[str, tuple[str, Any]] = {
        "segment": ("segment", lambda: _segment_field(asked.segments)),
        "first_time": ("first_time", _first_time_field),
        "org": ("organisation", _organisation_field),
        "language": ("language", _language_field),
        "role_wish": ("wish", lambda: _wish_field(view)),
        "needs": ("needs", lambda: _sensitive_field(NEEDS, view)),
        "diet": ("diet", lambda: _sensitive_field(DIET, view)),
        "how_heard": ("how_heard", _how_heard_field),
        "photo": ("consent_photo", _photo_field),
    }
    fields = {name: make() for key, (name, make) in makers.items() if key in ask}
    if asked.is_desk:
        fields["page_language"] = SelectField(
            N_("Language of the mails"), choices=[(code, dates.language_name(code)) for code in languages()]
        )
        fields.pop("consent_photo", None)
    else:
        fields["consent_contact"] = BooleanField(N_("Tell me by mail about events like this one."))
    return {name: field for name, field in fields.items() if field is not None}


@dataclass(frozen=True, slots=True)
class _Sensitive:
    label: str
    purpose: str


NEEDS = _Sensitive(
    N_("Do you need anything to take part?"),
    N_("For example a hearing loop, an interpreter or a place for a wheelchair. Only those who arrange it see it."),
)
DIET = _Sensitive(
    N_("Special diet or allergies"),
    N_("The kitchen gets numbers, never names."),
)


def _sensitive_field(what: _Sensitive, view: EventView) -> Field:
    kept = kept_until(view)
    deleted = _("We delete it on %(date)s.", date=dates.day_text(kept.sensitive, weekday=False)) if kept else ""
    return TextAreaField(
        what.label,
        [Optional(), Length(max=1000)],
        description=f"{_(what.purpose)} {deleted}".strip(),
        render_kw={"rows": 2, "autocomplete": "off"},
    )


def _segment_field(segments: Sequence[Named]) -> Field:
    lang = current_language()
    return SelectField(
        N_("I come as"),
        [Optional()],
        choices=[
            ("", N_("I would rather not say")),
            *((segment.key, pick(segment.name, lang).text) for segment in segments),
        ],
        description=N_("Helps us to see whom we reach."),
    )


def _first_time_field() -> Field:
    return RadioField(
        N_("Is it your first time with us?"),
        [Optional()],
        choices=[("yes", N_("Yes")), ("no", N_("No"))],
    )


def _organisation_field() -> Field:
    return StringField(
        N_("Organisation or school"),
        [Optional(), Length(max=200)],
        render_kw={"autocomplete": "organization"},
    )


def _language_field() -> Field:
    return SelectField(
        N_("Which language do you follow best?"),
        [Optional()],
        choices=[("", N_("I would rather not say")), *((code, dates.language_name(code)) for code in SPOKEN)],
        description=N_("So that we know which interpreting is needed."),
    )


def _how_heard_field() -> Field:
    return SelectField(
        N_("How did you hear of this?"), [Optional()], choices=[("", N_("I would rather not say")), *HEARD.items()]
    )


def _photo_field() -> Field:
    return BooleanField(
        N_("You may publish photographs that I am in."),
        description=N_("You may change your mind at any time."),
    )


def _wish_field(view: EventView) -> Field | None:
    """Roles that one may wish for; none where the viewer may not see them."""
    roles = (view.details.get("roleplay") or {}).get("roles") or []
    lang = current_language()
    choices = [(role["key"], pick(role.get("name"), lang).text or role["key"]) for role in roles]
    if not choices:
        return None
    return InOrderField(
        N_("Which role would you like?"),
        [Optional()],
        choices=choices,
        description=N_("Up to three, the dearest first. We try, but we cannot promise."),
    )


def _occurrence_text(one: OccurrenceRecord) -> str:
    title = pick(one.title, current_language()).text
    when_text = dates.span_text(one.starts_wall, one.ends_wall, year=False)
    return f"{title} · {when_text}" if title else when_text
