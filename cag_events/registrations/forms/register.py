"""The forms of the room, made for each event from what its visitor may see and what the event asks for."""

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext
from wtforms import Field

from cag_events import clock
from cag_events.domain.errors import N_, Refused
from cag_events.domain.event import EventView, Mode, Named, RegistrationMode
from cag_events.domain.registering import (
    asks_segment,
    capacities,
    find_barrier,
    find_obstacle,
    first_opening,
    phase_refusal,
    running_phases,
)
from cag_events.domain.retention import KeptUntil, kept_until
from cag_events.domain.seats import SeatState
from cag_events.events import reading
from cag_events.permissions import Actor, Permission, may
from cag_events.registrations.forms.fields import ANSWERS, Asked, asks_for_code, asks_for_segment, fields_of
from cag_events.registrations.forms.questions import Asking
from cag_events.registrations.queries import SeatWords, list_segments, open_parts, seat_words
from cag_events.registrations.services import Changed, NewRegistration
from cag_events.registrations.standing import held_words, phase_words
from cag_events.web.forms import (
    Email,
    EmailField,
    Form,
    PublicForm,
    Required,
    StringField,
)
from cag_events.web.language import current_language


class _Reads(Asking):
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
        """The chosen way to take part; the first that the form offers where none was sent."""
        field: Field | None = getattr(self, "mode", None)
        return Mode(self._text("mode") or str(field.default)) if field is not None else None

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
        return {name: value for name, value in answers.items() if value} | self.question_answers


class RegisterForm(_Reads, PublicForm):
    """Asking for seats. The class of each event's form is made by register_form()."""

    heading: str
    button: str
    notes: tuple[str, ...]
    kept: KeptUntil | None
    waits = 0  # seconds, where it was sent too often

    def ask_to_wait(self, seconds: int) -> None:
        """Say how long to wait before it is sent again; what was typed stays."""
        self.waits = seconds
        text = ngettext(
            "There were too many tries in a short time. Wait %(num)s second and press the button again: nothing that "
            "you typed is lost.",
            "There were too many tries in a short time. Wait %(num)s seconds and press the button again: nothing that "
            "you typed is lost.",
            seconds,
        )
        self.form_errors = [*self.form_errors, text]

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
            pool_code=self._text("pool_code"),
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
    seats, now, is_member = view.registration, clock.now(), may(by, Permission.MEMBERS_SEE)
    opening = first_opening(seats.opens_at, [phase for phase in seats.phases if phase.segment or is_member])
    if obstacle := find_obstacle(view, seats.mode, opening, seats.closes_at, now):
        return phase_refusal(running_phases(seats.opens_at, seats.phases, now)) or obstacle
    if barrier := find_barrier(seats.mode, is_invited=is_invited, is_member=is_member):
        return barrier
    if not open_parts(view) or not capacities(view.mode, seats.capacity, seats.online_capacity):
        return Refused("registration.closed", N_("Registration is closed."))
    return None


def register_form(view: EventView, by: Actor, state: SeatState | None = None) -> RegisterForm:
    """Return the form of an event: filled from the request if there is one. `state` lets the button say "queue"."""
    form: RegisterForm = make_form(RegisterForm, Asked(view, segments_of(view)))
    seats, field = view.registration, form._fields.get("segment")
    running = running_phases(seats.opens_at, seats.phases, clock.now())
    if field is not None and asks_segment(running, is_member=may(by, Permission.MEMBERS_SEE)):
        field.flags.required = True  # for the eye and the browser; who comes too early is told why by the service
    leave_out_closed(form, view)
    if "pool_code" in form and not asks_for_code(view, clock.now()):
        del form.pool_code
    tell_seats(form, view, state)
    return form


def leave_out_closed(form: RegisterForm, view: EventView) -> None:
    """Take the days that are over, or closed, from those that a form offers."""
    field: Any = getattr(form, "occurrence", None)
    if field is not None:
        still = {str(one.id) for one in open_parts(view)}
        field.choices = [choice for choice in field.choices if str(choice.value) in still]


def tell_seats(form: RegisterForm, view: EventView, state: SeatState | None) -> None:
    """Let heading, button and notes of a form say how one gets a seat now."""
    words = seat_words(view, state) if state is not None else None
    pending = view.registration.mode is RegistrationMode.APPROVAL
    is_full = words is not None and words.slug == "full" and not pending
    form.heading = _("Waiting list") if is_full and view.registration.waitlist else _("Register")
    form.button = _("Put me in the queue") if is_full and view.registration.waitlist else _("Register")
    form.button = _("Ask for a seat") if pending else form.button
    form.notes = tuple(_notes(view, words, is_full=is_full))


def own_form(view: EventView, values: dict[str, Any]) -> OwnForm:
    """Return the form by which a registration is changed, filled with what is kept unless the request has more.

    A party that is larger than the event takes otherwise, as by an invitation, may stay so: `values["party"]`.
    """
    form: OwnForm = make_form(
        OwnForm, Asked(view, segments_of(view), is_own=True, party_most=values.get("party") or 0), values
    )
    return form


def segments_of(view: EventView) -> Sequence[Named]:
    """Return the segments to choose from, where the event asks; kept until the programme changes."""
    return reading.kept("segments", list_segments) if asks_for_segment(view) else ()


def desk_form(view: EventView) -> DeskForm:
    """Return the form by which organizers register somebody by hand."""
    form: DeskForm = make_form(DeskForm, Asked(view, list_segments(), is_desk=True))
    return form


def make_form(base: Any, asked: Asked, values: dict[str, Any] | None = None) -> Any:
    """Make an instance of the class of an event's form, which is kept until the programme changes."""
    view = asked.view
    seen = (view.id, view.circle, view.hidden, view.town_only, view.neutral)
    made = reading.kept(
        ("form", base.__name__, current_language(), asked.is_own, asked.is_desk, asked.party_most, *seen),
        lambda: type(base)(base.__name__, (base,), fields_of(asked)),
    )
    form = made(data=values)
    form.asked = asked
    form.kept = kept_until(asked.view)
    return form


def _notes(view: EventView, words: SeatWords | None, *, is_full: bool) -> list[str]:
    """Sentences above the form: who may register now, how one gets a seat here, what is held for whom."""
    seats = view.registration
    notes = [text] if (text := phase_words(view, clock.now())) else []
    if seats.mode is RegistrationMode.APPROVAL:
        notes.append(_("We answer everybody who asks for a seat. You get our answer by mail."))
    elif is_full and seats.waitlist:
        notes.append(_("All seats are taken. You get a mail as soon as it is your turn."))
        if words is not None and words.queue:
            notes.append(_("Parties in the queue: %(num)s.", num=words.queue))
    elif words is not None and words.slug == "held":
        notes.append(
            _("The seats that are free are held. If none is for you, you stand in the queue for the next one.")
            if seats.waitlist
            else _("The seats that are free are held. All others are taken.")
        )
    if words is not None:
        notes += held_words(view, words.held)
    return notes
