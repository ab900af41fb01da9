"""Who promised what by when: written down, followed up, cleared for the public record."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from cag_events import clock
from cag_events.db import db, new_row_id, transaction
from cag_events.domain import when
from cag_events.domain.errors import N_, Refused, Stale
from cag_events.domain.hearing import Promise
from cag_events.domain.slugs import first_free
from cag_events.domain.texts import Texts, pick
from cag_events.events import records
from cag_events.events.queries import get_record, lock_event
from cag_events.hearings.models import Commitment, CommitmentChange
from cag_events.hearings.queries import get_commitment, list_commitments
from cag_events.permissions import Actor, Permission, may, require

_TOLD = ("promised_by", "what", "due_on", "status", "evidence", "evidence_url", "reply", "replied_on")


@dataclass(frozen=True, kw_only=True)
class NewCommitment:
    """A commitment as it shall be. `promised_by`: a public function; `is_cleared`: everybody may read it."""

    promised_by: Texts = field(default_factory=dict)
    what: Texts
    due_on: date | None = None
    status: Promise = Promise.OPEN
    evidence: Texts = field(default_factory=dict)
    evidence_url: str = ""
    reply: Texts = field(default_factory=dict)
    replied_on: date | None = None
    is_cleared: bool = False


def save_commitment(event_id: int, row_id: str | None, new: NewCommitment, *, version: int = 0, by: Actor) -> str:
    """Write down a commitment (`row_id` None), or how one stands now; returns its row id.

    What somebody changes who may not publish waits to be cleared anew. Raises NotFound, NotAllowed, Stale, Refused
    commitment.what, .evidence.
    """
    with transaction():
        lock_event(event_id)
        require(by, Permission.EVENT_EDIT)
        if not any(new.what.values()):
            raise Refused("commitment.what", N_("Say what was promised."), field="what")
        if new.status is Promise.KEPT and not new.evidence and not new.evidence_url:
            raise Refused("commitment.evidence", N_("Say how you know that it was kept."), field="evidence")
        row = get_commitment(event_id, row_id) if row_id else _new(event_id, new)
        if row_id and row.version != version:
            raise Stale(row.version)
        before = {name: getattr(row, name) for name in _TOLD} if row_id else {}
        for name in _TOLD:
            setattr(row, name, getattr(new, name))
        changed = {name for name, value in before.items() if value != getattr(new, name)}
        row.is_cleared = new.is_cleared if may(by, Permission.EVENT_PUBLISH) else row.is_cleared and not changed
        row.version += 1
        if changed or not row_id:
            row.updated_on = when.day_of(clock.now(), get_record(event_id).tz)
        db.session.flush()
        if not row_id or changed:
            _note(row, before, changed, by)
        records.raise_version()
        return row.row_id


def delete_commitment(event_id: int, row_id: str, *, by: Actor) -> None:
    """Delete what was written down by mistake. Raises NotFound, NotAllowed."""
    with transaction():
        lock_event(event_id)
        require(by, Permission.EVENT_PUBLISH)
        db.session.delete(get_commitment(event_id, row_id))
        db.session.flush()
        records.raise_version()


def _new(event_id: int, new: NewCommitment) -> Commitment:
    there = list_commitments(event_id)
    row = Commitment(
        row_id=new_row_id(),
        event_id=event_id,
        key=first_free(" ".join(pick(new.what, "sv").text.split()[:6]), {one.key for one in there}),
        what={},
        version=0,
        position=max((one.position for one in there), default=0) + 1,
        updated_on=clock.now().date(),
        is_cleared=False,
    )
    db.session.add(row)
    return row


def _note(row: Commitment, before: dict[str, Any], changed: set[str], by: Actor) -> None:
    """Keep what changed: standing and day with their values, of texts that they did."""
    facts: dict[str, Any] = {"fields": sorted(changed)}
    if "status" in changed or not before:
        facts["status"] = [str(before["status"]) if before else None, row.status.value]
    if "due_on" in changed:
        facts["due_on"] = [str(before["due_on"] or ""), str(row.due_on or "")]
    db.session.add(CommitmentChange(commitment_id=row.id, at=clock.now(), account_id=by.account_id, facts=facts))
    db.session.flush()
