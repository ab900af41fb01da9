"""Forms of the organizer's pages about the queue and held seats."""

from cag_events.domain.errors import N_
from cag_events.registrations.services.queue import LONGEST_REASON
from cag_events.web.forms import (
    BooleanField,
    Form,
    Length,
    Required,
    StringField,
    TextAreaField,
    WholeNumberField,
)


class MoveForm(Form):
    """Moving a party that waits."""

    reason = StringField(
        N_("Reason"),
        [Required(N_("Say why, in a few words. They are kept with the registration.")), Length(max=LONGEST_REASON)],
        description=N_("For the team alone. The party reads that an organizer has moved it."),
        render_kw={"autocomplete": "off"},
    )


class CodeForm(Form):
    """A new code for held seats."""

    label = StringField(
        N_("For whom"),
        [Required(N_("Say whom you give the code to.")), Length(max=80)],
        description=N_("For example the name of a course."),
        render_kw={"autocomplete": "off"},
    )
    code = StringField(
        N_("Code"),
        [Length(max=60)],
        description=N_("Empty: we make one. Capitals, spaces and hyphens do not matter."),
        render_kw={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"},
    )
    most_uses = WholeNumberField(
        N_("Registrations at most"), least=1, most=10_000, description=N_("Empty: any number.")
    )


class AddressesForm(Form):
    """Addresses for which seats are held."""

    addresses = TextAreaField(
        N_("Mail addresses"),
        [Length(max=200_000)],
        description=N_(
            "Paste them as they are, one a line or with commas. They are kept scrambled: nobody can read them."
        ),
        render_kw={"rows": 6, "autocomplete": "off", "spellcheck": "false"},
    )
    replaces = BooleanField(N_("Take away those that are on the list now"))
