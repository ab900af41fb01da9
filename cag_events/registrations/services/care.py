"""Gives and takes the right to read needs and sensitive answers, and lets an administrator break the glass."""

from sqlalchemy import select

from cag_events import clock
from cag_events.accounts.models import Account
from cag_events.audit.services import Thing, record
from cag_events.db import db, transaction
from cag_events.domain.errors import N_, NotAllowed, NotFound, Refused
from cag_events.events.models import EventCarer
from cag_events.events.queries import lock_event
from cag_events.permissions import Actor, Permission, require
from cag_events.registrations.queries.care import list_who_may_care, may_give_care
from cag_events.registrations.services.seats import lock_registration, log_change

LEAST_REASON = 10  # characters
MOST_REASON = 200


def give_care(event_id: int, account_row_id: str, *, by: Actor) -> None:
    """Let somebody read the needs and sensitive answers of an event's attendees. Twice changes nothing.

    Raises NotFound, NotAllowed, Refused care.account.
    """
    with transaction():
        lock_event(event_id)
        _require_giver(event_id, by)
        if account_row_id not in {row_id for row_id, _name in list_who_may_care(event_id)}:
            raise Refused("care.account", N_("Choose somebody from the list."), field="account")
        account_id = db.session.scalars(select(Account.id).where(Account.row_id == account_row_id)).one()
        db.session.add(
            EventCarer(event_id=event_id, account_id=account_id, given_by=by.account_id, given_at=clock.now())
        )
        record("care.given", by=by, event_id=event_id, thing=Thing("account", account_row_id))


def end_care(event_id: int, account_row_id: str, *, by: Actor) -> None:
    """Take the right from somebody; the lead's own goes with the lead alone. Raises NotFound, NotAllowed."""
    with transaction():
        lock_event(event_id)
        account = select(Account.id).where(Account.row_id == account_row_id).scalar_subquery()
        given = db.session.scalar(
            select(EventCarer).where(EventCarer.event_id == event_id, EventCarer.account_id == account)
        )
        if given is None:
            raise NotFound(account_row_id)
        _require_giver(event_id, by)
        db.session.delete(given)
        record("care.ended", by=by, event_id=event_id, thing=Thing("account", account_row_id))


def look_all_the_same(registration_id: int, reason: str, *, by: Actor) -> None:
    """Note that an administrator reads what is kept back of one registration, and why; what they read is not noted.

    It stands in the registration's history, which its owner may see, and in the log. Raises Refused care.reason.
    """
    require(by, Permission.CARE_GIVE)
    why = reason.strip()
    if not LEAST_REASON <= len(why) <= MOST_REASON:
        raise Refused(
            "care.reason",
            N_("Say why in %(least)s to %(most)s characters: it is logged."),
            field="reason",
            least=LEAST_REASON,
            most=MOST_REASON,
        )
    with transaction():
        event, registration = lock_registration(registration_id)
        log_change(registration, "looked", by)
        record("care.broken", by=by, event_id=event.id, thing=Thing("registration", registration.code), reason=why)


def _require_giver(event_id: int, by: Actor) -> None:
    require(by, Permission.ATTENDEES_SEE)
    if not may_give_care(event_id, by):
        raise NotAllowed(Permission.CARE_GIVE)
