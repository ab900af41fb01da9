"""Forms about the dates of an event: when one is, whether it takes place, how a series repeats."""

from datetime import datetime
from functools import lru_cache
from typing import Any

from flask_babel import gettext

from cag_events.domain.errors import N_
from cag_events.domain.recurrence import Every, Pattern, Scope
from cag_events.web.choices import texts_field
from cag_events.web.dates import weekday_names
from cag_events.web.forms import (
    DateField,
    Form,
    HiddenField,
    MultiCheckboxField,
    RadioField,
    Required,
    SelectField,
    TimeField,
    WholeNumberField,
)

SCOPES = (
    (Scope.THIS, N_("Only this date")),
    (Scope.FOLLOWING, N_("This date and those after it")),
    (Scope.ALL, N_("All dates of the series")),
)
PATTERNS = (
    (Every.DAY, N_("day")),
    (Every.WEEK, N_("week")),
    (Every.MONTH, N_("month, on the same day")),
    (Every.MONTH_WEEKDAY, N_("month, on the same weekday")),
    (Every.YEAR, N_("year")),
)


class _Scoped(Form):
    version = HiddenField()
    scope = RadioField(N_("Which dates"), choices=[(str(one), word) for one, word in SCOPES], default=str(Scope.THIS))

    @property
    def asked_scope(self) -> Scope:
        """For which dates it is meant."""
        return Scope(self.scope.data or Scope.THIS)


class DateForm(_Scoped):
    """When a date is."""

    day = DateField(N_("Day"), [Required(N_("Say on which day."))])
    start = TimeField(N_("Start"), [Required(N_("Say when it starts."))])
    end = TimeField(N_("End"), [Required(N_("Say when it ends."))])
    last_day = DateField(N_("Ends on another day"))

    @property
    def walls(self) -> tuple[datetime, datetime]:
        """The wall times that were typed, once their shape is right."""
        assert self.day.data is not None
        assert self.start.data is not None
        assert self.end.data is not None
        last = self.last_day.data or self.day.data
        return datetime.combine(self.day.data, self.start.data), datetime.combine(last, self.end.data)


class SeriesForm(Form):
    """How a series repeats: after how many days, weeks, months; how many times or until when."""

    version = HiddenField()
    every = SelectField(N_("Every"), choices=[(str(one), word) for one, word in PATTERNS])
    interval = WholeNumberField(N_("Every how many"), least=1, most=50, default=1)
    weekdays = MultiCheckboxField(N_("On these weekdays"))
    count = WholeNumberField(N_("Number of times"), least=1, most=730)
    until = DateField(N_("or until"))

    def offer(self) -> None:
        """Fill in the names of the weekdays."""
        self.weekdays.choices = [(str(n), wide) for n, (_short, wide) in enumerate(weekday_names())]

    def load(self, pattern: Pattern) -> None:
        """Show a pattern."""
        self.every.data, self.interval.data = str(pattern.every), pattern.interval
        self.weekdays.data = [str(day) for day in pattern.weekdays]
        self.count.data, self.until.data = pattern.count, pattern.until

    def read(self) -> Pattern:
        """Return what was chosen."""
        every = Every(self.every.data)
        return Pattern(
            every=every,
            interval=self.interval.data or 1,
            weekdays=tuple(int(day) for day in self.weekdays.data or ()) if every is Every.WEEK else (),
            count=None if self.until.data else self.count.data,
            until=self.until.data,
        )

    def validate(self, extra_validators: Any = None) -> bool:
        """Check that it ends some day."""
        is_right = super().validate(extra_validators)
        if is_right and not self.count.data and not self.until.data:
            self.count.errors = [gettext("Say how many times it repeats, or until when.")]
            return False
        return is_right


@lru_cache(maxsize=16)
def date_form_class(languages: tuple[str, ...]) -> type[DateForm]:
    """Return the form of a date with its title in the site's languages."""
    return type("DateFormInLanguages", (DateForm,), {"title": texts_field(languages, N_("Title of this part"))})


@lru_cache(maxsize=16)
def cancel_form_class(languages: tuple[str, ...]) -> type[_Scoped]:
    """Return the form that calls a date off, with a reason in the site's languages."""
    reason = texts_field(languages, N_("Reason"), most=600, is_long=True, rows=2)
    return type("CancelDateForm", (_Scoped,), {"reason": reason})
