"""Forms about others: who comes along, who takes a seat, who answers an invitation, whom to invite."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _

from cag_events.domain.errors import N_
from cag_events.domain.event import EventView
from cag_events.domain.inviting import LONGEST_NAME, MOST_PLUS
from cag_events.domain.seats import SeatState
from cag_events.registrations.forms.fields import Asked
from cag_events.registrations.forms.register import (
    OwnForm,
    RegisterForm,
    leave_out_closed,
    make_form,
    own_form,
    segments_of,
    tell_seats,
)
from cag_events.registrations.queries import InvitationTerms, Member
from cag_events.registrations.services.groups import Told
from cag_events.registrations.services.invitations import LONGEST_NOTE, Assistant
from cag_events.registrations.services.passing import Taken
from cag_events.web.forms import (
    Email,
    EmailField,
    Form,
    Length,
    Optional,
    RadioField,
    Required,
    StringField,
    TextAreaField,
    WholeNumberField,
)
from cag_events.web.language import current_language

NOBODY_ELSE, ASSISTANT, SUBSTITUTE = "self", "assistant", "substitute"


class PassOnForm(Form):
    """Naming who is to take one's seat."""

    name = StringField(N_("Name"), [Required(N_("Enter a name. It may be a pseudonym.")), Length(max=LONGEST_NAME)])
    email = EmailField(
        N_("E-mail"),
        [Required(N_("Enter an e-mail address.")), Email()],
        description=N_("They get one mail with a link of their own. If they do not answer, we forget the address."),
        render_kw={"inputmode": "email", "autocomplete": "off"},
    )


class HelperForm(Form):
    """Letting a colleague in."""

    email = EmailField(
        N_("Your colleague's e-mail"),
        [Required(N_("Enter an e-mail address.")), Email()],
        render_kw={"inputmode": "email", "autocomplete": "off"},
    )


class AnswerForm(RegisterForm):
    """Answering an invitation: for oneself, for somebody else, or with somebody else's name."""

    who = RadioField(
        N_("Who comes?"),
        [Optional()],
        choices=[
            (NOBODY_ELSE, N_("I come myself")),
            (ASSISTANT, N_("I answer for the one who is invited")),
            (SUBSTITUTE, N_("Somebody else comes instead")),
        ],
        default=NOBODY_ELSE,
    )
    helper_name = StringField(N_("Your own name"), [Optional(), Length(max=LONGEST_NAME)])
    helper_email = EmailField(
        N_("Your own e-mail"),
        [Optional(), Email()],
        description=N_("You get a copy, without the link: that goes to the one who comes."),
        render_kw={"inputmode": "email"},
    )

    def validate(self, extra_validators: Any = None) -> bool:
        """Ask an assistant who they are."""
        is_right = bool(super().validate(extra_validators))
        if self.who.data == ASSISTANT:
            for field in (self.helper_name, self.helper_email):
                if not field.data:
                    field.errors = [*field.errors, _("Fill this in, since you answer for somebody else.")]
                    is_right = False
        return is_right

    @property
    def is_substitute(self) -> bool:
        """Whether somebody else comes than who was invited."""
        return bool(self.who.data == SUBSTITUTE)

    @property
    def assistant(self) -> Assistant | None:
        """Who answers for another, None where nobody does."""
        if self.who.data != ASSISTANT:
            return None
        return Assistant(str(self.helper_name.data), str(self.helper_email.data))


def answer_form(view: EventView, state: SeatState | None, terms: InvitationTerms) -> AnswerForm:
    """Return the form of an invitation, with what is known of who is invited."""
    asked = Asked(view, segments_of(view), party_most=1 + terms.plus)
    form: AnswerForm = make_form(AnswerForm, asked, {"name": terms.name, "email": terms.email})
    leave_out_closed(form, view)
    tell_seats(form, view, state)
    return form


def take_over_form(view: EventView, name: str) -> OwnForm:
    """Return the form of who takes a seat: their own name and answers; day, way and number are the seat's."""
    form = own_form(view, {"name": name})
    for seat in ("party", "mode", "occurrence", "segment"):
        if seat in form:
            delattr(form, seat)
    return form


def taken_of(form: OwnForm) -> Taken:
    """Return what the new person told."""
    told = form.read()
    return Taken(
        name=told.name,
        language=current_language(),
        answers=told.answers,
        first_time=told.first_time,
        consent_photo=told.consent_photo,
        consent_contact=told.consent_contact,
    )


class GroupForm(Form):
    """The names of a party; the class of each party's form is made by group_form()."""

    positions: range
    asks_needs: bool

    def rows(self) -> list[tuple[int, Any, Any]]:
        """Return position, field of the name, field of the needs or None, in order."""
        return [
            (number, self[f"name_{number}"], self[f"needs_{number}"] if self.asks_needs else None)
            for number in self.positions
        ]

    def read(self) -> dict[int, Told]:
        """Return what was typed, by position."""
        return {
            number: Told(str(name.data or ""), str(needs.data or "") if needs is not None else None)
            for number, name, needs in self.rows()
        }


def group_form(view: EventView, party: int, members: Mapping[int, Member]) -> GroupForm:
    """Return the form for the names of a party; with needs where the event asks for them."""
    asks_needs, is_listed = "needs" in view.registration.ask, "id_name" in view.registration.ask
    label = _("Name as on the identity document") if is_listed else _("Name")
    fields: dict[str, Any] = {"positions": range(2, party + 1), "asks_needs": asks_needs}
    for number in fields["positions"]:
        fields[f"name_{number}"] = StringField(
            label, [Optional(), Length(max=LONGEST_NAME)], render_kw={"autocomplete": "off"}
        )
        if asks_needs:
            fields[f"needs_{number}"] = StringField(
                N_("Needs, if any"), [Optional(), Length(max=500)], render_kw={"autocomplete": "off"}
            )
    values = {f"name_{one.position}": one.name for one in members.values()}
    values |= {f"needs_{one.position}": one.needs for one in members.values()}
    meta: Any = type(GroupForm)
    made: GroupForm = meta("GroupForm", (GroupForm,), fields)(data=values)
    return made


class InviteForm(Form):
    """Inviting contacts, and people and offices by their address."""

    lines = TextAreaField(
        N_("People and offices, one on each line"),
        [Optional(), Length(max=60_000)],
        description=N_(
            "Write: Name <address@example.org>. A line without an address gets a link that you hand over yourself."
        ),
        render_kw={"rows": 5, "autocomplete": "off", "spellcheck": "false"},
    )
    note = TextAreaField(
        N_("A few words of your own"),
        [Optional(), Length(max=LONGEST_NOTE)],
        description=N_("They stand in the mail and on the page, for all whom you invite now."),
        render_kw={"rows": 3},
    )
    plus = WholeNumberField(
        N_("People that each may bring"), least=0, most=MOST_PLUS, default=0, description=N_("0: they come alone.")
    )
