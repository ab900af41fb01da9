"""Forms of the studies room: attendance, a file among the readings, terms of funding."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import timedelta
from typing import Any

from flask import request
from flask_babel import gettext as _
from wtforms import FileField, HiddenField

from cag_events.domain.errors import N_
from cag_events.domain.study_hours import Terms
from cag_events.studies.queries import MeetingRow
from cag_events.studies.services.attendance import AS_PLANNED, MOST_GUESTS, Marks
from cag_events.studies.wording import FORM_WORDS
from cag_events.web.forms import (
    DateField,
    Form,
    Optional,
    Required,
    SelectField,
    WholeNumberField,
    prepare,
)
from cag_events.web.gate import whole_number

MOST_PEOPLE = 300  # of one form; a circle has 20


class AttendanceForm(Form):
    """Who is here, beside how many guests there are and how long it was.

    Each person is a box `here` with a hidden `was`, so that only what was touched is sent on.
    """

    guests = WholeNumberField(N_("Guests, who only visit this meeting"), least=0, most=MOST_GUESTS)
    minutes = WholeNumberField(N_("Study time in minutes, without the break"), least=0, most=1440)
    guests_were = HiddenField()
    minutes_were = HiddenField()

    @classmethod
    def of(cls, row: MeetingRow) -> "AttendanceForm":
        """Show a meeting."""
        return cls(
            formdata=None,
            guests=row.guests,
            minutes=row.minutes,
            guests_were=str(row.guests),
            minutes_were=str(row.minutes),
        )

    def ticks(self, row_id: str, is_here: bool) -> bool:
        """Tell whether a box is ticked: as it was sent where the form comes back, else as it is kept."""
        return row_id in request.form.getlist("here") if self.is_submitted() else is_here

    def read(self) -> Marks:
        """Return what was touched: of a whole form what differs from what it showed, of a tap that alone."""
        was = dict(pair.rpartition(":")[::2] for pair in request.form.getlist("was")[:MOST_PEOPLE])
        here = frozenset(request.form.getlist("here"))
        everybody = request.form.get("do") == "all"
        present = {row_id: everybody or row_id in here for row_id in was}
        return Marks(
            present={row_id: is_here for row_id, is_here in present.items() if is_here is not (was[row_id] == "1")},
            guests=self._touched("guests"),
            minutes=self._touched("minutes"),
            age=timedelta(seconds=whole_number(request.form.get("age"), 0, most=86_400)),
        )

    def _touched(self, name: str) -> int | None:
        """A number that is not the one that was shown; an emptied study time is as planned again."""
        typed, shown = self[name].data, self[f"{name}_were"].data
        if typed is None:
            return AS_PLANNED if name == "minutes" and shown else None
        return int(typed) if str(typed) != shown else None


class FileForm(Form):
    """A PDF for one of the readings."""

    reading = SelectField(N_("For"))
    file = FileField(N_("PDF file, at most 10 MB"), render_kw={"accept": "application/pdf,.pdf"})

    def offer(self, titles: Sequence[str]) -> None:
        """Fill the list of readings."""
        self.reading.choices = [(str(number), title) for number, title in enumerate(titles)]
        prepare(self)


class TermsForm(Form):
    """Terms of funding."""

    form = SelectField(N_("Form"), choices=list(FORM_WORDS.items()))
    association = SelectField(N_("Study association"))
    valid_from = DateField(N_("Valid from"), [Required(N_("Enter a date."))])
    people_min = WholeNumberField(N_("People at least, the leader included"), least=0, most=1000)
    people_max = WholeNumberField(N_("People at most, the leader included"), [Optional()], least=0, most=1000)
    meetings_min = WholeNumberField(N_("Meetings at least"), least=0, most=1000)
    hours_min = WholeNumberField(N_("Study hours at least"), least=0, most=1000)
    hours_per_meeting_max = WholeNumberField(N_("Study hours a meeting at most"), [Optional()], least=0, most=24)
    meetings_per_week_max = WholeNumberField(N_("Meetings a week at most"), [Optional()], least=0, most=100)
    hours_per_year_max = WholeNumberField(N_("Study hours a year at most"), [Optional()], least=0, most=5000)
    min_age = WholeNumberField(N_("Lowest age"), least=0, most=99)
    own_meetings_min = WholeNumberField(N_("Meetings that a person must come to"), least=0, most=1000)
    own_hours_min = WholeNumberField(N_("Study hours that a person must reach"), least=0, most=1000)
    among_first = WholeNumberField(N_("One of them among the first so many meetings"), least=0, most=1000)

    def offer(self, partners: Sequence[tuple[str, str]]) -> None:
        """Fill the list of associations."""
        self.association.choices = [("", _("every association without terms of its own")), *partners]
        prepare(self)

    def load(self, terms: Terms) -> None:
        """Show terms."""
        for name, value in asdict(terms).items():
            self[name].data = value

    def read(self) -> Terms:
        """Return what was typed; nothing is 0, or no limit."""
        typed: dict[str, Any] = {name: self[name].data for name in Terms.__dataclass_fields__}
        for name, value in typed.items():
            typed[name] = 0 if value is None and not name.endswith("_max") else value
        return Terms(**typed)
