"""Manage links: made for each mail, asked for again, opened by an alias's code, ended by their owner."""

from sqlalchemy import delete, select

from cag_events import clock, keyring, outbox
from cag_events.db import db, transaction
from cag_events.domain.errors import NotFound
from cag_events.domain.seats import LIVE
from cag_events.registrations.codes import MANAGE, alias_index
from cag_events.registrations.models import Registration, RegistrationLink
from cag_events.registrations.queries.people import list_live_of
from cag_events.web import throttle


def make_link(registration_id: int, token: str | None = None) -> str:
    """Store a new manage link beside the older ones and return its token; within a writing unit."""
    token = token or keyring.new_token()
    db.session.add(
        RegistrationLink(
            token_hash=keyring.token_hash(token, MANAGE), registration_id=registration_id, created_at=clock.now()
        )
    )
    db.session.flush()
    return token


def may_mail_link(email_index: bytes) -> bool:
    """Tell whether an address may be mailed a link once more today, and count it."""
    try:
        throttle.spend((throttle.LINK_EMAIL, email_index.hex()))
    except throttle.TooMany:
        return False
    return True


def ask_for_link(email: str) -> None:
    """Mail an address the links of its live registrations. The caller learns nothing of whether there are any.

    Notes registration.link_asked.
    """
    with transaction():
        found = list_live_of(email)
        if may_mail_link(keyring.blind_index(email)) and found:
            outbox.note("registration.link_asked", registration_ids=[row.id for row in found])


def open_by_code(code: str) -> str | None:
    """Return a new link's token for the live seat of an alias who knows its code; None for any other code."""
    with transaction():
        registration_id = db.session.scalar(
            select(Registration.id).where(Registration.alias_code == alias_index(code), Registration.status.in_(LIVE))
        )
        return make_link(registration_id) if registration_id is not None else None


def open_of_address(row_id: str, email: str) -> str:
    """Return a new link's token for a live registration of an address that its owner has proven. Raises NotFound."""
    with transaction():
        known = next((row for row in list_live_of(email) if row.row_id == row_id), None)
        if known is None:
            raise NotFound(row_id)
        return make_link(known.id)


def revoke_other_links(registration_id: int, kept: str) -> None:
    """End every manage link of a registration but the one that is being used."""
    with transaction():
        db.session.execute(
            delete(RegistrationLink).where(
                RegistrationLink.registration_id == registration_id,
                RegistrationLink.token_hash != keyring.token_hash(kept, MANAGE),
            )
        )
