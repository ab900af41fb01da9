"""Forms of the talks room."""

from datetime import date
from typing import Any

from flask_babel import gettext
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs

from cag_events.domain.errors import N_
from cag_events.domain.event import EventView, Safety
from cag_events.domain.recordings import State
from cag_events.kinds._fields import SPOKEN, LinkField
from cag_events.talks.services.questions import LONGEST, NewQuestion
from cag_events.talks.services.recordings import RecordingFields
from cag_events.talks.services.terms import TermsFields
from cag_events.talks.wording import STATES
from cag_events.web.fields import SelectField, WholeNumberField
from cag_events.web.forms import (
    BooleanField,
    DateField,
    Form,
    Length,
    MultiCheckboxField,
    PublicForm,
    RadioField,
    Required,
    StringField,
    TextAreaField,
)
from cag_events.web.language import current_language

MANY = 1_000


class QuestionForm(PublicForm):
    """A question for the speakers."""

    text = TextAreaField(
        N_("Your question"), [Required(N_("Write your question.")), Length(max=LONGEST)], render_kw={"rows": 4}
    )
    name = StringField(N_("Your name, if we may read it out"), [Length(max=100)], render_kw={"autocomplete": "name"})
    language = SelectField(N_("Language of the question"))

    def offer(self, view: EventView) -> "QuestionForm":
        """Offer the languages of the event and the site's; a guarded event asks for no name."""
        known = dict(SPOKEN)
        codes = dict.fromkeys((*view.languages, current_language(), "sv", "en"))
        offered = [code for code in codes if code in known]
        self.language.choices = [SelectChoice(code, gettext(known[code])) for code in offered]
        if self.language.data not in offered:
            self.language.data = current_language()
        if view.safety is Safety.GUARDED:
            del self.name
        return self

    def read(self) -> NewQuestion:
        """Return the question as typed."""
        name = str(self.name.data or "") if "name" in self else ""
        return NewQuestion(
            text=str(self.text.data or ""), name=name, language=str(self.language.data), form_key=self.key
        )


class RecordingForm(Form):
    """Where the recording is and how far it has come."""

    state = RadioField(N_("State"), choices=[SelectChoice(state.value, text) for state, text in STATES.items()])
    link = LinkField(N_("Address of the recording"), render_kw={"inputmode": "url", "maxlength": 1900})
    minutes = WholeNumberField(N_("Length in minutes"), least=1, most=MANY)
    languages = MultiCheckboxField(N_("Spoken languages"), choices=[SelectChoice(*pair) for pair in SPOKEN])
    captions = MultiCheckboxField(N_("Captions"), choices=[SelectChoice(*pair) for pair in SPOKEN])
    has_transcript = BooleanField(N_("There is a transcript"))

    def read(self) -> RecordingFields:
        """Return what was typed."""
        return RecordingFields(
            state=State(self.state.data),
            link=str(self.link.data or ""),
            minutes=self.minutes.data,
            languages=tuple(self.languages.data or ()),
            captions=tuple(self.captions.data or ()),
            has_transcript=bool(self.has_transcript.data),
        )


class DialInForm(Form):
    """The telephone number of the online room."""

    number = StringField(
        N_("Telephone number and code"), [Length(max=200)], render_kw={"autocomplete": "off", "spellcheck": "false"}
    )


class ReportForm(Form):
    """On which day the audience was reported."""

    reported_on = DateField(N_("Reported on"), [Required(N_("Say on which day."))])

    @property
    def day(self) -> date:
        """The day; call it after validate()."""
        day: Any = self.reported_on.data
        assert isinstance(day, date)
        return day


class TermsForm(Form):
    """What a study association asks from a day on."""

    association = SelectField(N_("Study association"))
    valid_from = DateField(N_("From"), [Required(N_("Say from which day it counts."))])
    minutes = WholeNumberField(
        N_("Least length in minutes"), [Required(N_("Enter a whole number."))], least=1, most=MANY
    )
    present = WholeNumberField(
        N_("Least number of people in the room"), [Required(N_("Enter a whole number."))], least=1, most=MANY
    )
    open_to_all = BooleanField(N_("Must be open to all"))
    announced = BooleanField(N_("Must be announced beforehand"))
    source = StringField(N_("Where it says so"), [Length(max=300)])

    def offer(self, partners: list[tuple[str, str]]) -> "TermsForm":
        """Offer the associations."""
        everybody = SelectChoice("", gettext("All associations"))
        self.association.choices = [everybody, *(SelectChoice(key, name) for key, name in partners)]
        return self

    def read(self) -> TermsFields:
        """Return what was typed; call it after validate()."""
        day: Any = self.valid_from.data
        return TermsFields(
            association=str(self.association.data or ""),
            valid_from=day,
            minutes=int(self.minutes.data or 0),
            present=int(self.present.data or 0),
            open_to_all=bool(self.open_to_all.data),
            announced=bool(self.announced.data),
            source=str(self.source.data or ""),
        )
