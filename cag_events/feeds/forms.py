"""Forms of one's own feeds."""

from collections.abc import Callable, Sequence
from typing import Any, Final

from wtforms import StringField
from wtforms.validators import Length

from cag_events.domain.errors import N_
from cag_events.feeds.filters import FILTERS, Choice
from cag_events.feeds.services import NewFeed
from cag_events.permissions import Actor
from cag_events.web.fields import MultiCheckboxField, Required, SelectField
from cag_events.web.forms import BooleanField, Form

OFFERED: Final = ("theme", "kind", "city", "language", "mode")
ALARMS: Final = (
    ("", N_("None")),
    ("15", N_("15 minutes before")),
    ("60", N_("1 hour before")),
    ("180", N_("3 hours before")),
    ("1440", N_("1 day before")),
)


class FeedForm(Form):
    """What an own feed holds."""

    name = StringField(
        N_("Name"),
        [Required(), Length(max=100)],
        description=N_("Your calendar shows it, for example “My events”."),
    )
    with_registrations = BooleanField(
        N_("What I have registered for"),
        description=N_("With your seat's status and, where there is one, the way in online."),
    )
    theme = MultiCheckboxField(N_("Themes"), description=N_("Tick none for all."))
    kind = MultiCheckboxField(N_("Kinds"))
    city = MultiCheckboxField(N_("Towns"))
    language = MultiCheckboxField(N_("Languages"))
    mode = MultiCheckboxField(N_("On site or online"))
    alarm = SelectField(N_("Reminder"), choices=list(ALARMS))

    def offer(self, lang: str, by: Actor) -> None:
        """Offer the values that there are."""
        for name in OFFERED:
            choices: Callable[[str, Actor], Sequence[Choice]] | None = FILTERS[name].choices
            field: Any = self[name]
            found = choices(lang, by) if choices else ()
            field.choices = [(choice.value, choice.label) for choice in found if choice.parent is None]

    def read(self) -> NewFeed:
        """Return what was asked for."""
        return NewFeed(
            name=self.name.data or "",
            filters={name: list(self[name].data) for name in OFFERED if self[name].data},
            with_registrations=bool(self.with_registrations.data),
            alarm_minutes=int(self.alarm.data) if self.alarm.data else None,
        )


class FollowForm(Form):
    """The themes that somebody follows."""

    theme = MultiCheckboxField(N_("Themes"))

    def offer(self, lang: str, by: Actor) -> None:
        """Offer all themes."""
        choices = FILTERS["theme"].choices
        assert choices is not None
        self.theme.choices = [(choice.value, choice.label) for choice in choices(lang, by) if choice.parent is None]
