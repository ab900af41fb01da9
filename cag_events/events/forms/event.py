"""The editor of an event: one page, five required fields, everything else as one likes."""

import json
from dataclasses import replace
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from flask_babel import gettext

from cag_events.domain.errors import N_, Refused
from cag_events.domain.event import Aspect, Mode, RegistrationMode
from cag_events.events.fields import (
    EventFields,
)
from cag_events.events.forms import choices as words
from cag_events.events.forms.choices import Choices
from cag_events.events.forms.event_lists import offer
from cag_events.events.forms.event_values import load, read, span_of
from cag_events.events.forms.parts import (
    InterpretingForm,
    PersonForm,
    PhaseForm,
    PoolForm,
    agenda_form,
    occurrence_form,
)
from cag_events.events.forms.reminders import HOW, check_reminders, reminder_form
from cag_events.events.forms.seating import check_seating
from cag_events.kinds import KINDS, KindForm, read_details, write_details
from cag_events.web.choices import texts_field
from cag_events.web.errors import say
from cag_events.web.forms import (
    BooleanField,
    FieldList,
    Form,
    FormField,
    HiddenField,
    Length,
    MultiCheckboxField,
    RadioField,
    SelectField,
    StringField,
    WholeNumberField,
    finish,
    gather_row_errors,
    prepare,
)

LISTS = ("occurrences", "people", "interpreting", "agenda", "pools", "phases", "reminders")


class EventForm(Form):
    """All fields that every kind has; the kind's own part stands beside it with the prefix `kind-`."""

    version = HiddenField()
    shown_kind = HiddenField()
    parked = HiddenField(validators=[Length(max=60_000)])
    more = HiddenField()  # languages shown beside the site's own
    kind = RadioField(N_("Kind of event"))
    mode = RadioField(N_("How people take part"), choices=[(str(mode), word) for mode, word in words.MODES])
    place = SelectField(N_("Venue and room"))
    tz = SelectField(N_("Time zone"))
    setup_minutes = WholeNumberField(N_("Setting up, minutes before"), most=10_080)
    clear_minutes = WholeNumberField(N_("Clearing away, minutes after"), most=10_080)
    themes = MultiCheckboxField(N_("Themes"))
    segments = MultiCheckboxField(N_("Whom it is for"))
    partners = MultiCheckboxField(N_("Partners"))
    campaign = SelectField(N_("Campaign"))
    part_of = SelectField(N_("Part of"))
    people = FieldList(FormField(PersonForm), N_("Who takes part"))
    languages = MultiCheckboxField(N_("Spoken languages"))
    interpreting = FieldList(FormField(InterpretingForm), N_("Interpreting and captions"))
    format = SelectField(N_("Form"))
    lead = SelectField(N_("Who answers for it"))
    platform = StringField(N_("Platform"), [Length(max=100)])
    online_url = StringField(
        N_("Address of the online room"),
        [Length(max=500)],
        description=N_("Kept encrypted. People get there by their own link, never by this address."),
        render_kw={"inputmode": "url", "autocomplete": "off", "spellcheck": "false"},
    )
    remove_online_url = BooleanField(N_("Remove the stored address"))
    recording = SelectField(N_("Recording"))
    registration_mode = RadioField(
        N_("How people register"), choices=[(str(mode), word) for mode, word in words.REGISTRATION_MODES]
    )
    capacity = WholeNumberField(N_("Seats on site"), most=100_000)
    online_capacity = WholeNumberField(N_("Seats online"), most=100_000)
    waitlist = BooleanField(N_("When it is full, people can queue"))
    opens_days = WholeNumberField(N_("Opens, days before the start"), most=3650)
    closes_hours = WholeNumberField(N_("Closes, hours before the start"), most=8760)
    guests = WholeNumberField(N_("Guests that one person may bring"), most=20)
    group_max = WholeNumberField(N_("Largest group, as a school class"), most=500, description=N_("Empty: no groups."))
    per_occurrence = BooleanField(N_("People choose which parts they come to"))
    travel_support = BooleanField(N_("Travel support can be applied for"))
    ask = MultiCheckboxField(N_("What the form asks beside name and e-mail"))
    pools = FieldList(FormField(PoolForm), N_("Seats held for an audience"))
    phases = FieldList(FormField(PhaseForm), N_("Who may register first"))
    reminders_how = RadioField(N_("Mails before the start and after the end"), choices=list(HOW), validate_choice=False)
    queue_filling = RadioField(N_("When a seat comes free"), choices=[(str(one), word) for one, word in words.FILLINGS])
    queue_hours = WholeNumberField(N_("Hours to answer an offer"), least=1, most=1000)
    queue_lapse = RadioField(N_("Who does not answer"), choices=[(str(one), word) for one, word in words.LAPSES])
    food = SelectField(N_("Food"))
    photo_policy = SelectField(N_("Photos"))
    min_age = WholeNumberField(N_("Youngest age"), most=120)
    max_age = WholeNumberField(N_("Oldest age"), most=120)
    safety = RadioField(N_("Safety level"), choices=[(str(level), word) for level, word, _hint in words.SAFETIES])
    visibility = RadioField(
        N_("Who may know of it"), choices=[(str(level), word) for level, word, _hint in words.VISIBILITIES]
    )
    featured = BooleanField(N_("Show it first in the programme"))
    key = StringField(
        N_("Address of the page"),
        [Length(max=100)],
        description=N_("Empty: made from the title. The old address goes on working when you change it."),
        render_kw={"autocomplete": "off", "spellcheck": "false", "autocapitalize": "none"},
    )

    def offer(self, choices: Choices, before: EventFields | None) -> None:
        """Fill the lists with what there is to choose from, and with what the event has already."""
        offer(self, choices, before)

    def load(self, fields: EventFields) -> None:
        """Show an event's fields."""
        load(self, fields)

    def read(self, before: EventFields | None, details: dict[str, Any], minutes: int) -> EventFields:
        """Return what was typed over what was before; `minutes`: a length where no end is given."""
        return read(self, before, details, minutes)

    @staticmethod
    def defaults_of(kind: str) -> dict[str, Any]:
        """Return the fields that a new event of a kind begins with."""
        own = KINDS[kind].default_registration
        return {
            "mode": Mode(own.get("event_mode", Mode.ONSITE)),
            "registration_mode": RegistrationMode(own.get("mode", RegistrationMode.OPEN)),
            "waitlist": bool(own.get("waitlist", True)),
            "opens_days": own.get("opens_days", 60),
            "closes_hours": own.get("closes_hours", 2),
            "guests": own.get("guests", 0),
            "group_max": own.get("group_max"),
            "per_occurrence": bool(own.get("per_occurrence", False)),
            "ask": tuple(own.get("ask", ("segment", "needs"))),
        }

    def follow_kind(self, old: str, new: str) -> None:
        """Give a new event the other kind's defaults where nobody has changed the first kind's."""
        before, after = self.defaults_of(old), self.defaults_of(new)
        for name, value in before.items():
            field = self._fields[name]
            same = (
                sorted(field.data or []) == sorted(value)
                if name == "ask"
                else (str(field.data) == str(value) if name.endswith("mode") else field.data == value)
            )
            if same:
                field.data = list(after[name]) if name == "ask" else after[name]
                if name.endswith("mode"):
                    field.data = str(after[name])

    @staticmethod
    def with_seats(fields: EventFields, choices: Choices) -> EventFields:
        """Give an event as many seats on site as its room holds."""
        if fields.mode is Mode.ONLINE:
            return fields
        sizes = {(venue.key, key): size for venue in choices.venues for key, _name, size in venue.rooms}
        return replace(fields, capacity=sizes.get((fields.venue or "", fields.room or ""), 0))

    def level(self, aspect: Aspect) -> Any:
        """Return the field of an aspect's own level."""
        return self._fields[f"level_{aspect}"]

    def add_blanks(self, *, has_series: bool = False) -> None:
        """Show one empty row where there is none, so that nothing has to be opened first."""
        if not self.occurrences.entries and not has_series:
            self.occurrences.append_entry()

    def change_rows(self, action: str) -> bool:
        """Add or remove the row that a button names, as add-people or remove-people-2; tell whether it did."""
        verb, _, rest = action.partition("-")
        name, _, number = rest.partition("-")
        if verb not in ("add", "remove") or name not in LISTS:
            return False
        rows = self._fields[name]
        if verb == "add":
            rows.append_entry()
        else:
            rows.entries = [entry for entry in rows.entries if entry.id != f"{name}-{number}"]
        return True

    def point_at_rows(self, action: str) -> None:
        """Let the page open at the row that was added, or at the last that is left."""
        rows = self._fields[action.split("-")[1]]
        if rows.entries:
            field = _entry_of(rows.entries[-1])
            field.render_kw = {**(field.render_kw or {}), "autofocus": True, "data-focus": True}

    def validate(self, extra_validators: Any = None) -> bool:
        """Check the shape, and that each date that was begun is whole."""
        is_right = super().validate(extra_validators)
        for entry in self.occurrences:
            if not entry.form.is_blank:
                is_right = self._check_occurrence(entry.form) and is_right
        if not any(self.title.data.values()):
            _first(self.title).errors = [gettext("Give the event a title in at least one language.")]
            is_right = False
        if self.online_url.data and not _is_link(self.online_url.data):
            self.online_url.errors = [gettext("Enter a whole web address that begins with https://.")]
            is_right = False
        for entry in self.agenda:
            if any(entry.form.title.data.values()) and not entry.form.minutes.data and not entry.form.minutes.errors:
                entry.form.minutes.errors = [gettext("Say how many minutes.")]
                is_right = False
        is_right = check_seating(self) and is_right
        is_right = check_reminders(self) and is_right
        if self.min_age.data and self.max_age.data and self.max_age.data < self.min_age.data:
            self.max_age.errors = [gettext("The oldest age must not be below the youngest.")]
            is_right = False
        gather_row_errors(self)
        return is_right

    def _check_occurrence(self, row: Any) -> bool:
        if row.day.data is None and not row.day.errors:
            row.day.errors = [gettext("Say on which day.")]
        if row.start.data is None and not row.start.errors:
            row.start.errors = [gettext("Say when it starts.")]
        if any(field.errors for field in (row.day, row.start, row.end, row.last_day, row.repeat, row.until)):
            return False
        if row.until.data is not None and row.until.data < row.day.data:
            row.until.errors = [gettext("The last day must not be before the first.")]
            return False
        if row.end.data is not None:
            starts, ends = span_of(row, 0)
            if ends <= starts:
                row.end.errors = [
                    gettext("The end must be after the start. If it ends on another day, give that day too.")
                ]
                return False
        return True

    def refuse(self, refused: Refused) -> None:
        """Show a refusal at its field; rows are counted without the blank ones."""
        path = (refused.field or "").split(".")
        if path[0] == "occurrences" and len(path) == 3:
            rows = [entry.form for entry in self.occurrences if not entry.form.is_blank]
            if int(path[1]) >= len(rows):  # a date of a series, which is moved by a zone alone here
                self.tz.errors = [*self.tz.errors, say(refused)]
                return
            name = {"rrule": "every"}.get(path[2], path[2])
            field = rows[int(path[1])]._fields[name]
            field.errors = [*field.errors, say(refused)]
            gather_row_errors(self)
            return
        if path[0] == "title":
            field = _first(self.title)
            field.errors = [*field.errors, say(refused)]
            return
        super().refuse(refused)

    def parked_details(self) -> dict[str, dict[str, Any]]:
        """Return the details of kinds that were shown before on this page, as the hidden field carries them."""
        try:
            carried = json.loads(self.parked.data or "{}")
        except ValueError:
            return {}
        kept: dict[str, dict[str, Any]] = {}
        for slug, stored in carried.items() if isinstance(carried, dict) else ():
            if slug in KINDS and isinstance(stored, dict):
                try:
                    kept[slug] = write_details(slug, read_details(slug, stored))
                except (TypeError, ValueError):
                    continue
        return kept


def _first(texts: Any) -> Any:
    return next(iter(texts.form))


def _entry_of(row: Any) -> Any:
    """Return the field in which one begins to fill in a row."""
    while isinstance(row, FormField):
        row = next(field for field in row.form if not isinstance(field, HiddenField))
    return row


def _is_link(text: str) -> bool:
    try:
        parts = urlsplit(text)
        host = parts.hostname
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(host) and parts.username is None and "\\" not in text


@lru_cache(maxsize=32)
def event_form_class(languages: tuple[str, ...], extra: tuple[str, ...] = ()) -> type[EventForm]:
    """Return the editor's form for the languages of the site and more that texts are in."""
    every = (*languages, *extra)
    members: dict[str, Any] = {
        "title": texts_field(every, N_("Title")),
        "summary": texts_field(every, N_("Summary"), most=600, is_long=True, rows=3),
        "body": texts_field(every, N_("Description"), most=20_000, is_long=True, rows=10),
        "content_note": texts_field(languages, N_("Content note"), most=1000, is_long=True, rows=3),
        "access_note": texts_field(languages, N_("Access at this event"), most=1000, is_long=True, rows=3),
        "occurrences": FieldList(FormField(occurrence_form(languages)), N_("When")),
        "agenda": FieldList(FormField(agenda_form(languages)), N_("Agenda")),
        "reminders": FieldList(FormField(reminder_form(languages)), N_("Mails before and after")),
    }
    for aspect, label in words.ASPECTS:
        members[f"level_{aspect}"] = SelectField(label)
    return type("EventFormInLanguages", (EventForm,), members)


def load_kind_form(slug: str, details: dict[str, Any] | None = None, formdata: Any = None) -> KindForm:
    """Return a kind's part of the editor, with what was typed or else with its details."""
    form = KINDS[slug].form(formdata, prefix="kind-")
    if formdata is None:
        form.load(read_details(slug, details or {}))
    prepare(form)
    return form


def validate_kind_form(form: KindForm) -> bool:
    """Tell whether the shape of a kind's part is right."""
    return finish(form, form.validate())
