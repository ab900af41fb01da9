"""The rows of the editor that say how seats are given: pools, phases, the queue."""

import re
from typing import Any, Final

from flask_babel import gettext

from cag_events.domain.event import Mode
from cag_events.domain.seating import Filling, Lapse, Phase, Pool, Proof, QueueRule
from cag_events.events.fields import EventFields
from cag_events.events.forms.parts import MEMBERS

DOMAIN: Final = re.compile(r"[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){1,8}")


def load_seating(form: Any, fields: EventFields) -> None:
    """Show an event's pools, phases and queue."""
    for pool in fields.pools:
        form.pools.append_entry(
            {
                "segment": pool.segment,
                "seats": pool.seats,
                "online": "online" if pool.online else "",
                "release_hours": pool.release_hours,
                "proof": str(pool.proof),
                "domains": ", ".join(pool.domains),
            }
        )
    for phase in fields.phases:
        form.phases.append_entry({"who": phase.segment or MEMBERS, "hours": phase.hours})
    form.queue_filling.data = str(fields.queue.filling)
    form.queue_hours.data = fields.queue.hours
    form.queue_lapse.data = str(fields.queue.lapse)


def read_pools(form: Any) -> tuple[Pool, ...]:
    """Return the pools that were typed; of an event that is only online, all are online."""
    is_online = form.mode.data == str(Mode.ONLINE)
    rows = [entry.form for entry in form.pools if entry.form.segment.data and entry.form.seats.data]
    return tuple(
        Pool(
            segment=row.segment.data,
            seats=row.seats.data,
            online=is_online or (form.mode.data == str(Mode.HYBRID) and row.online.data == "online"),
            release_hours=row.release_hours.data,
            proof=Proof(row.proof.data or Proof.NONE),
            domains=row.domains_read if row.proof.data == str(Proof.DOMAIN) else (),
        )
        for row in rows
    )


def read_phases(form: Any) -> tuple[Phase, ...]:
    """Return the phases that were typed."""
    rows = [entry.form for entry in form.phases if entry.form.who.data and entry.form.hours.data]
    return tuple(Phase(segment="" if row.who.data == MEMBERS else row.who.data, hours=row.hours.data) for row in rows)


def read_queue(form: Any) -> QueueRule:
    """Return how the queue moves."""
    usual = QueueRule()
    return QueueRule(
        filling=Filling(form.queue_filling.data or usual.filling),
        hours=form.queue_hours.data or usual.hours,
        lapse=Lapse(form.queue_lapse.data or usual.lapse),
    )


def check_seating(form: Any) -> bool:
    """Check that each row that was begun is whole, and that no segment has two of a kind."""
    is_right, pools, phases = True, set[tuple[str, str]](), set[str]()
    for row in (entry.form for entry in form.pools):
        if not row.segment.data:
            continue
        where = row.online.data if form.mode.data == str(Mode.HYBRID) else ""
        if (row.segment.data, where) in pools:
            is_right = _refuse(row.segment, gettext("Seats are held for this audience already. Change that row."))
        pools.add((row.segment.data, where))
        if not row.seats.data and not row.seats.errors:
            is_right = _refuse(row.seats, gettext("Say how many seats."))
        if row.proof.data == str(Proof.DOMAIN) and not all(map(DOMAIN.fullmatch, row.domains_read or ("",))):
            is_right = _refuse(row.domains, gettext("Give mail domains like school.example.org, with commas between."))
    for row in (entry.form for entry in form.phases):
        if not row.who.data:
            continue
        if row.who.data in phases:
            is_right = _refuse(row.who, gettext("They have a row already. Change that one."))
        phases.add(row.who.data)
        if not row.hours.data and not row.hours.errors:
            is_right = _refuse(row.hours, gettext("Say how many hours."))
    return is_right


def _refuse(field: Any, text: str) -> bool:
    field.errors = [*field.errors, text]
    return False
