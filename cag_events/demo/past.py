"""Registrations of events that are over: who had a seat, who withdrew, who came; written at once."""

import datetime as dt
import random
from collections import Counter
from collections.abc import Mapping
from typing import Any

from sqlalchemy import insert

from cag_events import clock
from cag_events.audiences.models import Segment
from cag_events.db import db
from cag_events.demo.persons import Person, form_of
from cag_events.domain.event import EventRecord, Mode
from cag_events.domain.seats import Status
from cag_events.registrations.models import Registration, RegistrationOccurrence, Seat
from cag_events.registrations.services.register import seal


def write_past(record: EventRecord, chosen: list[Person], generator: Mapping[str, Any], rng: random.Random) -> int:
    """Write the registrations of an event that is over, as many as had room; returns how many."""
    opens, starts = record.registration.opens_at, record.starts_at
    assert opens is not None
    assert starts is not None
    segments = {row.key: row.id for row in db.session.query(Segment.key, Segment.id)}
    rows: list[Registration] = []
    parts: list[tuple[Registration, int, bool]] = []  # registration, occurrence, whether it arrived
    taken: Counter[tuple[int, Mode]] = Counter()
    limits = {Mode.ONSITE: record.registration.capacity, Mode.ONLINE: record.registration.online_capacity}
    everywhere = [part.id for part in record.occurrences]
    times = sorted(opens + (starts - opens) * rng.betavariate(1.2, 1.6) * 0.97 for _ in chosen)
    for person, at in zip(chosen, times):
        with clock.fixed(at.replace(microsecond=0)):
            new = form_of(record, person, generator, rng)
            row = seal(record.id, new)
        row.mode = new.mode or (Mode.ONLINE if record.mode is Mode.ONLINE else Mode.ONSITE)
        row.segment_id = segments.get(new.segment or "")
        occurrences = new.occurrences or tuple(everywhere)
        if any(taken[part, row.mode] + row.party > limits[row.mode] for part in occurrences):
            continue
        row.status, row.confirmed_at = Status.CONFIRMED, row.registered_at
        if rng.random() < generator["cancel_share"]:
            row.status, row.withdrawn_from = Status.WITHDRAWN, Status.CONFIRMED
            row.withdrawn_at = at + (starts - at) * rng.random()
            row.revision = 1
        else:
            taken.update({(part, row.mode): row.party for part in occurrences})
        rows.append(row)
        parts += [(row, part, rng.random() >= generator["no_show_share"]) for part in occurrences]
    db.session.add_all(rows)
    db.session.flush()
    _write_parts(record, parts, rng)
    return len(rows)


def _write_parts(record: EventRecord, parts: list[tuple[Registration, int, bool]], rng: random.Random) -> None:
    """Write who comes to which occurrence, their seats, and when they arrived."""
    begins = {part.id: part.starts_at for part in record.occurrences}
    numbers: Counter[tuple[int, Mode]] = Counter()
    places, seats = [], []
    for row, part, is_here in parts:
        arrived = None
        if row.status is Status.CONFIRMED:
            if is_here:
                arrived = begins[part] - dt.timedelta(minutes=rng.randint(1, 25))
                row.checked_in_at = min(filter(None, (row.checked_in_at, arrived)))
            for _ in range(row.party):
                numbers[part, row.mode] += 1
                seats.append(
                    {"occurrence_id": part, "mode": row.mode, "no": numbers[part, row.mode], "registration_id": row.id}
                )
        places.append({"registration_id": row.id, "occurrence_id": part, "checked_in_at": arrived})
    if places:
        db.session.execute(insert(RegistrationOccurrence), places)
    if seats:
        db.session.execute(insert(Seat), seats)
    db.session.flush()
