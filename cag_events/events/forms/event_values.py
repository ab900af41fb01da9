"""Between the editor's form and the fields of an event: shows them, and reads what was typed."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from cag_events.domain.event import Aspect, Mode, RegistrationMode, Safety, Visibility
from cag_events.domain.recurrence import Every, Pattern, rule_of
from cag_events.events.fields import (
    AgendaFields,
    EventFields,
    InterpretingFields,
    OccurrenceFields,
    PersonFields,
    in_old_order,
)
from cag_events.events.forms.parts import EVERY
from cag_events.events.forms.reminders import load_reminders, read_reminders
from cag_events.events.forms.seating import load_seating, read_phases, read_pools, read_queue
from cag_events.web.choices import show_texts, typed
from cag_events.web.forms import FormField


def load(form: Any, fields: EventFields) -> None:
    """Show an event's fields."""
    for name in (
        *("kind", "title", "summary", "body", "content_note", "access_note", "themes", "segments", "partners"),
        *("languages", "platform", "capacity", "online_capacity", "waitlist", "opens_days", "closes_hours"),
        *("guests", "group_max", "per_occurrence", "travel_support", "ask", "min_age", "max_age", "featured"),
    ):
        _set(form._fields[name], getattr(fields, name))
    for name in ("campaign", "part_of", "format", "lead", "recording", "food", "photo_policy", "tz", "key"):
        form._fields[name].data = str(getattr(fields, name) or "")
    for name in ("mode", "registration_mode", "safety", "visibility"):
        form._fields[name].data = str(getattr(fields, name))
    for name in ("setup_minutes", "clear_minutes"):
        form._fields[name].data = getattr(fields, name) or None
    form.place.data = f"{fields.venue}/{fields.room}" if fields.room else fields.venue or ""
    for aspect in Aspect:
        form.level(aspect).data = fields.levels.get(str(aspect), "")
    for item in fields.occurrences:
        if not item.is_of_series:  # a series has pages of its own
            _add_occurrence(form, item)
    for person in fields.people:
        form.people.append_entry({"who": person.who, "role": person.role})
    for one in fields.interpreting:
        form.interpreting.append_entry({"to": one.to, "how": one.how})
    for part in fields.agenda:
        row = {"minutes": part.minutes, "title": part.title, "who": list(part.who), "closed": part.closed}
        form.agenda.append_entry(row)
    load_seating(form, fields)
    load_reminders(form, fields)
    form.shown_kind.data = fields.kind


def _add_occurrence(form: Any, item: OccurrenceFields) -> None:
    ends_elsewhere = item.ends_wall.date() != item.starts_wall.date()
    form.occurrences.append_entry(
        {
            "id": str(item.id or ""),
            "day": item.starts_wall.date(),
            "start": item.starts_wall.time(),
            "end": item.ends_wall.time(),
            "last_day": item.ends_wall.date() if ends_elsewhere else None,
            "title": item.title,
        }
    )


def read(form: Any, before: EventFields | None, details: dict[str, Any], minutes: int) -> EventFields:
    """Return what was typed over what was before; `minutes`: a length where no end is given."""
    had = before or EventFields(kind="")
    venue, _, room = str(form.place.data or "").partition("/")
    return replace(
        had,
        key=form.key.data or had.key,
        kind=str(form.kind.data),
        format=form.format.data or None,
        title=typed(form.title, had.title),
        summary=typed(form.summary, had.summary),
        body=typed(form.body, had.body),
        content_note=typed(form.content_note, had.content_note),
        access_note=typed(form.access_note, had.access_note),
        mode=Mode(form.mode.data),
        venue=venue or None,
        room=room or None,
        tz=form.tz.data or None,
        setup_minutes=form.setup_minutes.data or 0,
        clear_minutes=form.clear_minutes.data or 0,
        occurrences=_occurrences(form, had, minutes),
        themes=in_old_order(form.themes.data or (), had.themes),
        segments=in_old_order(form.segments.data or (), had.segments),
        partners=in_old_order(form.partners.data or (), had.partners),
        campaign=form.campaign.data or None,
        part_of=form.part_of.data or None,
        people=_people(form),
        languages=in_old_order(form.languages.data or (), had.languages),
        interpreting=tuple(
            InterpretingFields(to=entry.form.to.data, how=entry.form.how.data)
            for entry in form.interpreting
            if entry.form.to.data
        ),
        agenda=tuple(
            AgendaFields(
                minutes=entry.form.minutes.data,
                title=typed(entry.form.title),
                who=_who(entry.form.who.data or [], had),
                closed=bool(entry.form.closed.data),
            )
            for entry in form.agenda
            if entry.form.minutes.data
        ),
        details=details,
        lead=int(form.lead.data) if form.lead.data else None,
        platform=form.platform.data or "",
        recording=form.recording.data or "",
        registration_mode=RegistrationMode(form.registration_mode.data),
        capacity=form.capacity.data or 0,
        online_capacity=form.online_capacity.data or 0,
        waitlist=form.waitlist.data,
        opens_days=form.opens_days.data,
        closes_hours=form.closes_hours.data,
        guests=form.guests.data or 0,
        group_max=form.group_max.data,
        per_occurrence=form.per_occurrence.data,
        travel_support=form.travel_support.data,
        ask=in_old_order(form.ask.data or (), had.ask),
        pools=read_pools(form),
        phases=read_phases(form),
        queue=read_queue(form),
        reminders=read_reminders(form, had),
        food=form.food.data or "",
        photo_policy=form.photo_policy.data or "",
        min_age=form.min_age.data,
        max_age=form.max_age.data,
        safety=Safety(form.safety.data),
        visibility=Visibility(form.visibility.data),
        levels={str(a): form.level(a).data for a in Aspect if form.level(a).data},
        featured=form.featured.data,
    )


def _occurrences(form: Any, had: EventFields, minutes: int) -> tuple[OccurrenceFields, ...]:
    known = {item.id: item for item in had.occurrences}
    rows = []
    for entry in form.occurrences:
        row = entry.form
        if row.is_blank:
            continue
        row_id = int(row.id.data) if str(row.id.data or "").isdigit() else None
        before = known.get(row_id)
        if before is not None and before.is_of_series:
            continue
        starts, ends = span_of(row, minutes)
        repeats = before is None and ((row.repeat.data or 1) > 1 or row.until.data)
        rows.append(
            replace(
                before or OccurrenceFields(starts_wall=starts, ends_wall=ends),
                starts_wall=starts,
                ends_wall=ends,
                title=typed(row.title, before.title if before else None),
                rrule=rule_of(_pattern(row), starts) if repeats else None,
            )
        )
    return (*rows, *(item for item in had.occurrences if item.is_of_series))


def _pattern(row: Any) -> Pattern:
    every, interval = EVERY.get(str(row.every.data), (Every.WEEK, 1))
    return Pattern(every=every, interval=interval, count=row.repeat.data, until=row.until.data)


def _people(form: Any) -> tuple[PersonFields, ...]:
    pairs = dict.fromkeys((entry.form.who.data, entry.form.role.data) for entry in form.people if entry.form.who.data)
    return tuple(PersonFields(who=who, role=role) for who, role in pairs)


def _who(chosen: list[str], had: EventFields) -> tuple[str, ...]:
    before = next((item.who for item in had.agenda if set(item.who) == set(chosen)), ())
    return in_old_order(chosen, before)


def span_of(row: Any, minutes: int) -> tuple[datetime, datetime]:
    """Return the wall times of a row; `minutes` long where no end is given."""
    starts = datetime.combine(row.day.data, row.start.data)
    if row.end.data is None:
        return starts, starts + timedelta(minutes=minutes or 90)
    return starts, datetime.combine(row.last_day.data or row.day.data, row.end.data)


def _set(field: Any, value: Any) -> None:
    if isinstance(field, FormField):
        show_texts(field, value)
    else:
        field.data = list(value) if isinstance(value, tuple) else value
