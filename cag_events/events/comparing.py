"""Two versions of an event side by side: which fields differ, and each value in words that people read."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from flask_babel import gettext

from cag_events.domain.errors import N_
from cag_events.domain.reminding import Moment
from cag_events.domain.seating import Filling
from cag_events.events.fields import EventFields, to_snapshot
from cag_events.events.forms import choices as words
from cag_events.events.forms.choices import Choices
from cag_events.web import dates
from cag_events.web.templating import picked

LABELS: Mapping[str, str] = {
    "key": N_("Address of the page"),
    "kind": N_("Kind of event"),
    "format": N_("Form"),
    "title": N_("Title"),
    "summary": N_("Summary"),
    "body": N_("Description"),
    "content_note": N_("Content note"),
    "access_note": N_("Access at this event"),
    "mode": N_("How people take part"),
    "venue": N_("Venue"),
    "room": N_("Room"),
    "tz": N_("Time zone"),
    "occurrences": N_("When"),
    "setup_minutes": N_("Setting up, minutes before"),
    "clear_minutes": N_("Clearing away, minutes after"),
    "themes": N_("Themes"),
    "segments": N_("Whom it is for"),
    "campaign": N_("Campaign"),
    "part_of": N_("Part of"),
    "partners": N_("Partners"),
    "people": N_("Who takes part"),
    "languages": N_("Spoken languages"),
    "interpreting": N_("Interpreting and captions"),
    "agenda": N_("Agenda"),
    "details": N_("What the kind has of its own"),
    "lead": N_("Who answers for it"),
    "platform": N_("Platform"),
    "recording": N_("Recording"),
    "registration_mode": N_("How people register"),
    "capacity": N_("Seats on site"),
    "online_capacity": N_("Seats online"),
    "waitlist": N_("Waiting list"),
    "opens_days": N_("Opens, days before the start"),
    "closes_hours": N_("Closes, hours before the start"),
    "guests": N_("Guests that one person may bring"),
    "group_max": N_("Largest group, as a school class"),
    "per_occurrence": N_("People choose which parts they come to"),
    "travel_support": N_("Travel support can be applied for"),
    "ask": N_("What the form asks beside name and e-mail"),
    "pools": N_("Seats held for an audience"),
    "phases": N_("Who may register first"),
    "queue": N_("How the queue moves"),
    "questions": N_("Questions of this event"),
    "reminders": N_("Mails before and after"),
    "food": N_("Food"),
    "photo_policy": N_("Photos"),
    "min_age": N_("Youngest age"),
    "max_age": N_("Oldest age"),
    "safety": N_("Safety level"),
    "visibility": N_("Who may know of it"),
    "levels": N_("Levels of their own"),
    "featured": N_("Show it first in the programme"),
}
_LISTS: Mapping[str, Any] = {
    "format": words.FORMATS,
    "mode": words.MODES,
    "recording": words.RECORDINGS,
    "registration_mode": words.REGISTRATION_MODES,
    "ask": words.ASKS,
    "food": words.FOODS,
    "photo_policy": words.PHOTO_POLICIES,
    "safety": words.SAFETIES,
    "visibility": words.VISIBILITIES,
}


@dataclass(frozen=True, kw_only=True)
class Line:
    """A piece of a value; `lang` where it is in a language of its own."""

    text: str
    lang: str | None = None


@dataclass(frozen=True, kw_only=True)
class Difference:
    """A field with two values in words."""

    name: str
    label: str
    before: tuple[Line, ...]
    after: tuple[Line, ...]


def changed(before: EventFields, after: EventFields) -> list[str]:
    """Return the names of the fields that differ, in the editor's order."""
    old, new = to_snapshot(before), to_snapshot(after)
    return [field.name for field in fields(EventFields) if old.get(field.name) != new.get(field.name)]


def differences(before: EventFields, after: EventFields, choices: Choices) -> list[Difference]:
    """Return the fields that differ, with both values in the reader's language."""
    speak = Words(choices)
    return [
        Difference(
            name=name,
            label=gettext(LABELS[name]),
            before=speak.lines(name, before),
            after=speak.lines(name, after),
        )
        for name in changed(before, after)
    ]


class Words:
    """Says the values of fields in the reader's language."""

    def __init__(self, choices: Choices) -> None:
        self.names: dict[str, Mapping[Any, str]] = {
            "venue": {venue.key: str(picked(venue.name)) for venue in choices.venues},
            "room": {key: name for venue in choices.venues for key, name, _capacity in venue.rooms},
            "themes": {theme.key: str(picked(theme.name)) for theme in choices.themes},
            "segments": {key: str(picked(name)) for key, name in choices.segments},
            "campaign": {key: str(picked(name)) for key, name in choices.campaigns},
            "part_of": {key: str(picked(title)) for key, title in choices.wholes},
            "partners": dict(choices.partners),
            "lead": dict(choices.accounts),
            "kind": {slug: str(picked(name)) for slug, name in choices.kind_names.items()},
            **{name: {str(row[0]): gettext(row[1]) for row in rows} for name, rows in _LISTS.items()},
        }
        self.contacts = dict(choices.contacts)
        self.roles = {key: gettext(word) for key, word in words.ROLES}
        self.hows = {key: gettext(word) for key, word in words.HOWS}
        self.aspects = {str(aspect): gettext(word) for aspect, word in words.ASPECTS}
        self.circles = {str(circle): gettext(word) for circle, word in words.CIRCLES}

    def lines(self, name: str, of: EventFields) -> tuple[Line, ...]:
        """Return a field's value as lines of text; none where it is empty."""
        value = getattr(of, name)
        if value in (None, "", (), {}, []):
            return ()
        if name in ("title", "summary", "body", "content_note", "access_note"):
            return tuple(Line(text=text, lang=code) for code, text in value.items())
        special = getattr(self, f"_{name}", None)
        texts: list[str]
        if special is not None:
            texts = special(value)
        elif isinstance(value, bool):
            texts = [gettext("Yes") if value else gettext("No")]
        elif isinstance(value, tuple):
            texts = [self._name(name, one) for one in value]
        else:
            texts = [self._name(name, value)]
        return tuple(Line(text=text) for text in texts)

    def _name(self, name: str, value: Any) -> str:
        known = self.names.get(name, {})
        return known.get(value) or known.get(str(value)) or str(value)

    def _occurrences(self, value: Any) -> list[str]:
        return [
            " · ".join(
                text
                for text in (
                    dates.span_text(item.starts_wall, item.ends_wall),
                    str(picked(item.title)),
                    gettext("cancelled") if item.cancelled_on else "",
                )
                if text
            )
            for item in value
        ]

    def _languages(self, value: Any) -> list[str]:
        return [dates.language_name(code) for code in value]

    def _people(self, value: Any) -> list[str]:
        return [
            f"{self.contacts.get(item.who, item.who)} ({self.roles.get(item.role, item.role).lower()})"
            for item in value
        ]

    def _interpreting(self, value: Any) -> list[str]:
        return [f"{dates.language_name(item.to)}: {self.hows.get(item.how, item.how).lower()}" for item in value]

    def _agenda(self, value: Any) -> list[str]:
        return [
            " · ".join(
                text
                for text in (
                    dates.minutes_text(item.minutes),
                    str(picked(item.title)),
                    ", ".join(self.contacts.get(who, who) for who in item.who),
                    gettext("closed") if item.closed else "",
                )
                if text
            )
            for item in value
        ]

    def _pools(self, value: Any) -> list[str]:
        return [f"{self._name('segments', item.segment)}: {item.seats}" for item in value]

    def _phases(self, value: Any) -> list[str]:
        return [
            gettext(
                "%(who)s %(hours)s h before",
                who=self._name("segments", one.segment) or gettext("Members"),
                hours=one.hours,
            )
            for one in value
        ]

    def _queue(self, value: Any) -> list[str]:
        if value.filling is Filling.FILL:
            return [gettext("The next gets a freed seat at once")]
        return [gettext("The next is offered a freed seat and has %(hours)s hours to accept", hours=value.hours)]

    def _questions(self, value: Any) -> list[str]:
        return [str(picked(one.label)) for one in value]

    def _reminders(self, value: Any) -> list[str]:
        words = {Moment.BEFORE: N_("%(hours)s h before the start"), Moment.AFTER: N_("%(hours)s h after the end")}
        return [gettext(words[one.moment], hours=one.hours) for one in value]

    def _levels(self, value: Any) -> list[str]:
        return [f"{self.aspects.get(a, a)}: {self.circles.get(c, c).lower()}" for a, c in value.items()]

    def _details(self, value: Any) -> list[str]:
        return list(_flat(value))


def _flat(value: Any, path: str = "") -> list[str]:
    """A kind's details as lines: the path of each value and the value."""
    if isinstance(value, dict):
        return [
            line for name, inner in value.items() for line in _flat(inner, f"{path} {name}".strip().replace("_", " "))
        ]
    if isinstance(value, list) and any(isinstance(inner, dict | list) for inner in value):
        return [line for number, inner in enumerate(value, 1) for line in _flat(inner, f"{path} {number}".strip())]
    if isinstance(value, list):
        return [f"{path}: {', '.join(map(str, value))}"]
    if isinstance(value, bool):
        return [f"{path}: {gettext('Yes') if value else gettext('No')}"]
    return [f"{path}: {value}"]
