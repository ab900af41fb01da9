"""Invitations: whom they are for, how they were answered, and which one a link opens."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import or_, select

from cag_events import keyring
from cag_events.audiences.models import Contact
from cag_events.db import db
from cag_events.domain.inviting import Reply
from cag_events.domain.seats import Status
from cag_events.registrations.codes import INVITATION
from cag_events.registrations.models import Invitation, InvitationLink, InvitationSending, Invitee, Registration

CHANGE_WITHIN = timedelta(minutes=10)  # a no can become a yes


@dataclass(frozen=True, slots=True, kw_only=True)
class Invited:
    """An invitation as its sender sees it. Whether it was opened is not known, since nobody is watched."""

    id: int
    name: str
    email: str  # empty: given by hand
    plus: int
    sent_at: datetime
    reminded_at: datetime | None
    replied_at: datetime | None
    reply: Reply | None
    is_withdrawn: bool
    registration_code: str
    registration_status: Status | None
    party: int

    @property
    def is_open(self) -> bool:
        """Whether it can still be answered, as far as it goes."""
        return self.reply is None and not self.is_withdrawn


@dataclass(frozen=True, slots=True)
class InvitationTerms:
    """What goes with an invitation: for whom it is, what its sender wrote, how many they may bring."""

    name: str
    email: str
    note: str
    plus: int


def list_invited(event_id: int) -> list[Invited]:
    """Return the invitations of an event, the newest last."""
    rows = db.session.execute(
        select(Invitation, Contact.name, Contact.email, Invitee, InvitationSending.plus, Registration)
        .outerjoin(Contact, Contact.id == Invitation.contact_id)
        .outerjoin(Invitee, Invitee.invitation_id == Invitation.id)
        .outerjoin(InvitationSending, InvitationSending.id == Invitation.sending_id)
        .outerjoin(Registration, Registration.id == Invitation.registration_id)
        .where(Invitation.event_id == event_id)
        .order_by(Invitation.created_at, Invitation.id)
    )
    found = []
    for invitation, contact_name, contact_email, invitee, plus, registration in rows:
        found.append(
            Invited(
                id=invitation.id,
                name=(invitee.name if invitee else contact_name) or "",
                email=(invitee.email if invitee else contact_email) or "",
                plus=plus or 0,
                sent_at=invitation.created_at,
                reminded_at=invitation.reminded_at,
                replied_at=invitation.replied_at,
                reply=invitation.reply or (Reply.YES if invitation.registration_id is not None else None),
                is_withdrawn=invitation.withdrawn_at is not None,
                registration_code=registration.code if registration else "",
                registration_status=registration.status if registration else None,
                party=registration.party if registration else 0,
            )
        )
    return found


def find_invitation(token: str, at: datetime, *, answered: bool = False) -> Invitation | None:
    """Return the invitation that a link opens, while it lives: not taken back, not over, and not answered.

    A no can be changed for ten minutes. `answered`: also one that has been answered.
    """
    index = keyring.token_hash(token, INVITATION)
    further = select(InvitationLink.invitation_id).where(InvitationLink.token_hash == index)
    found = db.session.scalar(select(Invitation).where(or_(Invitation.token_hash == index, Invitation.id.in_(further))))
    if found is None or found.withdrawn_at is not None:
        return None
    if found.expires_at is not None and at >= found.expires_at:
        return None
    if answered or (found.registration_id is None and found.reply is None):
        return found
    has_said_no = found.reply is Reply.NO and found.replied_at is not None
    return found if has_said_no and at < (found.replied_at or at) + CHANGE_WITHIN else None


def terms_of(invitation: Invitation) -> InvitationTerms:
    """Return what goes with an invitation."""
    contact = db.session.get(Contact, invitation.contact_id) if invitation.contact_id else None
    invitee = db.session.get(Invitee, invitation.id)
    sending = db.session.get(InvitationSending, invitation.sending_id) if invitation.sending_id else None
    return InvitationTerms(
        name=(invitee.name if invitee else contact.name if contact else "") or "",
        email=(invitee.email if invitee else contact.email if contact else "") or "",
        note=sending.note if sending else "",
        plus=sending.plus if sending else 0,
    )


def plus_of(invitation: Invitation) -> int:
    """Return how many people an invitation lets one bring beyond what anybody may."""
    if invitation.sending_id is None:
        return 0
    query = select(InvitationSending.plus).where(InvitationSending.id == invitation.sending_id)
    return db.session.scalar(query) or 0
