"""The forms of the organisers' calendar: another time for what is there, and a first line for what is new."""

from datetime import date, datetime, time, timedelta

from wtforms.validators import InputRequired, Length, Optional

from cag_events.domain.errors import N_
from cag_events.domain.recurrence import Scope
from cag_events.domain.shifting import Walls
from cag_events.web.forms import DateField, Form, HiddenField, RadioField, SelectField, StringField, TimeField

WHEN = N_("Say when it is.")
SCOPES = (
    (Scope.THIS, N_("This date")),
    (Scope.FOLLOWING, N_("This date and those after it")),
    (Scope.ALL, N_("All dates of the series")),
)
RUN_SCOPES = (
    (Scope.ALL, N_("Its openings and tours go along")),
    (Scope.THIS, N_("Its openings and tours stay where they are")),
)


class _MoveForm(Form):
    """What is moved, and the version that was looked at."""

    event = HiddenField()
    occurrence = HiddenField()
    version = HiddenField()


class MoveDateForm(_MoveForm):
    """Another time for a date. `tz`: by whose clocks it was typed; empty: its own."""

    tz = HiddenField()
    day = DateField(N_("Day"), [InputRequired(WHEN)])
    start = TimeField(N_("Begins"), [InputRequired(WHEN)])
    end = TimeField(N_("Ends"), [InputRequired(WHEN)])
    last_day = DateField(N_("Last day"), [Optional()])
    scope = RadioField(N_("What moves"), choices=SCOPES, default=Scope.THIS)

    def load(self, walls: Walls) -> None:
        """Show when it is now."""
        self.day.data, self.start.data = walls.starts.date(), walls.starts.time()
        self.last_day.data, self.end.data = walls.ends.date(), walls.ends.time()
        if not is_over_midnight(walls.starts, walls.ends):
            self.last_day.data = None

    def read(self) -> Walls:
        """Return what was typed; without a last day, an end that is no later than the start is on the day after."""
        return span_of(self.day.data, self.start.data, self.last_day.data, self.end.data)


class MoveRunForm(_MoveForm):
    """Other days for what stands for days."""

    day = DateField(N_("First day"), [InputRequired(WHEN)])
    last_day = DateField(N_("Last day"), [InputRequired(WHEN)])
    scope = RadioField(N_("What moves"), choices=RUN_SCOPES, default=Scope.ALL)


class PlanForm(Form):
    """The first line of a new event."""

    title = StringField(N_("Title"), [InputRequired(N_("Give it a title; it can be changed later.")), Length(max=200)])
    kind = SelectField(N_("Kind"))
    day = DateField(N_("Day"), [InputRequired(WHEN)])
    start = TimeField(N_("Begins"), [InputRequired(WHEN)])
    end = TimeField(N_("Ends"), [InputRequired(WHEN)])
    last_day = DateField(N_("Last day"), [Optional()])

    def read(self) -> Walls:
        """Return when it is."""
        return span_of(self.day.data, self.start.data, self.last_day.data, self.end.data)


def span_of(day: date | None, start: time | None, last_day: date | None, end: time | None) -> Walls:
    """Return the wall times of a day, a start, an end and perhaps another last day."""
    assert day is not None
    assert start is not None
    assert end is not None
    starts = datetime.combine(day, start)
    ends = datetime.combine(last_day or day, end)
    return Walls(starts, ends + timedelta(days=1) if last_day is None and ends <= starts else ends)


def is_over_midnight(starts: datetime, ends: datetime) -> bool:
    """Tell whether an end cannot be said by its hour alone."""
    return ends - starts >= timedelta(days=1)
