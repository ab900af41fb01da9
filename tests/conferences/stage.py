"""A small conference of two days, with dull valid values, and people who come to it."""

from dataclasses import replace
from typing import Any

from sqlalchemy import select

from cag_events.audiences.models import Contact
from cag_events.conferences.models import ItemSignUp
from cag_events.db import db
from cag_events.domain.event import Mode
from cag_events.events.drafts import fields_of
from cag_events.events.models import Event, Occurrence, Room
from cag_events.events.services import edit_event
from cag_events.permissions import ANONYMOUS, SYSTEM
from cag_events.registrations.services import NewRegistration, register
from tests.factories import make_contact, make_event, make_venue

SATURDAY, SUNDAY = "2026-12-05T10:00", "2026-12-06T10:00"
Row = dict[str, Any]


def item(key: str, start: str, end: str, **more: Any) -> Row:
    """An item on the first day, as details keep it."""
    title = {"sv": f"Punkt {key}", "en": f"Item {key}"}
    return {"key": key, "occurrence": "day-1", "start": start, "end": end, "title": title, **more}


OPENING = item("opening", "10:00", "10:30", room="hall")
TALK = item("talk", "10:30", "11:30", room="hall", track="A", who=["ada"])
GAME = item("game", "10:30", "12:00", room="cave", track="B", capacity=2, sign_up=True)
LUNCH = item("lunch", "12:00", "13:00", **{"break": True})
RADIO = item("radio", "13:00", "14:00", room="cave", capacity=2, sign_up=True)
SUNDAYS = {**item("closing", "10:00", "11:00", room="hall"), "occurrence": "day-2"}
ALL = (OPENING, TALK, GAME, LUNCH, RADIO, SUNDAYS)


def make_conference(*items: Row, **values: Any) -> int:
    """The id of a published conference on a Saturday and a Sunday with room for 50, its first version with it."""
    people = values.pop("people", None)
    if people is None:
        known = db.session.scalar(select(Contact).where(Contact.key == "ada"))
        people = [(known or make_contact("ada", name="Ada Testsson", named=True), "speaker")]
    rooms = [Room(key="hall", name="Stora salen", capacity=100), Room(key="cave", name="Grottan", capacity=30)]
    return make_event(
        **{
            "kind": "conference",
            "dates": [SATURDAY, SUNDAY],
            "minutes": 420,
            "details": {"programme": list(items or ALL)},
            "per_occurrence": True,
            "guests": 4,
            "people": people,
            "venue": values.pop("venue", None) or make_venue(rooms=rooms),
            **values,
        }
    ).id


def days_of(event_id: int) -> tuple[int, ...]:
    """The ids of a conference's days, in order."""
    return tuple(db.session.scalars(select(Occurrence.id).where(Occurrence.event_id == event_id).order_by("starts_at")))


def come(
    event_id: int, name: str = "anna", *, party: int = 1, mode: Mode | None = None, days: int = 2, lang: str = "en"
) -> int:
    """Register a party for the first days; returns the registration's id."""
    chosen = days_of(event_id)[:days]
    new = NewRegistration(
        name=name.title(), email=f"{name}@example.org", party=party, mode=mode, occurrences=chosen, language=lang
    )
    return register(event_id, new, by=ANONYMOUS).registration_id


def edit(event_id: int, **changed: Row | None) -> None:
    """Change items in the editor: by key, what differs; None takes the item out."""
    event = db.session.get_one(Event, event_id, populate_existing=True)
    fields = fields_of(event)
    rows = [
        {**row, **(changed.get(row["key"]) or {})}
        for row in fields.details["programme"]
        if changed.get(row["key"], {}) is not None
    ]
    details = {**fields.details, "programme": rows}
    edit_event(event_id, replace(fields, details=details), version=event.version, by=SYSTEM)


def standing(registration_id: int) -> dict[str, str]:
    """How a party stands with each item that it chose or left."""
    rows = db.session.execute(
        select(ItemSignUp.item_key, ItemSignUp.status).where(ItemSignUp.registration_id == registration_id)
    )
    return {row.item_key: row.status.value for row in rows}
