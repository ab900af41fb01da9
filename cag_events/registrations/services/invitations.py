"""Inviting contacts to an event; an invitation holds no seat until it is answered."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select

from cag_events import clock, keyring, outbox
from cag_events.audiences.models import Contact
from cag_events.db import db, transaction
from cag_events.domain.registering import find_obstacle
from cag_events.events.models import Event
from cag_events.events.queries import lock_event
from cag_events.events.timing import registration_window
from cag_events.permissions import Actor, Permission, require
from cag_events.registrations.codes import INVITATION
from cag_events.registrations.models import Invitation


def invite(event_id: int, contact_ids: Collection[int], *, by: Actor) -> int:
    """Invite contacts; return how many. Who has no address, or an invitation already, is left out.

    Raises Refused registration.none, .closed … Notes registration.invited for each; the mail makes the link.
    """
    require(by, Permission.ATTENDEES_EDIT)
    with transaction():
        event = lock_event(event_id)
        _opens_at, closes_at = registration_window(event)
        obstacle = find_obstacle(event, event.registration_mode, None, closes_at, clock.now())
        if obstacle:
            raise obstacle
        known = set(db.session.scalars(select(Invitation.contact_id).where(Invitation.event_id == event.id)))
        contacts = db.session.scalars(
            select(Contact.id).where(Contact.id.in_(contact_ids), Contact.email != "").order_by(Contact.id)
        )
        invited = [_add(event, contact_id, closes_at) for contact_id in contacts if contact_id not in known]
        for invitation in invited:
            outbox.note("registration.invited", invitation_id=invitation.id)
    return len(invited)


def make_invitation_link(invitation_id: int) -> str:
    """Give an invitation its link and return the token, for the mail that carries it; a link made before is dead."""
    token = keyring.new_token()
    invitation = db.session.get_one(Invitation, invitation_id)
    invitation.token_hash = keyring.token_hash(token, INVITATION)
    db.session.flush()
    return token


def _add(event: Event, contact_id: int, expires_at: datetime | None) -> Invitation:
    """Store an invitation; its link is made with the mail, so the hash kept until then opens nothing."""
    invitation = Invitation(
        token_hash=keyring.token_hash(keyring.new_token(), INVITATION),
        event_id=event.id,
        contact_id=contact_id,
        created_at=clock.now(),
        expires_at=expires_at,
    )
    db.session.add(invitation)
    db.session.flush()
    return invitation
