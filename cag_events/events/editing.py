"""What the editor's pages share: the form with its lists, the kind's part, the checklist, the languages."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from flask import request
from flask_babel import gettext

from cag_events.domain.event import RegistrationMode
from cag_events.domain.texts import Picked
from cag_events.domain.when import WEEKDAYS
from cag_events.events.fields import EventFields, OccurrenceFields, in_old_order
from cag_events.events.forms.choices import Choices, read_choices
from cag_events.events.forms.event import EventForm, event_form_class, load_kind_form, validate_kind_form
from cag_events.events.gate import Finding
from cag_events.events.models import Event
from cag_events.events.queries import keys_of_parts
from cag_events.kinds import KINDS, KindForm, Offered, read_details, write_details
from cag_events.web.forms import prepare
from cag_events.web.language import current_language, languages
from cag_events.web.templating import picked

FIRST_KIND = "lecture"
MORNING, EVENING = time(9), time(18)  # when things begin: those that fill a day, all others
EVENING_MINUTES = 240
MOST_NEW_DAYS = 5  # offered to what is planned by day before any is saved
TEXTS = ("title", "summary", "body")
OTHER_LANGUAGES = ("ru", "ky", "kk", "tg", "uz")


@dataclass
class Editor:
    """One opening of the editor: what is there to choose, what the event was, the form and the kind's part."""

    choices: Choices
    form: EventForm
    kind_form: KindForm
    before: EventFields | None
    parked: Mapping[str, dict[str, Any]]
    part_keys: Mapping[int, str]  # of the event's dated parts that have one, by id

    def offer(self) -> None:
        """Fill the lists of the kind's part: people of the event, rooms of its venue, its dated parts."""
        form, names = self.form, dict(self.choices.contacts)
        venue = str(form.place.data or "").partition("/")[0]
        rooms = next((known.rooms for known in self.choices.venues if known.key == venue), ())
        people = dict.fromkeys(str(row.form.who.data) for row in form.people if row.form.who.data)
        typed = [row.form for row in form.occurrences if row.form.day.data]
        dated = [(row.day.data, str(row.start.data or ""), str(row.id.data or "")) for row in typed]
        dated += [
            (item.starts_wall.date(), str(item.starts_wall.time()), str(item.id or ""))
            for item in (self.before.occurrences if self.before else ())
            if item.is_of_series
        ]
        parts = []
        for number, (day, _start, part_id) in enumerate(sorted(dated), start=1):
            key = self.part_keys.get(int(part_id), "") if part_id.isdigit() else ""
            parts.append((key or f"day-{number}", day.isoformat()))
        if self.before is None:  # what is planned by day can be typed before its days are saved
            parts += [(f"day-{n}", gettext("Day %(num)s", num=n)) for n in range(len(parts) + 1, MOST_NEW_DAYS + 1)]
        self.kind_form.offer(
            Offered(
                contacts=self.choices.contacts,
                people=tuple((key, names.get(key, key)) for key in people),
                partners=self.choices.partners,
                rooms=tuple((key, name) for key, name, _capacity in rooms),
                occurrences=tuple(parts),
                segments=tuple((key, picked(text).text) for key, text in self.choices.segments),
                indicators=tuple((key, picked(text).text) for key, text in self.choices.indicators),
            )
        )
        prepare(self.kind_form)

    @property
    def kind(self) -> str:
        """The kind whose part is shown."""
        return str(self.form.shown_kind.data)

    def minutes(self) -> int:
        """The usual length of the chosen kind."""
        slug = str(self.form.kind.data)
        usual = KINDS[slug].default_minutes if slug in KINDS else 0
        return self.choices.kind_minutes.get(slug) or usual or 90

    def validate(self) -> bool:
        """Tell whether all that was typed has the right shape."""
        is_right = self.form.validate()
        return validate_kind_form(self.kind_form) and is_right

    def read(self) -> EventFields:
        """Return what was typed; an empty number of seats is what the room holds."""
        slug = str(self.form.kind.data)
        details = self._typed_details() if slug == self.kind else self._parked(slug)
        fields = self.form.read(self.before, details, self.minutes())
        if self.form.capacity.data is None and fields.registration_mode is not RegistrationMode.NONE:
            return self.form.with_seats(fields, self.choices)
        return fields

    def _typed_details(self) -> dict[str, Any]:
        """The details of the kind that is shown; what tick boxes name keeps its order."""
        typed = write_details(self.kind, self.kind_form.read())
        had = self.before.details if self.before and self.before.kind == self.kind else {}
        ordered: dict[str, Any] = _in_order(typed, had)
        return ordered

    def to_park(self) -> dict[str, dict[str, Any]]:
        """Return the details of other kinds that were typed or carried on this page."""
        parked = self.form.parked_details()
        if str(self.form.kind.data) != self.kind:
            parked[self.kind] = write_details(self.kind, self.kind_form.read())
        return parked

    def switch_kind(self) -> None:
        """Show the part of the chosen kind; what was typed in the other one is carried along.

        Nothing is switched while something in the other one is wrong: it could not be carried.
        """
        slug = str(self.form.kind.data)
        if slug not in KINDS or slug == self.kind or not validate_kind_form(self.kind_form):
            return
        carried = self.form.parked_details()
        carried[self.kind] = write_details(self.kind, self.kind_form.read())
        self.kind_form = load_kind_form(slug, carried.pop(slug, None) or self._parked(slug))
        self.offer()
        if self.before is None:
            self.form.follow_kind(self.kind, slug)
        self.form.shown_kind.data = slug
        self.form.parked.data = json.dumps(carried, ensure_ascii=False)

    def _parked(self, slug: str) -> dict[str, Any]:
        if slug in self.form.parked_details():
            return self.form.parked_details()[slug]
        if slug in self.parked:
            return self.parked[slug]
        return write_details(slug, read_details(slug, {}))


def _in_order(typed: Any, had: Any) -> Any:
    """Details in which lists of keys have the order they had before: tick boxes know none."""
    if isinstance(typed, dict) and isinstance(had, dict):
        return {name: _in_order(inner, had.get(name)) for name, inner in typed.items()}
    if isinstance(typed, list) and isinstance(had, list):
        if set(map(str, typed)) <= set(WEEKDAYS):
            return typed
        if all(isinstance(inner, str) for inner in (*typed, *had)):
            return list(in_old_order(typed, had))
        rest = [None] * max(0, len(typed) - len(had))
        return [_in_order(inner, old) for inner, old in zip(typed, [*had, *rest])]
    return typed


def open_editor(event: Event | None, before: EventFields | None) -> Editor:
    """Open the editor: with what was sent, else with what the event is, else with good defaults."""
    choices = read_choices()
    form_class = event_form_class(languages(), extra_languages(before))
    form = form_class()
    is_sent = form.is_submitted()
    if not is_sent:
        form.load(before or blank())
        form.version.data = str(event.version if event else 0)
        if before is None:
            form.capacity.data = form.online_capacity.data = None  # empty: as many as the room holds
        form.add_blanks(has_series=has_series(before))
    if str(form.shown_kind.data) not in KINDS:
        form.shown_kind.data = before.kind if before else FIRST_KIND
    shown = str(form.shown_kind.data)
    if is_sent:
        kind_form = load_kind_form(shown, formdata=request.form)
    else:
        kind_form = load_kind_form(shown, before.details if before else {})
    form.offer(choices, before)
    prepare(form)
    editor = Editor(
        choices=choices,
        form=form,
        kind_form=kind_form,
        before=before,
        parked=event.parked if event else {},
        part_keys=keys_of_parts(event.id) if event else {},
    )
    editor.offer()
    return editor


def has_series(before: EventFields | None) -> bool:
    """Tell whether a rule gives some of an event's dates: they have pages of their own."""
    return before is not None and any(item.is_of_series for item in before.occurrences)


def blank() -> EventFields:
    """Return what a new event is before anything is typed; the address may name a title, a kind and a time."""
    asked = request.args.get("kind", FIRST_KIND)
    kind = asked if asked in KINDS else FIRST_KIND
    title = {current_language(): typed} if (typed := request.args.get("title", "")[:200].strip()) else {}
    return EventFields(kind=kind, title=title, occurrences=_on_the_asked_day(kind), **EventForm.defaults_of(kind))


def _on_the_asked_day(kind: str) -> tuple[OccurrenceFields, ...]:
    """The day that the address names, as the calendar's links do, at its hours or the usual ones."""
    asked = asked_times(kind, request.args)
    return (OccurrenceFields(starts_wall=asked[0], ends_wall=asked[1]),) if asked else ()


def asked_times(kind: str, asked: Mapping[str, str]) -> tuple[datetime, datetime] | None:
    """Return the wall times that `day`, `start`, `end` and `last_day` name, with the usual hours where they do not."""
    try:
        day = date.fromisoformat(asked.get("day", ""))
        start, end = (_clock_of(asked.get(name, "")) for name in ("start", "end"))
        last_day = date.fromisoformat(asked["last_day"]) if asked.get("last_day") else day
    except ValueError:
        return None
    minutes = KINDS[kind].default_minutes
    if day.year >= date.max.year or not (minutes or start):
        return None
    starts = datetime.combine(day, start or (EVENING if minutes <= EVENING_MINUTES else MORNING))
    ends = datetime.combine(day, end) if end else starts + timedelta(minutes=minutes or 90)
    if last_day > day:
        return starts, datetime.combine(last_day, ends.time())
    return starts, ends if ends > starts else ends + timedelta(days=1)


def _clock_of(text: str) -> time | None:
    return time.fromisoformat(text).replace(second=0, microsecond=0, tzinfo=None) if text else None


def extra_languages(before: EventFields | None) -> tuple[str, ...]:
    """Return the languages beside the site's own that texts are in, or that were asked for."""
    own = languages()
    asked = request.form.get("more", "").split() if request.method == "POST" else []
    action = request.form.get("do", "") if request.method == "POST" else ""
    if action.startswith("language-"):
        asked.append(action.removeprefix("language-"))
    used = [code for name in TEXTS for code in (getattr(before, name) if before else {})]
    wanted = dict.fromkeys((*used, *(code for code in asked if code in OTHER_LANGUAGES)))
    return tuple(code for code in wanted if code not in own)


def event_title(texts: Mapping[str, str]) -> Picked:
    """Return the title to show in the workspace."""
    title = picked(dict(texts))
    return title or Picked(gettext("Without a title"), current_language())


def say(finding: Finding) -> str:
    """Return what a finding says, in the reader's language."""
    return str(gettext(finding.text, **finding.facts))
