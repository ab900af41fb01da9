"""Parts of the editor's form: rows of which there may be many."""

import re
from functools import lru_cache

from wtforms import Form as Part

from cag_events.domain.errors import N_
from cag_events.domain.recurrence import Every
from cag_events.domain.seating import Proof
from cag_events.web.choices import texts_field
from cag_events.web.forms import (
    BooleanField,
    DateField,
    HiddenField,
    Length,
    MultiCheckboxField,
    SelectField,
    StringField,
    TimeField,
    WholeNumberField,
)

PROOFS = (
    (Proof.NONE, N_("none: they say so")),
    (Proof.DOMAIN, N_("an address at a mail domain")),
    (Proof.CODE, N_("a code that you give them")),
    (Proof.LIST, N_("an address on your list")),
)
EVERY = {
    "1": (Every.WEEK, 1),
    "2": (Every.WEEK, 2),
    "day": (Every.DAY, 1),
    "month": (Every.MONTH, 1),
    "weekday": (Every.MONTH_WEEKDAY, 1),
}
MEMBERS = "members*"  # the choice that is no segment: those who are signed in


class _OccurrencePart(Part):
    """Day, start and end on the wall; a new one may repeat."""

    id = HiddenField()
    day = DateField(N_("Day"))
    start = TimeField(N_("Start"))
    end = TimeField(N_("End"))
    last_day = DateField(N_("Ends on another day"))
    repeat = WholeNumberField(N_("Number of times"), least=1, most=60)
    until = DateField(N_("or until"))
    every = SelectField(
        N_("Repeats"),
        choices=[
            ("1", N_("every week")),
            ("2", N_("every other week")),
            ("day", N_("every day")),
            ("month", N_("every month, same day")),
            ("weekday", N_("every month, same weekday")),
        ],
        validate_choice=False,  # only new rows show it
    )

    @property
    def is_blank(self) -> bool:
        """Whether nothing was typed."""
        values = (self.day.data, self.start.data, self.end.data, self.last_day.data)
        raw = (field.raw_data for field in (self.day, self.start, self.end, self.last_day))
        typed_raw = any(text for texts in raw if texts for text in texts)
        return not any(values) and not typed_raw and not any((self.title.data or {}).values())  # type: ignore[attr-defined]


@lru_cache(maxsize=16)
def occurrence_form(languages: tuple[str, ...]) -> type[Part]:
    """Return the row of one dated part."""
    title = texts_field(languages, N_("Title of this part"))
    return type("OccurrenceForm", (_OccurrencePart,), {"title": title})


class PersonForm(Part):
    """Who takes part, and how."""

    who = SelectField(N_("Person"))
    role = SelectField(N_("Role"))


class InterpretingForm(Part):
    """A language offered beside the spoken ones."""

    to = SelectField(N_("Language"))
    how = SelectField(N_("How"))


class PoolForm(Part):
    """Seats held for a segment."""

    segment = SelectField(N_("Audience"))
    seats = WholeNumberField(N_("Seats"), least=1, most=100_000)
    online = SelectField(N_("Where"), choices=[("", N_("on site")), ("online", N_("online"))], validate_choice=False)
    release_hours = WholeNumberField(N_("Free for all, hours before"), least=0, most=8760)
    proof = SelectField(N_("Proof"), choices=[(str(proof), word) for proof, word in PROOFS], default=str(Proof.NONE))
    domains = StringField(
        N_("Mail domains"),
        [Length(max=1000)],
        render_kw={"autocomplete": "off", "spellcheck": "false", "autocapitalize": "none"},
    )

    @property
    def domains_read(self) -> tuple[str, ...]:
        """The domains that were typed, without signs before them."""
        words = re.split(r"[\s,;]+", str(self.domains.data or "").casefold())
        return tuple(dict.fromkeys(word.lstrip("@*.") for word in words if word.strip("@*.")))


class PhaseForm(Part):
    """Who may register before everybody else, and how many hours before."""

    who = SelectField(N_("Who"))
    hours = WholeNumberField(N_("Hours before everybody"), least=1, most=8760)


@lru_cache(maxsize=16)
def agenda_form(languages: tuple[str, ...]) -> type[Part]:
    """Return the row of a part measured in minutes."""
    return type(
        "AgendaForm",
        (Part,),
        {
            "minutes": WholeNumberField(N_("Minutes"), least=1, most=1440),
            "title": texts_field(languages, N_("What happens")),
            "who": MultiCheckboxField(N_("Who")),
            "closed": BooleanField(N_("Closed: outsiders see its minutes alone")),
        },
    )
