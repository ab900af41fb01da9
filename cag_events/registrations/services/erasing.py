"""Erasing what somebody has told, at once and by their own will; what stays of a registration is a count.

The random id that a row had is kept without anything else: where an older backup is restored, it is erased again.
"""

from collections import Counter
from collections.abc import Collection

from sqlalchemy import ColumnElement, Executable, delete, or_, select, update

from cag_events import clock, keyring, outbox
from cag_events.audit.services import record
from cag_events.db import count_rows_of, db, like, transaction
from cag_events.domain.errors import NotFound
from cag_events.domain.seats import LIVE, Status
from cag_events.events.extensions import every_extension
from cag_events.events.models import Event
from cag_events.outbox.models import Message
from cag_events.permissions import ANONYMOUS, SYSTEM, Actor
from cag_events.registrations.models import (
    Delegate,
    ErasedRow,
    FormAgain,
    Invitation,
    Invitee,
    PartyMember,
    PoolAddress,
    PoolCodeUse,
    QueueMove,
    Registration,
    RegistrationChange,
    RegistrationLink,
)
from cag_events.registrations.services.retention import empty
from cag_events.registrations.services.seats import free_seats, lock_registration, log_change, pass_on_seats


def erase(registration_id: int, *, by: Actor = ANONYMOUS) -> Counter[str]:
    """Delete all that is kept of a party, in one unit; returns how many rows of each table. Twice does nothing more.

    A seat is freed for the next in line unless the event is over; mails about it that are still here are deleted, sent
    or not. Notes registration.withdrawn where it counted until now; no mail is sent.
    """
    with transaction():
        event, registration = lock_registration(registration_id)
        if registration.is_removed:
            return Counter()
        done = _delete_mails(registration)
        has_left = _leave(event, registration)
        done += forget(registration)
        record("registration.erased", by=by, event_id=event.id)  # by none of its names: who it was is gone
        if has_left:
            outbox.note("registration.withdrawn", registration_id=registration.id)
            pass_on_seats(event)
    return +done


def erase_address(email: str) -> Counter[str]:
    """Delete all that the room keeps of an address: registrations, invitations, delegations, mails. One unit each."""
    index, done = keyring.blind_index(email), Counter[str]()
    query = select(Registration.id).where(Registration.email_index == index).order_by(Registration.id)
    for registration_id in list(db.session.scalars(query)):
        done += erase(registration_id, by=SYSTEM)
    with transaction():
        invitations = select(Invitee.invitation_id).where(Invitee.email_index == index)
        done["invitation"] += _deleted(delete(Invitation).where(Invitation.id.in_(invitations)))
        done["registration_delegate"] += _deleted(delete(Delegate).where(Delegate.email_index == index))
        done["pool_address"] += _deleted(delete(PoolAddress).where(PoolAddress.email_index == index))
        done["outbox_message"] += _deleted(delete(Message).where(Message.to_index == index))
    return +done


def erase_code(code: str) -> Counter[str]:
    """Delete all that is kept of the registration with this reference. Raises NotFound."""
    found = db.session.scalar(select(Registration.id).where(Registration.code == code.strip().upper()))
    if found is None:
        raise NotFound(code)
    return erase(found, by=SYSTEM)


def list_erased() -> list[str]:
    """Return the random ids of all registrations that were erased, for a backup that is restored later."""
    return list(db.session.scalars(select(ErasedRow.row_id).order_by(ErasedRow.at, ErasedRow.row_id)))


def replay(row_ids: Collection[str]) -> Counter[str]:
    """Erase again, after a restore, the registrations with these random ids; those that are gone stay gone."""
    done = Counter[str]()
    for row_id in row_ids:
        found = db.session.scalar(select(Registration.id).where(Registration.row_id == row_id))
        if found is not None:
            done += erase(found, by=SYSTEM)
        else:
            with transaction():
                _bury(row_id)
    return +done


def forget(registration: Registration) -> Counter[str]:
    """Delete what was told with a registration, within the unit: the row is a count from then on, by another id."""
    done = Counter({"registration": 1})
    _bury(registration.row_id)
    for one in every_extension():
        if one.erase is not None:
            one.erase(registration.id)
    empty(registration)
    registration.withdrawn_from = registration.restore_until = None
    db.session.flush()
    for model in (
        PartyMember,
        Delegate,
        RegistrationLink,
        FormAgain,
        Invitation,
        QueueMove,
        PoolCodeUse,
    ):
        done[model.__tablename__] = _deleted(delete(model).where(model.registration_id == registration.id))
    db.session.execute(
        update(RegistrationChange).where(RegistrationChange.registration_id == registration.id).values(facts={}),
        execution_options={"synchronize_session": False},
    )
    log_change(registration, "erased")
    return done


def _leave(event: Event, registration: Registration) -> bool:
    """Give seats back, as long as the event has not been; tells whether the registration counted until now."""
    is_over = event.ends_at is not None and clock.now() >= event.ends_at
    if registration.status not in LIVE or is_over:
        return False
    registration.status, registration.withdrawn_at = Status.WITHDRAWN, clock.now()
    registration.offered_until = None
    registration.revision += 1
    free_seats(registration)
    db.session.flush()
    return True


def _delete_mails(registration: Registration) -> Counter[str]:
    """Delete the mails about a registration: those to its owner about this event, and all whose key names it."""
    about: list[ColumnElement[bool]] = [Message.key.like(like(registration.row_id), escape="\\")]
    if registration.email_index is not None:
        about.append((Message.to_index == registration.email_index) & (Message.event_id == registration.event_id))
    return Counter({"outbox_message": _deleted(delete(Message).where(or_(*about)))})


def _bury(row_id: str) -> None:
    if db.session.get(ErasedRow, row_id) is None:
        db.session.add(ErasedRow(row_id=row_id, at=clock.now()))
        db.session.flush()


def _deleted(statement: Executable) -> int:
    return count_rows_of(statement, synchronizes=False)
