"""The demo's conferences: who chose what, a second version of a programme, and a change that waits to be published."""

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import select, update

from cag_events import clock
from cag_events.conferences.models import ConferenceVersion
from cag_events.conferences.queries import find_version
from cag_events.conferences.services import ask_for_letter, choose, publish_programme
from cag_events.conferences.services.choosing import offered_to
from cag_events.db import db
from cag_events.domain.errors import Refused
from cag_events.domain.event import EventRecord
from cag_events.domain.programme import overlap
from cag_events.domain.seats import Status
from cag_events.events.drafts import fields_of, get_event
from cag_events.events.queries import find_record
from cag_events.events.services import edit_event
from cag_events.permissions import SYSTEM
from cag_events.registrations.models import Registration

DAYS, FORUM = "centralasiendagarna", "ungt-forum-osj"
CHOOSE: Final = 0.7  # of those who come
LETTERS: Final = 4
Row = dict[str, Any]


def fill(rng: random.Random) -> None:
    """Let people choose, move an item in a second version, leave a change unpublished; within the demo's unit."""
    for key in (DAYS, FORUM):
        record = find_record(key)
        if record is not None and record.starts_at is not None:
            first = min(clock.now(), record.starts_at) - timedelta(days=20)
            db.session.execute(
                update(ConferenceVersion).where(ConferenceVersion.event_id == record.id).values(published_at=first)
            )
            with clock.fixed(first + timedelta(days=17)):
                _choose(record, rng)
    _edit(DAYS, {"panel-whose-security": _later, "kitchen-radio": _to_the_big_room, "cafe-as-a-school": _stand_in})
    _publish(
        DAYS,
        {
            "sv": "Panelen börjar en kvart senare, så att alla hinner äta. Radion får den stora salen: ni är många.",
            "en": "The panel begins a quarter of an hour later: time to eat. Radio gets the big hall, you are many.",
        },
    )
    _edit(FORUM, {"radio-workshop": _longer})
    record = find_record(DAYS)
    if record is not None:
        for registration_id in _comers(record)[:LETTERS]:
            ask_for_letter(registration_id, wants=True)


def _comers(record: EventRecord) -> list[int]:
    query = select(Registration.id).where(Registration.event_id == record.id, Registration.status == Status.CONFIRMED)
    return list(db.session.scalars(query.order_by(Registration.id)))


def _choose(record: EventRecord, rng: random.Random) -> None:
    for registration_id in _comers(record):
        if rng.random() > CHOOSE:
            continue
        offered = list(offered_to(db.session.get_one(Registration, registration_id), record).values())
        rng.shuffle(offered)
        wanted: list[Any] = []
        for one in offered[: rng.randint(2, 6)]:
            if not any(overlap(one, other) for other in wanted):
                wanted.append(one)
        try:
            choose(registration_id, [one.key for one in wanted])
        except Refused:  # online, and it has seats in the room alone
            choose(registration_id, [one.key for one in wanted if not one.item.takes_sign_ups])


def _edit(key: str, changes: dict[str, Callable[[Row], Row]]) -> None:
    """Change items of a programme as its editor would."""
    if find_record(key) is None:
        return
    event = get_event(key)
    fields = fields_of(event)
    items = [changes.get(row["key"], dict)(row) for row in fields.details["programme"]]
    edit_event(
        event.id, replace(fields, details={**fields.details, "programme": items}), version=event.version, by=SYSTEM
    )


def _publish(key: str, note: dict[str, str]) -> None:
    record = find_record(key)
    newest = find_version(record.id) if record is not None else None
    if record is not None and newest is not None:
        publish_programme(record.id, note, seen=newest.number, by=SYSTEM)


def _later(row: Row) -> Row:
    return {**row, "start": "13:55"}


def _to_the_big_room(row: Row) -> Row:
    return {**row, "room": "per-albin"}


def _stand_in(row: Row) -> Row:
    return {
        **row,
        "room": "sal-4",
        "note": {"sv": "Kaféet byter sal med radion.", "en": "The café changes rooms with the radio."},
    }


def _longer(row: Row) -> Row:
    return {**row, "end": "12:45"}
