"""Inviting people and offices to an event: sent, answered, reminded of, taken back. It holds no seat until then."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update

from cag_events import clock, keyring, outbox
from cag_events.audiences.models import Contact
from cag_events.db import db, transaction
from cag_events.domain.errors import N_, NotFound, Refused
from cag_events.domain.inviting import MOST_PLUS, Addressee, Part, Reply, may_remind
from cag_events.domain.registering import find_obstacle
from cag_events.domain.seats import LIVE
from cag_events.events.models import Event
from cag_events.events.queries import lock_event
from cag_events.events.timing import registration_window
from cag_events.permissions import Actor, Permission, require
from cag_events.registrations.codes import INVITATION
from cag_events.registrations.models import (
    Delegate,
    Invitation,
    InvitationLink,
    InvitationSending,
    Invitee,
    Registration,
)
from cag_events.registrations.queries.invitations import find_invitation, list_invited
from cag_events.registrations.services.seats import log_change, require_key

LONGEST_NOTE = 2_000


@dataclass(frozen=True, kw_only=True)
class Sending:
    """Whom to invite at once, and what is said and allowed to all of them."""

    contact_ids: Collection[int] = ()
    addressees: Sequence[Addressee] = ()
    note: str = ""
    plus: int = 0  # people that each may bring


@dataclass(frozen=True, slots=True)
class Assistant:
    """Who answered for somebody else, and gets a copy."""

    name: str
    email: str


def invite(event_id: int, contact_ids: Collection[int], *, by: Actor) -> int:
    """Invite contacts; return how many. See send()."""
    return send(event_id, Sending(contact_ids=contact_ids), by=by)


def send(event_id: int, sending: Sending, *, by: Actor) -> int:
    """Invite contacts, and people and offices by address; return how many.

    Who is invited already, or registered, is left out; who has no address gets a link that the organizer hands over.
    Raises Refused registration.none, .closed, invitation.plus … Notes registration.invited for each with an address;
    the mail makes the link.
    """
    require(by, Permission.ATTENDEES_EDIT)
    with transaction():
        event = lock_event(event_id)
        closes_at = _require_open(event)
        if not 0 <= sending.plus <= MOST_PLUS:
            raise Refused("invitation.plus", N_("At most %(most)s people."), field="plus", most=MOST_PLUS)
        known = _known(event.id)
        contacts = db.session.execute(
            select(Contact.id, Contact.email)
            .where(Contact.id.in_(sending.contact_ids), Contact.email != "")
            .order_by(Contact.id)
        )
        wanted: list[tuple[int | None, Addressee]] = [
            *((row.id, Addressee("", row.email)) for row in contacts),
            *((None, one) for one in sending.addressees),
        ]
        batch = InvitationSending(
            event_id=event.id, account_id=by.account_id, sent_at=clock.now(), plus=sending.plus, note=sending.note
        )
        db.session.add(batch)
        db.session.flush()
        number = 0
        for contact_id, one in wanted:
            index = keyring.blind_index(one.email) if one.email else None
            if index in known:
                continue
            if index is not None:
                known.add(index)
            invitation = Invitation(
                token_hash=keyring.token_hash(keyring.new_token(), INVITATION),  # opens nothing until the mail is made
                event_id=event.id,
                contact_id=contact_id,
                sending_id=batch.id,
                created_at=clock.now(),
                expires_at=closes_at,
            )
            db.session.add(invitation)
            db.session.flush()
            if contact_id is None:
                _keep(invitation, one)
            if one.email:
                outbox.note("registration.invited", invitation_id=invitation.id)
            number += 1
        if not number:
            db.session.delete(batch)
    return number


def make_invitation_link(invitation_id: int) -> str:
    """Give an invitation its link and return the token, for the mail that carries it; its first link is dead then."""
    token = keyring.new_token()
    invitation = db.session.get_one(Invitation, invitation_id)
    invitation.token_hash = keyring.token_hash(token, INVITATION)
    db.session.flush()
    return token


def make_further_link(invitation_id: int) -> str:
    """Give an invitation a link beside those that it has and return the token."""
    token = keyring.new_token()
    db.session.add(InvitationLink(token_hash=keyring.token_hash(token, INVITATION), invitation_id=invitation_id))
    db.session.flush()
    return token


def hand_over(event_id: int, invitation_id: int, *, by: Actor) -> str:
    """Return the token of a link for somebody without an address: the organizer gives it by hand.

    Who has an address gets it by mail and in no other way. Raises NotFound, Refused invitation.mailed or .answered.
    """
    with transaction():
        lock_event(event_id)
        invitation = _open_invitation(event_id, invitation_id, by)
        invitee = db.session.get(Invitee, invitation.id)
        if invitee is None or invitee.email_sealed is not None:
            raise Refused("invitation.mailed", N_("This invitation goes by mail; nobody else sees its link."))
        return make_further_link(invitation.id)


def withdraw_invitation(event_id: int, invitation_id: int, *, by: Actor) -> None:
    """Take an invitation back: its links are dead at once. Raises NotFound, Refused invitation.answered."""
    with transaction():
        lock_event(event_id)
        _open_invitation(event_id, invitation_id, by).withdrawn_at = clock.now()


def remind(event_id: int, *, by: Actor) -> int:
    """Remind all who have not answered, each at most once in three days; return how many.

    Notes registration.invitation_reminded for each.
    """
    require(by, Permission.ATTENDEES_EDIT)
    with transaction():
        _require_open(lock_event(event_id))
        due = [one for one in list_invited(event_id) if one.is_open and one.email]
        now, number = clock.now(), 0
        for one in due:
            invitation = db.session.get_one(Invitation, one.id, populate_existing=True)
            if may_remind(invitation.created_at, invitation.reminded_at, now):
                invitation.reminded_at = now
                outbox.note("registration.invitation_reminded", invitation_id=invitation.id)
                number += 1
        return number


def say_no(token: str) -> None:
    """Answer an invitation with no; that can be changed for ten minutes. Raises NotFound."""
    with transaction():
        found = find_invitation(token, clock.now())
        if found is None:
            raise NotFound("invitation")
        lock_event(found.event_id)
        invitation = db.session.get_one(Invitation, found.id, populate_existing=True)
        if invitation.registration_id is None and invitation.reply is None:
            invitation.reply, invitation.replied_at = Reply.NO, clock.now()


def note_reply(
    token: str, registration_id: int, *, is_substitute: bool = False, assistant: Assistant | None = None
) -> None:
    """Note how an invitation was answered, once its answer has led to a registration.

    Other invitations to the same address are answered by it too. Notes registration.answered_for with an assistant, and
    registration.invitation_substituted where somebody else comes.
    """
    with transaction():
        found = find_invitation(token, clock.now(), answered=True)
        if found is None:
            return
        event = lock_event(found.event_id)
        invitation = db.session.get_one(Invitation, found.id, populate_existing=True)
        if invitation.reply in (Reply.YES, Reply.SUBSTITUTE):
            return  # the same press again
        registration = db.session.get_one(Registration, registration_id)
        invitation.registration_id = registration_id
        invitation.reply = Reply.SUBSTITUTE if is_substitute else Reply.YES
        invitation.replied_at = clock.now()
        for other in list_invited(event.id):
            if other.id != invitation.id and other.is_open and _is_to(other.email, registration):
                twin = db.session.get_one(Invitation, other.id)
                twin.registration_id, twin.reply, twin.replied_at = registration_id, Reply.YES, clock.now()
        if is_substitute:
            outbox.note("registration.invitation_substituted", invitation_id=invitation.id)
        if assistant is not None:
            require_key(event)
            row = Delegate(
                registration_id=registration_id,
                event_id=event.id,
                part=Part.ANSWERED,
                name=assistant.name,
                email=assistant.email,
                email_index=keyring.blind_index(assistant.email),
                asked_at=clock.now(),
            )
            db.session.add(row)
            db.session.flush()
            log_change(registration, "answered_for")
            outbox.note("registration.answered_for", delegate_id=row.id)


def fit_expiry(event_ids: Collection[int]) -> None:
    """Let invitations end when registration does, at events that were changed, within the unit that changed them."""
    open_ones = select(Invitation.event_id).where(
        Invitation.event_id.in_(event_ids), Invitation.registration_id.is_(None)
    )
    for event_id in sorted(set(db.session.scalars(open_ones))):
        _opens_at, closes_at = registration_window(db.session.get_one(Event, event_id))
        db.session.execute(
            update(Invitation)
            .where(Invitation.event_id == event_id, Invitation.registration_id.is_(None))
            .values(expires_at=closes_at),
            execution_options={"synchronize_session": False},
        )


def _is_to(email: str, registration: Registration) -> bool:
    return bool(email) and keyring.blind_index(email) == registration.email_index


def _require_open(event: Event) -> datetime | None:
    """Return when registration closes. Raises Refused where nobody could answer any more."""
    _opens_at, closes_at = registration_window(event)
    if obstacle := find_obstacle(event, event.registration_mode, None, closes_at, clock.now()):
        raise obstacle
    return closes_at


def _known(event_id: int) -> set[bytes | None]:
    """The indexes of addresses that are invited, or registered, already."""
    registered = select(Registration.email_index).where(
        Registration.event_id == event_id, Registration.status.in_(LIVE), Registration.email_index.is_not(None)
    )
    invited = {keyring.blind_index(one.email) for one in list_invited(event_id) if one.email and not one.is_withdrawn}
    return {*invited, *db.session.scalars(registered)}


def _keep(invitation: Invitation, one: Addressee) -> None:
    db.session.add(
        Invitee(
            invitation_id=invitation.id,
            event_id=invitation.event_id,
            name=one.name,
            email=one.email,
            email_index=keyring.blind_index(one.email) if one.email else None,
        )
    )
    db.session.flush()


def _open_invitation(event_id: int, invitation_id: int, by: Actor) -> Invitation:
    """Return an invitation that is not answered yet. Raises NotFound, Refused invitation.answered."""
    require(by, Permission.ATTENDEES_EDIT)
    invitation = db.session.get(Invitation, invitation_id, populate_existing=True)
    if invitation is None or invitation.event_id != event_id:
        raise NotFound(invitation_id)
    if invitation.registration_id is not None or invitation.reply is not None or invitation.withdrawn_at is not None:
        raise Refused("invitation.answered", N_("This invitation has been answered or taken back already."))
    return invitation
