"""Forms of one's own feeds, and of what feeds may hold at most."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar, Final

from wtforms import StringField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs
from wtforms.validators import Length

from cag_events.domain.errors import N_
from cag_events.feeds.calendars import LEAST_BYTES, LEAST_ENTRIES
from cag_events.feeds.filters import FILTERS, Choice, label_of
from cag_events.feeds.options import Options
from cag_events.feeds.services import NewFeed
from cag_events.permissions import Actor
from cag_events.web import dates
from cag_events.web.fields import MultiCheckboxField, Required, SelectField, WholeNumberField
from cag_events.web.forms import BooleanField, Form
from cag_events.web.language import languages

OFFERED: Final = ("theme", "kind", "city", "language", "mode", "segment", "campaign", "country")
REMINDERS: Final = (
    (15, N_("15 minutes before")),
    (60, N_("1 hour before")),
    (180, N_("3 hours before")),
    (1440, N_("1 day before")),
    (2880, N_("2 days before")),
)
MOST_ENTRIES, MOST_KILOBYTES = 100_000, 100_000  # beyond which a cap is a slip of the pen


class FeedForm(Form):
    """What an own feed holds."""

    BETWEEN: ClassVar = "="  # name and value of a filter that has no field here

    name = StringField(
        N_("Name"),
        [Required(), Length(max=100)],
        description=N_("Your calendar shows it, for example “My events”."),
    )
    with_registrations = BooleanField(
        N_("What I have registered for"),
        description=N_(
            "With your seat's status and, where there is one, the way in online; of a conference what you chose from "
            "its programme."
        ),
    )
    theme = MultiCheckboxField(N_("Themes"), description=N_("Tick none for all."))
    kind = MultiCheckboxField(N_("Kinds"))
    city = MultiCheckboxField(N_("Towns"))
    language = MultiCheckboxField(N_("Languages"))
    mode = MultiCheckboxField(N_("On site or online"))
    segment = MultiCheckboxField(N_("For whom"))
    campaign = MultiCheckboxField(N_("Campaigns"))
    country = MultiCheckboxField(N_("Countries"))
    more = MultiCheckboxField(N_("Also chosen"))
    told_in = SelectField(N_("Language of the entries"), validate_choice=False)
    alarm = MultiCheckboxField(
        N_("Reminders"),
        choices=[SelectChoice(str(minutes), label) for minutes, label in REMINDERS],
        description=N_("As many as you like. What stands for weeks and what is cancelled has none."),
    )
    hours = BooleanField(
        N_("Opening hours of exhibitions"),
        description=N_("Week by week, in place of one entry from the first day to the last."),
    )
    without_cancelled = BooleanField(
        N_("Leave out what is cancelled"),
        description=N_(
            "A cancelled event then disappears from your calendar without a word. Otherwise your calendar strikes it "
            "through, and you see that it will not take place."
        ),
    )
    rich = BooleanField(
        N_("Speakers, place and themes as data"),
        description=N_("For programs that read RFC 9073. No calendar shows it yet, and some report it as unknown."),
    )

    def offer(self, lang: str, by: Actor, kept: Mapping[str, Sequence[str]] | None = None) -> None:
        """Offer the values that there are; `kept`: the feed's filters, those without a field too."""
        for name in OFFERED:
            choices: Callable[[str, Actor], Sequence[Choice]] | None = FILTERS[name].choices
            field: Any = self[name]
            found = choices(lang, by) if choices else ()
            field.choices = [SelectChoice(choice.value, choice.label) for choice in found if choice.parent is None]
        self.told_in.choices = [SelectChoice(code, dates.language_name(code, lang)) for code in languages()]
        self.more.choices = [
            SelectChoice(f"{name}{self.BETWEEN}{value}", label_of(name, value, lang, by))
            for name, values in (kept or {}).items()
            for value in values
            if name in FILTERS and value not in self._values(name)
        ]

    def fill(self, filters: Mapping[str, Sequence[str]]) -> None:
        """Tick what these filters choose."""
        for name, values in filters.items():
            if name in OFFERED:
                known = self._values(name)
                self[name].data = [value for value in values if value in known]
        choices: Any = self.more.choices
        self.more.data = [choice.value for choice in choices]

    def read(self) -> NewFeed:
        """Return what was asked for."""
        filters = {name: list(self[name].data) for name in OFFERED if self[name].data}
        for pair in self.more.data or ():
            name, _, value = pair.partition(self.BETWEEN)
            filters.setdefault(name, []).append(value)
        return NewFeed(
            name=self.name.data or "",
            filters=filters,
            with_registrations=bool(self.with_registrations.data),
            alarms=[int(minutes) for minutes in self.alarm.data or ()],
            language=self.told_in.data if self.told_in.data in languages() else "",
            options=Options(
                hours=bool(self.hours.data),
                rich=bool(self.rich.data),
                without_cancelled=bool(self.without_cancelled.data),
            ),
        )

    def _values(self, name: str) -> set[str]:
        choices: Any = self[name].choices if name in OFFERED else ()
        return {choice.value for choice in choices}


class FollowForm(Form):
    """The themes that somebody follows."""

    theme = MultiCheckboxField(N_("Themes"))

    def offer(self, lang: str, by: Actor) -> None:
        """Offer all themes."""
        choices = FILTERS["theme"].choices
        assert choices is not None
        self.theme.choices = [
            SelectChoice(choice.value, choice.label) for choice in choices(lang, by) if choice.parent is None
        ]


class CapsForm(Form):
    """How much one feed holds at most; an empty field stands for what goes without saying."""

    entries = WholeNumberField(
        N_("Entries"),
        least=LEAST_ENTRIES,
        most=MOST_ENTRIES,
        description=N_("Google takes about 1,100 in one feed."),
    )
    kilobytes = WholeNumberField(
        N_("Kilobytes"),
        least=LEAST_BYTES // 1000,
        most=MOST_KILOBYTES,
        description=N_("Google takes about 1,000 in one feed."),
    )
