"""Reads the log, and tells whether anybody has changed it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import JSON, ColumnElement, Select, column, func, select, table

from cag_events.accounts.models import Account
from cag_events.audit.chaining import BEGINNING, Link, digest_of, hash_of, seal_of
from cag_events.audit.models import AuditChain, AuditEntry
from cag_events.db import db
from cag_events.domain.texts import Texts

PAGE: Final = 50
BATCH: Final = 1000
_EVENT = table("event", column("id"), column("key"), column("title", JSON()))  # the room of events stands above ours


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which entries to show; None and empty: all. `actor`: as in the table; `since` and `until`: instants."""

    actor: str = ""
    what: str = ""
    event_key: str = ""
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """An entry as the page shows it; `name` is the account's, empty where there is none or it is gone."""

    seq: int
    at: datetime
    actor: str
    name: str
    what: str
    thing_kind: str
    thing_key: str
    event_key: str
    event_title: Texts
    facts: Mapping[str, Any]
    reason: str
    is_forgotten: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Whether the chain holds. `broken_at`: the number of the first entry that does not fit, None if all do."""

    entries: int
    first: int
    last: int
    fingerprint: str  # of the last hash: to be written down elsewhere
    broken_at: int | None = None
    forgotten: int = 0

    @property
    def holds(self) -> bool:
        """Whether nothing was changed, taken out or put in."""
        return self.broken_at is None


def list_entries(wanted: Wanted, *, page: int = 1) -> list[Listed]:
    """Return a page of entries, the newest first."""
    query = _narrowed(_joined(), wanted).order_by(AuditEntry.seq.desc()).limit(PAGE).offset((page - 1) * PAGE)
    return [_listed(*row) for row in db.session.execute(query)]


def list_about(event_id: int, acts: Collection[str]) -> list[Listed]:
    """Return the entries of some acts about an event, the newest first."""
    query = _joined().where(AuditEntry.event_id == event_id, AuditEntry.what.in_(acts), AuditEntry.seq.is_not(None))
    return [_listed(*row) for row in db.session.execute(query.order_by(AuditEntry.seq.desc()).limit(PAGE))]


def events_with(what: str, event_ids: Collection[int]) -> frozenset[int]:
    """Return those of the events about which an act is logged."""
    query = select(AuditEntry.event_id).where(AuditEntry.what == what, AuditEntry.event_id.in_(event_ids))
    return frozenset(one for one in db.session.scalars(query) if one is not None)


def count_entries(wanted: Wanted) -> int:
    """Count the entries that are wanted."""
    return db.session.scalar(_narrowed(select(func.count(AuditEntry.id)), wanted)) or 0


def list_actors() -> list[tuple[str, str]]:
    """Return who stands in the log: as in the table, and the account's name or nothing."""
    query = (
        select(AuditEntry.actor, Account.name)
        .outerjoin(Account, Account.row_id == AuditEntry.actor)
        .distinct()
        .order_by(Account.name, AuditEntry.actor)
    )
    return [(row.actor, row.name or "") for row in db.session.execute(query)]


def list_events() -> list[tuple[str, Texts]]:
    """Return key and title of the events that the log is about."""
    about = select(AuditEntry.event_id).where(AuditEntry.event_id.is_not(None))
    query = select(_EVENT.c.key, _EVENT.c.title).where(_EVENT.c.id.in_(about)).order_by(_EVENT.c.key)
    return [(row.key, dict(row.title or {})) for row in db.session.execute(query)]


def list_acts() -> list[str]:
    """Return which acts the log holds."""
    return list(db.session.scalars(select(AuditEntry.what).distinct().order_by(AuditEntry.what)))


def verify() -> Verdict:
    """Follow the chain from where it is anchored to its end, and tell whether it holds."""
    chain = db.session.get(AuditChain, 1)
    if chain is None:
        stray = db.session.scalar(select(func.count(AuditEntry.id))) or 0
        return Verdict(entries=stray, first=0, last=0, fingerprint="", broken_at=1 if stray else None)
    seq, last, entries, forgotten = chain.anchor_seq, chain.anchor_hash, 0, 0
    broken = None
    while broken is None and (rows := _entries_after(seq)):
        for row in rows:
            if row.seq != seq + 1 or row.hash != hash_of(last, _link(row)) or not _details_hold(row):
                broken = seq + 1
                break
            seq, last, entries = seq + 1, row.hash, entries + 1
            forgotten += row.facts is None
        db.session.expunge_all()
    if broken is None and not _ends_rightly(chain, seq, last):
        broken = seq + 1
    return Verdict(
        entries=entries,
        first=chain.anchor_seq + 1,
        last=seq,
        fingerprint="" if last == BEGINNING else last.hex()[:16],
        broken_at=broken,
        forgotten=forgotten,
    )


def _entries_after(seq: int) -> Sequence[AuditEntry]:
    query = select(AuditEntry).where(AuditEntry.seq > seq).order_by(AuditEntry.seq).limit(BATCH)
    return list(db.session.scalars(query))


def _ends_rightly(chain: AuditChain, seq: int, last: bytes) -> bool:
    """Whether the chain's own row is sealed and says the same end, and nothing stands outside of the chain."""
    sealed = seal_of(chain.seq, chain.hash, chain.anchor_seq, chain.anchor_hash)
    outside = select(AuditEntry.id).where(AuditEntry.seq.is_(None) | (AuditEntry.seq <= chain.anchor_seq)).limit(1)
    is_end = (chain.seq, chain.hash, chain.seal) == (seq, last, sealed)
    return is_end and db.session.scalar(outside) is None


def _link(row: AuditEntry) -> Link:
    return Link(
        seq=row.seq or 0,
        at=row.at,
        actor=row.actor,
        what=row.what,
        thing_kind=row.thing_kind,
        thing_key=row.thing_key,
        event_id=row.event_id,
        digest=row.digest,
    )


def _details_hold(row: AuditEntry) -> bool:
    """Whether facts and reason are what they were, or were taken out together."""
    if row.facts is None:
        return row.reason_sealed is None
    return row.digest == digest_of(row.row_id, row.facts, row.reason or "")


def _joined() -> Select[Any]:
    return (
        select(AuditEntry, Account.name, _EVENT.c.key, _EVENT.c.title)
        .outerjoin(Account, Account.row_id == AuditEntry.actor)
        .outerjoin(_EVENT, _EVENT.c.id == AuditEntry.event_id)
    )


def _narrowed(query: Select[Any], wanted: Wanted) -> Select[Any]:
    conditions: list[ColumnElement[bool]] = [AuditEntry.seq.is_not(None)]
    if wanted.actor:
        conditions.append(AuditEntry.actor == wanted.actor)
    if wanted.what:
        conditions.append(AuditEntry.what == wanted.what)
    if wanted.event_key:
        event_id = select(_EVENT.c.id).where(_EVENT.c.key == wanted.event_key).scalar_subquery()
        conditions.append(AuditEntry.event_id == event_id)
    if wanted.since:
        conditions.append(AuditEntry.at >= wanted.since)
    if wanted.until:
        conditions.append(AuditEntry.at < wanted.until)
    return query.where(*conditions)


def _listed(entry: AuditEntry, name: str | None, key: str | None, title: Texts | None) -> Listed:
    return Listed(
        seq=entry.seq or 0,
        at=entry.at,
        actor=entry.actor,
        name=name or "",
        what=entry.what,
        thing_kind=entry.thing_kind,
        thing_key=entry.thing_key,
        event_key=key or "",
        event_title=dict(title or {}),
        facts=entry.facts or {},
        reason=entry.reason or "",
        is_forgotten=entry.facts is None,
    )
