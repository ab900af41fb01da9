"""Writes the log: an entry within the unit of the act, chained to the one before when the unit commits."""

import re
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Final, NamedTuple

from sqlalchemy import delete, event, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from cag_events import clock
from cag_events.accounts.models import Account
from cag_events.audit.acts import ACTS, FACTS
from cag_events.audit.chaining import BEGINNING, Link, digest_of, hash_of, seal_of
from cag_events.audit.models import AuditChain, AuditEntry
from cag_events.db import count_rows_of, db, is_writing, transaction, unit
from cag_events.domain.retention import AUDIT_DAYS
from cag_events.permissions import SYSTEM, Actor

BY_SYSTEM: Final = "system"  # a command or the worker
BY_LINK: Final = "link"  # somebody with a link, without an account
GONE: Final = "gone"  # an account that was deleted meanwhile
MOST_REASON: Final = 500
_SLUG = re.compile(r"[a-z0-9_.:/+-]{0,80}")
_CHAIN = 1
_PENDING = "audit"

Fact = int | bool | str | Sequence[str]


class Thing(NamedTuple):
    """What an act was done to, beside the event: its kind as `registration`, and its key, reference or random id."""

    kind: str
    key: str


def record(
    what: str,
    *,
    by: Actor,
    event_id: int | None = None,
    thing: Thing | None = None,
    reason: str = "",
    facts: Mapping[str, Fact] | None = None,
    **more: Fact,
) -> None:
    """Log an act within its writing unit, so that there is neither without the other.

    `what` is one of ACTS, names of facts (given by name, or in a mapping) are in FACTS; facts are numbers and slugs,
    never what an attendee told.
    `reason` is what somebody typed: it is sealed. Raises TypeError for anything else.
    """
    facts = {**(facts or {}), **more}
    if what not in ACTS or not facts.keys() <= FACTS.keys():
        raise TypeError(f"audit/acts.py does not know {what} with {sorted(facts)}")
    if not is_writing():
        raise RuntimeError(f"{what} logged outside transaction()")
    kept = {name: _plain(value) for name, value in facts.items()}
    reason = reason.strip()[:MOST_REASON]
    entry = AuditEntry(
        at=clock.now(),
        actor=_actor(by),
        what=what,
        thing_kind=thing.kind if thing else "",
        thing_key=thing.key if thing else "",
        event_id=event_id,
        facts=kept,
    )
    entry.reason = reason or None
    entry.digest = digest_of(entry.row_id, kept, reason)
    db.session.add(entry)
    db.session.flush()
    unit()[_PENDING] = True


def record_reading(what: str, *, by: Actor, event_id: int, thing: Thing | None = None) -> None:
    """Log that somebody opened a page with names: once for each account, thing and hour.

    Within a unit or on its own; a view calls it before it reads what it prints.
    """
    if _was_read(what, by, event_id, thing):
        return
    with transaction():
        record(what, by=by, event_id=event_id, thing=thing)


def forget(thing: Thing) -> int:
    """Take facts and reasons out of all entries about a thing, within a writing unit: it was erased.

    The chain still holds. Returns how many entries.
    """
    about = (AuditEntry.thing_kind == thing.kind, AuditEntry.thing_key == thing.key, AuditEntry.facts.is_not(None))
    return count_rows_of(update(AuditEntry).where(*about).values(facts=None, reason_sealed=None), synchronizes=False)


def delete_due() -> int:
    """Delete entries that are older than a year; the chain is anchored at the last of them. Returns how many."""
    limit = clock.now() - timedelta(days=AUDIT_DAYS)
    with transaction():
        chain = _lock_chain()
        kept_from = db.session.scalar(select(func.min(AuditEntry.seq)).where(AuditEntry.at > limit))
        last = chain.seq if kept_from is None else kept_from - 1
        anchor = db.session.scalar(select(AuditEntry.hash).where(AuditEntry.seq == last))
        if last <= chain.anchor_seq or anchor is None:
            return 0
        deleted = count_rows_of(delete(AuditEntry).where(AuditEntry.seq <= last), synchronizes=False)
        chain.anchor_seq, chain.anchor_hash = last, anchor
        _seal(chain)
        record("log.shortened", by=SYSTEM, count=deleted)
    return deleted


@event.listens_for(Session, "before_commit")
def _chain_pending(session: Session) -> None:
    """Chain what the unit logged, as its last act: the chain's lock is taken after all others and held shortest."""
    if not session.info.get("unit", {}).get(_PENDING) or session.in_nested_transaction():
        return
    pending = session.execute(
        select(
            AuditEntry.id,
            AuditEntry.at,
            AuditEntry.actor,
            AuditEntry.what,
            AuditEntry.thing_kind,
            AuditEntry.thing_key,
            AuditEntry.event_id,
            AuditEntry.digest,
        )
        .where(AuditEntry.seq.is_(None))
        .order_by(AuditEntry.id)
    ).all()
    if not pending:
        return  # a savepoint took it back
    chain = _lock_chain()
    for row in pending:
        values = row._asdict()
        row_id = values.pop("id")
        chain.seq += 1
        chain.hash = hash_of(chain.hash, Link(seq=chain.seq, **values))
        session.execute(
            update(AuditEntry).where(AuditEntry.id == row_id).values(seq=chain.seq, hash=chain.hash),
            execution_options={"synchronize_session": False},
        )
    _seal(chain)
    session.flush()


def _lock_chain() -> AuditChain:
    """Return the chain's one row for writing; it is made with the first entry."""
    query = select(AuditChain).where(AuditChain.id == _CHAIN).with_for_update()
    chain = db.session.scalar(query.execution_options(populate_existing=True))
    if chain is not None:
        return chain
    beginning = {"id": _CHAIN, "seq": 0, "hash": BEGINNING, "anchor_seq": 0, "anchor_hash": BEGINNING}
    values = {**beginning, "seal": seal_of(0, BEGINNING, 0, BEGINNING)}
    insert: Any = sqlite.insert if db.engine.dialect.name == "sqlite" else postgresql.insert
    db.session.execute(insert(AuditChain).values(**values).on_conflict_do_nothing())
    return db.session.scalars(query.execution_options(populate_existing=True)).one()


def _seal(chain: AuditChain) -> None:
    chain.seal = seal_of(chain.seq, chain.hash, chain.anchor_seq, chain.anchor_hash)
    db.session.flush()


def _actor(by: Actor) -> str:
    if by.account_id is None:
        return BY_SYSTEM if by.is_system else BY_LINK
    return db.session.scalar(select(Account.row_id).where(Account.id == by.account_id)) or GONE


def _was_read(what: str, by: Actor, event_id: int, thing: Thing | None) -> bool:
    hour = clock.now().replace(minute=0, second=0, microsecond=0)
    query = select(AuditEntry.id).where(
        AuditEntry.actor == _actor(by),
        AuditEntry.what == what,
        AuditEntry.event_id == event_id,
        AuditEntry.at >= hour,
        AuditEntry.thing_kind == (thing.kind if thing else ""),
        AuditEntry.thing_key == (thing.key if thing else ""),
    )
    return db.session.scalar(query.limit(1)) is not None


def _plain(value: Fact) -> Any:
    """Return a fact as it is kept. Raises TypeError for a text that could be somebody's."""
    if isinstance(value, bool | int):
        return value
    if isinstance(value, str):
        if not _SLUG.fullmatch(value):
            raise TypeError("facts of the log are numbers and slugs")
        return value
    return [_plain(one) for one in value]
