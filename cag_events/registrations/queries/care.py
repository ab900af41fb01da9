"""Who may read the needs and sensitive answers of an event's attendees: its lead, and whoever was given the right."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, or_, select

from cag_events.accounts.models import Account
from cag_events.db import db
from cag_events.events.models import Event, EventCarer
from cag_events.permissions import GRANTS, Actor, Permission, may


@dataclass(frozen=True, slots=True)
class Carer:
    """Somebody with the care right. `is_lead`: by the event, not by a row."""

    row_id: str
    name: str
    is_lead: bool
    given_at: datetime | None


def may_care(event_id: int, actor: Actor) -> bool:
    """Tell whether somebody reads needs and sensitive answers at an event; an administrator does not by being one.

    The one place where it is decided: for pages, exports, lists and the kitchen's names.
    """
    if actor.account_id is None or not may(actor, Permission.ATTENDEES_SEE):
        return False
    lead = select(Event.id).where(Event.id == event_id, Event.lead_id == actor.account_id)
    given = select(EventCarer.event_id).where(
        EventCarer.event_id == event_id, EventCarer.account_id == actor.account_id
    )
    return db.session.scalar(select(or_(lead.exists(), given.exists()))) is True


def may_give_care(event_id: int, actor: Actor) -> bool:
    """Tell whether somebody may give the care right at an event, and take it: its lead, and administrators."""
    if may(actor, Permission.CARE_GIVE):
        return True
    if actor.account_id is None or not may(actor, Permission.ATTENDEES_SEE):
        return False
    return db.session.scalar(select(Event.lead_id).where(Event.id == event_id)) == actor.account_id


def list_carers(event_id: int) -> list[Carer]:
    """Return those who have the care right at an event, its lead first; nobody who may not see attendees any more."""
    lead_id = db.session.scalar(select(Event.lead_id).where(Event.id == event_id))
    rows = db.session.execute(
        select(Account, EventCarer.given_at)
        .outerjoin(EventCarer, (EventCarer.account_id == Account.id) & (EventCarer.event_id == event_id))
        .where(or_(EventCarer.event_id == event_id, Account.id == lead_id), _may_have_it())
        .order_by(Account.id != lead_id, Account.name, Account.id)
    )
    return [Carer(account.row_id, account.name, account.id == lead_id, given_at) for account, given_at in rows]


def list_who_may_care(event_id: int) -> list[tuple[str, str]]:
    """Return the accounts that could be given the care right and have it not: random id and name."""
    has_it = {one.row_id for one in list_carers(event_id)}
    rows = db.session.execute(
        select(Account.row_id, Account.name).where(_may_have_it()).order_by(Account.name, Account.id)
    )
    return [(row.row_id, row.name) for row in rows if row.row_id not in has_it]


def _may_have_it() -> ColumnElement[bool]:
    roles = [role for role, granted in GRANTS.items() if role is not None and Permission.ATTENDEES_SEE in granted]
    return Account.role.in_(roles) & ~Account.is_disabled
