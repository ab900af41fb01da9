"""The forms above lists: what stands on them, and why somebody takes them along."""

from collections.abc import Iterable
from typing import Any

from flask_babel import gettext as _
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs

from cag_events.domain.errors import N_
from cag_events.domain.event import EventView
from cag_events.domain.labels import Sheet
from cag_events.domain.seats import Status
from cag_events.domain.texts import pick
from cag_events.lists.services import needs_reason
from cag_events.lists.wording import FORMATS, ROWS, SHEETS, SORTS
from cag_events.registrations.queries import list_segments
from cag_events.registrations.wording import STATUS
from cag_events.web.dates import span
from cag_events.web.forms import (
    BooleanField,
    Form,
    Length,
    MultiCheckboxField,
    RadioField,
    SelectField,
    StringField,
    WholeNumberField,
)
from cag_events.web.language import current_language

NOT_SAID = "-"
MOST_BLANK = 60
MOST_CHOSEN = 200


def _choices(pairs: Iterable[tuple[str, str]]) -> list[Any]:
    return [SelectChoice(*pair) for pair in pairs]


class ListForm(Form):
    """What every list of names asks: of which date, and why where the event is guarded."""

    occurrence = SelectField(N_("Date"), default="")
    reason = StringField(
        N_("Why you need the list"),
        [Length(max=300)],
        description=N_("This event is guarded. The reason is kept in the log for a year. Name nobody in it."),
        render_kw={"autocomplete": "off", "required": True},
    )

    def __init__(self, view: EventView, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        dates = [(str(one.id), span(one.starts_wall, one.ends_wall, one.tz).text) for one in view.living]
        self.occurrence.choices = _choices([("", _("All dates")), *dates])
        if len(dates) < 2:
            del self.occurrence
        if not needs_reason(view):
            del self.reason

    @property
    def query(self) -> dict[str, Any]:
        """What was chosen, for the address of the list; what is usual is left out."""
        left_out = ("csrf_token", "reason", "format")
        values = {field.name: field.data for field in self if field.name not in left_out}
        return {name: 1 if value is True else value for name, value in values.items() if value}


class RegistrationsForm(ListForm):
    """The registrations as a file."""

    status = SelectField(N_("Status"), default="")
    segment = SelectField(N_("Segment"), default="")
    by = RadioField(N_("Rows"), choices=list(ROWS.items()), default="party")
    format = RadioField(N_("File"), choices=list(FORMATS.items()), default="xlsx")

    def __init__(self, view: EventView, *args: Any, **kwargs: Any) -> None:
        super().__init__(view, *args, **kwargs)
        self.status.choices = _choices([("", _("All")), *((one.value, _(STATUS[one])) for one in Status)])
        lang = current_language()
        named = [(one.key, pick(one.name, lang).text) for one in list_segments()]
        self.segment.choices = _choices([("", _("All")), *named, (NOT_SAID, _("Not said"))])


class BadgesForm(ListForm):
    """Name badges on sheets of labels."""

    sheet = RadioField(N_("Sheet"), choices=[(one.value, text) for one, text in SHEETS.items()], default=Sheet.EIGHT)
    sort = RadioField(N_("Order"), choices=list(SORTS.items()), default="first")
    organisation = BooleanField(N_("With the organisation, where it was given"))
    front = BooleanField(N_("Also those who take part in front"), default=True)
    lines = BooleanField(N_("With lines to cut along"), description=N_("Not for sheets of labels that come off."))
    skip = WholeNumberField(
        N_("Labels that are gone from the first sheet"), least=0, most=Sheet.TEN.labels - 1, default=0
    )
    blank = WholeNumberField(N_("Blank badges, for those who come unannounced"), least=0, most=MOST_BLANK, default=0)


class SignsForm(ListForm):
    """Table signs: of people in front, and of chosen people with a seat."""

    who = MultiCheckboxField(N_("Whose signs"))

    def __init__(self, view: EventView, people: list[tuple[str, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(view, *args, **kwargs)
        self.who.choices = _choices(people)


class AttendanceForm(ListForm):
    """A sheet to sign."""

    sort = RadioField(N_("Order"), choices=list(SORTS.items()), default="first")
    blank = WholeNumberField(N_("Blank lines, for those who come unannounced"), least=0, most=MOST_BLANK, default=5)


class ReasonForm(ListForm):
    """Only the reason, for a list without choices."""

    def __init__(self, view: EventView, *args: Any, **kwargs: Any) -> None:
        super().__init__(view, *args, **kwargs)
        if "occurrence" in self:
            del self.occurrence
