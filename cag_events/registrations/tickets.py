"""Tickets: what somebody with a seat shows at the door. Nothing is stored; a ticket opens nothing but the door.

It names a registration and is signed with the number of its holder, so that a seat passed on has a new ticket and the
one before it is dead. Whether its registration holds a seat is asked of the registration.
"""

import hashlib
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select, update

from cag_events import keyring
from cag_events.db import db
from cag_events.domain.errors import NotFound
from cag_events.domain.event import Mode, OccurrenceRecord, Safety
from cag_events.domain.lifecycle import Status as EventStatus
from cag_events.domain.seats import Status
from cag_events.domain.texts import Picked
from cag_events.events.extensions import Block, OwnVisit
from cag_events.events.queries import get_record
from cag_events.registrations.models import Registration
from cag_events.registrations.page import see_view

PURPOSE = "ticket"


def ticket_of(row_id: str) -> str:
    """Return the ticket of a registration, by its row id. Raises NotFound."""
    number = db.session.scalar(select(Registration.ticket_no).where(Registration.row_id == row_id))
    if number is None:
        raise NotFound(row_id)
    return make_ticket(row_id, number)


def make_ticket(row_id: str, number: int) -> str:
    """Return the ticket of a registration whose row id and ticket number are known, as for a whole list."""
    return f"{row_id}.{keyring.sign(f'{row_id}.{number}', PURPOSE)}"


def read_ticket(token: str) -> str | None:
    """Return the row id of the registration whose ticket this is; None for a ticket passed on."""
    row_id, _, signature = token.strip().partition(".")
    if not row_id or not signature:
        return None
    number = db.session.scalar(select(Registration.ticket_no).where(Registration.row_id == row_id))
    if number is None or not keyring.is_signed(f"{row_id}.{number}", signature, PURPOSE):
        return None
    return row_id


def has_ticket(registration: Registration, mode: Mode) -> bool:
    """Tell whether somebody needs a ticket: who has a seat and comes to the place; `mode` is the event's."""
    is_there = mode is Mode.ONSITE or (mode is Mode.HYBRID and registration.mode is not Mode.ONLINE)
    return registration.status is Status.CONFIRMED and is_there


def ticket_hash(token: str) -> str:
    """Return the SHA-256 of a ticket in hexadecimal: by it a phone without a net knows a ticket it could not make."""
    return hashlib.sha256(token.strip().encode("utf-8", "replace")).hexdigest()


def renew_ticket(registration_id: int) -> None:
    """End a registration's ticket, as when the seat is passed on; within a writing unit."""
    db.session.execute(
        update(Registration).where(Registration.id == registration_id).values(ticket_no=Registration.ticket_no + 1)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketSheet:
    """What a ticket says, on a page or on paper. Of a guarded event no more than when, since paper is left lying."""

    title: Picked | None
    dates: tuple[OccurrenceRecord, ...]
    others: tuple[str, ...]  # zones to tell the dates in as well
    run: tuple[date, date] | None
    place: str
    name: str
    reference: str
    party: int
    picture: str
    is_guarded: bool


def ticket_sheet(visit: OwnVisit) -> TicketSheet | None:
    """Return the ticket of whose page this is; None for who has no seat at the place, and once it is over."""
    view, registration = visit.view, db.session.get_one(Registration, visit.registration_id)
    is_over = view.ends_at is not None and visit.now >= view.ends_at
    if is_over or view.status is not EventStatus.PUBLISHED or not has_ticket(registration, view.mode):
        return None
    event = see_view(view, visit.occurrence_ids)
    is_guarded = get_record(view.id).safety is Safety.GUARDED
    return TicketSheet(
        title=None if is_guarded else event.title,
        dates=event.dates,
        others=event.others,
        run=(view.run_from, view.run_to) if view.run_from and view.run_to else None,
        place="" if is_guarded else event.place or event.city,
        name="" if is_guarded else registration.name or "",
        reference=registration.code,
        party=registration.party,
        picture=picture_of(make_ticket(registration.row_id, registration.ticket_no)),
        is_guarded=is_guarded,
    )


def picture_of(ticket: str) -> str:
    """Return a ticket as the address of a picture that holds it: black on white, whatever is around."""
    import segno  # noqa: PLC0415 (only for the code)

    code = segno.make(ticket, error="m", micro=False)
    drawn: str = code.svg_data_uri(border=4, dark="#000", light="#fff", omitsize=True)
    return drawn


def on_own_page(visit: OwnVisit) -> Block | None:
    """Show somebody with a seat their ticket."""
    sheet = ticket_sheet(visit)
    return Block("registrations/_ticket.html", {"sheet": sheet}) if sheet else None
