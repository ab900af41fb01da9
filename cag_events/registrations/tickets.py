"""Tickets: what somebody with a seat shows at the door. Nothing is stored; a ticket opens nothing but the door.

It names a registration and is signed with the number of its holder, so that a seat passed on has a new ticket and the
one before it is dead. Whether its registration holds a seat is asked of the registration.
"""

import hashlib

from sqlalchemy import select, update

from cag_events import keyring
from cag_events.db import db
from cag_events.domain.errors import NotFound
from cag_events.registrations.models import Registration

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
    """Return the row id of the registration whose ticket this is; None for any other text, and for a ticket passed on."""
    row_id, _, signature = token.strip().partition(".")
    if not row_id or not signature:
        return None
    number = db.session.scalar(select(Registration.ticket_no).where(Registration.row_id == row_id))
    if number is None or not keyring.is_signed(f"{row_id}.{number}", signature, PURPOSE):
        return None
    return row_id


def ticket_hash(token: str) -> str:
    """Return the SHA-256 of a ticket in hexadecimal: by it a phone without a net knows a ticket it could not make."""
    return hashlib.sha256(token.strip().encode("utf-8", "replace")).hexdigest()


def renew_ticket(registration_id: int) -> None:
    """End a registration's ticket, as when the seat is passed on; within a writing unit."""
    db.session.execute(
        update(Registration).where(Registration.id == registration_id).values(ticket_no=Registration.ticket_no + 1)
    )
