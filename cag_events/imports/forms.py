"""The forms of the import pages: where a calendar comes from, and what its entries get that say nothing themselves."""

from collections.abc import Sequence

from wtforms import FileField

from cag_events.domain.errors import N_
from cag_events.web.forms import Form, Length, Optional, SelectField, StringField, prepare


class SourceForm(Form):
    """A file, or an address."""

    file = FileField(N_("File"), render_kw={"accept": ".ics,.ical,.ifb,text/calendar"})
    url = StringField(
        N_("Address"),
        [Optional(), Length(max=2000)],
        render_kw={"inputmode": "url", "autocomplete": "off", "spellcheck": "false", "maxlength": "2000"},
    )
    kind = SelectField(N_("Kind, where none is said"))
    theme = SelectField(N_("Theme, where none is said"))

    def offer(self, kinds: Sequence[tuple[str, str]], themes: Sequence[tuple[str, str]]) -> None:
        """Fill the lists."""
        self.kind.choices = [*kinds]
        self.theme.choices = [*themes]
        prepare(self)


class DefaultsForm(Form):
    """The same choice, once the file is there."""

    kind = SelectField(N_("Kind, where none is said"))
    theme = SelectField(N_("Theme, where none is said"))

    def offer(self, kinds: Sequence[tuple[str, str]], themes: Sequence[tuple[str, str]]) -> None:
        """Fill the lists."""
        self.kind.choices = [*kinds]
        self.theme.choices = [*themes]
        prepare(self)


class ChosenForm(Form):
    """Tick boxes beside the entries, which the page prints itself."""
