"""The editor of a period to mind."""

from functools import lru_cache
from typing import Any

from flask_babel import gettext

from cag_events.domain.errors import N_
from cag_events.domain.texts import Texts
from cag_events.events.models import Period
from cag_events.events.services.periods import PeriodFields
from cag_events.web.choices import countries, show_texts, texts_field, typed
from cag_events.web.forms import (
    DateField,
    Form,
    Length,
    MultiCheckboxField,
    RadioField,
    Required,
    SelectField,
    StringField,
    prepare,
)
from cag_events.web.templating import picked

KINDS = (
    ("school_break", N_("School break")),
    ("exam", N_("Exam weeks")),
    ("other", N_("Something else")),
)


class PeriodForm(Form):
    """Days to mind when something is planned."""

    kind = RadioField(N_("What it is"), choices=[*KINDS], default="school_break")
    first_on = DateField(N_("First day"), [Required()])
    last_on = DateField(N_("Last day"), [Required()])
    city = StringField(N_("Town"), [Length(max=100)], description=N_("Empty: everywhere."))
    country = SelectField(N_("Country"))
    segments = MultiCheckboxField(N_("Whom it concerns"), description=N_("None: everybody."))

    def offer(self, period: Period | None, segments: list[tuple[str, Texts]]) -> None:
        """Fill the lists."""
        known = countries(period.country if period else "")
        self.country.choices = [("", gettext("Everywhere")), *known[1:]]
        self.segments.choices = [(key, str(picked(name))) for key, name in segments]
        prepare(self)

    def load(self, period: Period | None) -> None:
        """Show a period."""
        if period is None:
            return
        show_texts(self.name, period.name)
        for name in ("kind", "first_on", "last_on", "city", "country", "segments"):
            self._fields[name].data = getattr(period, name)

    def validate(self, extra_validators: Any = None) -> bool:
        """Check the shape, and that there is a name."""
        is_right = super().validate(extra_validators)
        if any(self.name.data.values()):
            return is_right
        next(iter(self.name.form)).errors = [gettext("Give it a name in at least one language.")]
        return False

    def read(self, period: Period | None) -> PeriodFields:
        """Return what was typed."""
        assert self.first_on.data is not None  # validated
        assert self.last_on.data is not None
        return PeriodFields(
            name=typed(self.name, period.name if period else None),
            kind=str(self.kind.data),
            first_on=self.first_on.data,
            last_on=self.last_on.data,
            city=self.city.data or "",
            country=self.country.data or "",
            segments=tuple(self.segments.data or ()),
        )


@lru_cache(maxsize=8)
def period_form_class(languages: tuple[str, ...]) -> type[PeriodForm]:
    """Return the form for these languages."""
    return type("PeriodFormInLanguages", (PeriodForm,), {"name": texts_field(languages, N_("Name"))})
