"""Gives and ends links that open one page of one event without an account, and finds whose link a token is."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update

from cag_events import clock, keyring
from cag_events.audit.services import record
from cag_events.db import count_rows_of, db, new_row_id, transaction
from cag_events.domain.errors import N_, NotFound, Refused
from cag_events.domain.event import EventRecord
from cag_events.domain.lifecycle import Status
from cag_events.events.extensions import PassKind, extensions_of
from cag_events.events.models import Event, EventPass
from cag_events.events.queries import get_record, lock_event
from cag_events.permissions import Actor, require

MOST = 50  # living links of one event
KEPT = timedelta(days=30)  # after its own end, or the event's


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """Whoever came by a link: what for, and the event as the team knows it (disclose what you print)."""

    pass_id: int
    name: str
    purpose: str
    record: EventRecord
    until: datetime | None


def make_pass(event_id: int, purpose: str, name: str, *, by: Actor, token: str = "", row_id: str = "") -> str:
    """Make a link of a purpose that the event's kind has; return its token, which is shown once.

    `token`, `row_id`: its own, where another link is made with it.
    Raises NotFound, NotAllowed, Refused pass.purpose, .name, .many.
    """
    with transaction():
        event = lock_event(event_id)
        kind = _kind_of(event.kind, purpose)
        if kind is None:
            raise Refused("pass.purpose", N_("This kind of event has no such link."), field="purpose")
        require(by, kind.permission)
        if not name.strip():
            raise Refused("pass.name", N_("Say what the link is for, as “phone in the foyer”."), field="name")
        if len(list_passes(event_id)) >= MOST:
            raise Refused("pass.many", N_("There are many links already. End some first."), field="name")
        token = token or keyring.new_token()
        db.session.add(
            EventPass(
                row_id=row_id or new_row_id(),
                token_hash=_hash(token, purpose),
                event_id=event_id,
                purpose=purpose,
                name=name.strip(),
                account_id=by.account_id,
                made_at=clock.now(),
            )
        )
        db.session.flush()
        record("pass.made", by=by, event_id=event_id, purpose=purpose)
    return token


def end_pass(event_id: int, row_id: str, *, by: Actor) -> None:
    """End a link at once. Raises NotFound, NotAllowed."""
    with transaction():
        event = lock_event(event_id)
        row = db.session.scalar(select(EventPass).where(EventPass.event_id == event_id, EventPass.row_id == row_id))
        kind = _kind_of(event.kind, row.purpose) if row else None
        if row is None or kind is None:
            raise NotFound(row_id)
        require(by, kind.permission)
        if row.ended_at is None:
            row.ended_at = clock.now()
            record("pass.ended", by=by, event_id=event_id, purpose=row.purpose)
        db.session.flush()


def holder_of(token: str, purpose: str) -> Holder:
    """Return whose link of a purpose a token is. Raises NotFound for one that is unknown, ended or out of date."""
    row = db.session.scalar(select(EventPass).where(EventPass.token_hash == _hash(token, purpose)))
    if row is None or row.ended_at is not None:
        raise NotFound("pass")
    record = get_record(row.event_id)
    kind = _kind_of(record.kind, purpose)
    is_withdrawn = record.status is Status.DRAFT and record.published_at is not None
    if kind is None or is_withdrawn or record.status is Status.CANCELLED:
        raise NotFound("pass")
    until = record.ends_at + timedelta(hours=kind.hours_after) if record.ends_at else None
    now = clock.now()
    if until is not None and now > until:
        raise NotFound("pass")
    holder = Holder(pass_id=row.id, name=row.name, purpose=purpose, record=record, until=until)
    if row.used_on != now.date():
        with transaction():
            db.session.execute(update(EventPass).where(EventPass.id == holder.pass_id).values(used_on=now.date()))
    return holder


def list_passes(event_id: int) -> list[EventPass]:
    """Return the living links of an event, the newest first."""
    query = select(EventPass).where(EventPass.event_id == event_id, EventPass.ended_at.is_(None))
    return list(db.session.scalars(query.order_by(EventPass.id.desc())))


def sweep_passes() -> int:
    """Delete links that were ended or whose events have been over for some weeks; returns how many.

    What they are called may be a helper's name.
    """
    with transaction():
        limit = clock.now() - KEPT
        over = select(Event.id).where(Event.ends_at < limit)
        gone = delete(EventPass).where((EventPass.ended_at < limit) | EventPass.event_id.in_(over))
        return count_rows_of(gone, synchronizes=False)


def pass_kinds_of(kind: str) -> tuple[PassKind, ...]:
    """Return the links that events of a kind can have."""
    return tuple(one for extension in extensions_of(kind) for one in extension.passes)


def _kind_of(kind: str, purpose: str) -> PassKind | None:
    return next((one for one in pass_kinds_of(kind) if one.purpose == purpose), None)


def _hash(token: str, purpose: str) -> bytes:
    return keyring.token_hash(token, f"pass:{purpose}")
