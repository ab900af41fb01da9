"""Forms of the conferences room."""

from wtforms import IntegerField
from wtforms.validators import Length, Optional
from wtforms.widgets import HiddenInput

from cag_events.domain.errors import N_
from cag_events.domain.texts import Texts
from cag_events.web.forms import Form, TextAreaField

LONGEST_NOTE = 1_000


class PublishForm(Form):
    """Publish a version of the programme, with a few words about it."""

    seen = IntegerField(widget=HiddenInput(), validators=[Optional()])
    note_sv = TextAreaField(N_("What visitors should know of it, in Swedish"), [Length(max=LONGEST_NOTE)])
    note_en = TextAreaField(N_("What visitors should know of it, in English"), [Length(max=LONGEST_NOTE)])

    @property
    def note(self) -> Texts:
        """The words, per language."""
        typed = {"sv": self.note_sv.data or "", "en": self.note_en.data or ""}
        return {code: text.strip() for code, text in typed.items() if text.strip()}
