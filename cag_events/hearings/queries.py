"""Reads speaking slots, submissions, records and commitments; what is sealed is opened only by who prints it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select

from cag_events import keyring
from cag_events.accounts.models import Account
from cag_events.db import db
from cag_events.domain.errors import NotFound
from cag_events.domain.event import EventRecord
from cag_events.domain.hearing import PENDING, Level, Slot
from cag_events.domain.texts import Texts
from cag_events.events.models import Event, EventRecordRow
from cag_events.hearings.models import (
    Commitment,
    CommitmentChange,
    HearingRecord,
    SpeakingSlot,
    Submission,
)
from cag_events.hearings.record import Record
from cag_events.hearings.rules import is_nameless
from cag_events.kinds import _shape

SUBMISSION = "submission"  # purpose of a submission's link
ORDER = (Slot.CALLED, Slot.APPROVED, Slot.ASKED, Slot.SPOKEN, Slot.ABSENT, Slot.DECLINED, Slot.WITHDRAWN)
_LAST = 1_000_000


def list_slots(event_id: int, *statuses: Slot) -> list[SpeakingSlot]:
    """Return an event's speaking slots: as they are called, then those who ask, then the rest."""
    query = select(SpeakingSlot).where(SpeakingSlot.event_id == event_id)
    if statuses:
        query = query.where(SpeakingSlot.status.in_(statuses))
    return sorted(
        db.session.scalars(query),
        key=lambda one: (ORDER.index(one.status), one.position or _LAST, one.asked_at, one.id),
    )


def get_slot(event_id: int, row_id: str) -> SpeakingSlot:
    """Return a speaking slot. Raises NotFound."""
    row = db.session.scalar(
        select(SpeakingSlot).where(SpeakingSlot.event_id == event_id, SpeakingSlot.row_id == row_id)
    )
    if row is None:
        raise NotFound(row_id)
    return row


def find_slot_of(registration_id: int) -> SpeakingSlot | None:
    """Return what somebody who is registered has asked for."""
    return db.session.scalar(select(SpeakingSlot).where(SpeakingSlot.registration_id == registration_id))


def submission_token(row_id: str) -> str:
    """Return the token of a submission's link: it follows from a secret key, so that a mail can tell it once more."""
    return keyring.sign(row_id, SUBMISSION)


def list_submissions(event_id: int) -> list[Submission]:
    """Return an event's submissions, the newest first."""
    query = select(Submission).where(Submission.event_id == event_id)
    return list(db.session.scalars(query.order_by(Submission.received_at.desc(), Submission.id.desc())))


def get_submission(event_id: int, row_id: str) -> Submission:
    """Return a submission. Raises NotFound."""
    row = db.session.scalar(select(Submission).where(Submission.event_id == event_id, Submission.row_id == row_id))
    if row is None:
        raise NotFound(row_id)
    return row


def find_submission(token: str) -> Submission | None:
    """Return the submission that a secret link opens."""
    hashed = keyring.token_hash(token, SUBMISSION)
    return db.session.scalar(select(Submission).where(Submission.token_hash == hashed))


def find_submission_of(registration_id: int) -> Submission | None:
    """Return what somebody who is registered has written in."""
    return db.session.scalar(select(Submission).where(Submission.registration_id == registration_id))


def count_uncleared(event_ids: Collection[int]) -> dict[int, int]:
    """Return how many submissions of each event nobody has looked through yet."""
    rows = db.session.execute(
        select(Submission.event_id, func.count(Submission.id).label("number"))
        .where(
            Submission.event_id.in_(event_ids),
            Submission.cleared_at.is_(None),
            Submission.chosen != Level.WITHHELD,
            or_(Submission.narrowed.is_(None), Submission.narrowed != Level.WITHHELD),
        )
        .group_by(Submission.event_id)
    )
    return {row.event_id: row.number for row in rows}


def count_asking(event_ids: Collection[int]) -> dict[int, int]:
    """Return how many wait for an answer whether they may speak, by event."""
    rows = db.session.execute(
        select(SpeakingSlot.event_id, func.count(SpeakingSlot.id).label("number"))
        .where(SpeakingSlot.event_id.in_(event_ids), SpeakingSlot.status == Slot.ASKED)
        .group_by(SpeakingSlot.event_id)
    )
    return {row.event_id: row.number for row in rows}


def holding() -> frozenset[int]:
    """Return the ids of the events of which something sealed is kept."""
    slots = select(SpeakingSlot.event_id).where(SpeakingSlot.called_sealed.is_not(None))
    sent = select(Submission.event_id).where(
        or_(Submission.text_sealed.is_not(None), Submission.email_sealed.is_not(None))
    )
    return frozenset(db.session.scalars(slots.union(sent)))


@dataclass(frozen=True, slots=True)
class Kept:
    """A record as it stands: what the team has, what is published of it, since when."""

    draft: Record
    published: Record | None
    published_at: datetime | None
    version: int


def find_kept(event_id: int) -> Kept:
    """Return the record of a hearing; an empty one where nobody has begun."""
    row = db.session.get(HearingRecord, event_id, populate_existing=True)
    if row is None:
        return Kept(Record(), None, None, 0)
    return Kept(
        draft=_shape.read(Record, row.draft),
        published=_shape.read(Record, row.published) if row.published_at else None,
        published_at=row.published_at,
        version=row.version,
    )


def has_published(event_id: int) -> bool:
    """Tell whether a hearing's record is published."""
    query = select(HearingRecord.event_id).where(
        HearingRecord.event_id == event_id, HearingRecord.published_at.is_not(None)
    )
    return db.session.scalar(query) is not None


@dataclass(frozen=True, slots=True)
class Written:
    """A submission as everybody may read it; `name` is empty where it is nobody's to know."""

    code: str
    text: str
    lang: str
    name: str
    organisation: str
    shown_from: date


@dataclass(frozen=True, slots=True)
class Voice:
    """Somebody who spoke and agreed to be named."""

    name: str
    organisation: str
    topic: str


@dataclass(frozen=True, slots=True)
class Promised:
    """A commitment as everybody may read it; `by` is empty under the Chatham House rule."""

    key: str
    by: Texts
    what: Texts
    due_on: date | None
    status: str
    evidence: Texts
    evidence_url: str
    reply: Texts
    replied_on: date | None
    updated_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Public:
    """All that a record shows. `submissions` may hold some whose day has not come: see shown_from."""

    record: Record
    published_at: datetime | None
    submissions: tuple[Written, ...]
    voices: tuple[Voice, ...]
    commitments: tuple[Promised, ...]
    nameless: bool


def find_public(event: EventRecord, today: date) -> Public | None:
    """Return the published record of a hearing with what is cleared beside it, None where none is published."""
    kept = find_kept(event.id)
    if kept.published is None:
        return None
    shown = list_shown(event)
    voices = () if is_nameless(event) else tuple(_voices(event.id))
    return _public(event, kept, kept.published, [one for one in shown if one.shown_from <= today], voices)


def preview(event: EventRecord) -> Public:
    """Return what the record would show if it were published now, and all that follows once its day has come."""
    kept = find_kept(event.id)
    voices = () if is_nameless(event) else tuple(_consenting(event.id))
    return _public(event, kept, kept.draft, list_shown(event), voices)


def _public(
    event: EventRecord, kept: Kept, record: Record, submissions: Sequence[Written], voices: Sequence[Voice]
) -> Public:
    nameless = is_nameless(event)
    return Public(
        record=record,
        published_at=kept.published_at,
        submissions=tuple(submissions),
        voices=tuple(voices),
        commitments=tuple(list_promised(event)),
        nameless=nameless,
    )


def list_shown(event: EventRecord) -> list[Written]:
    """Return the cleared submissions that everybody may read, now or from a day on, in the order they came."""
    nameless = is_nameless(event)
    query = select(Submission).where(Submission.event_id == event.id, Submission.shown_text.is_not(None))
    return [
        Written(
            code=row.code,
            text=row.shown_text or "",
            lang=row.language or row.page_language,
            name="" if nameless else row.shown_name,
            organisation="" if nameless else row.shown_organisation,
            shown_from=row.shown_from or date.max,
        )
        for row in db.session.scalars(query.order_by(Submission.received_at, Submission.id))
    ]


def _voices(event_id: int) -> list[Voice]:
    query = (
        select(SpeakingSlot.shown_name, SpeakingSlot.shown_organisation, SpeakingSlot.shown_topic)
        .where(SpeakingSlot.event_id == event_id, SpeakingSlot.shown_name != "")
        .order_by(SpeakingSlot.started_at, SpeakingSlot.id)
    )
    return [Voice(*row) for row in db.session.execute(query)]


def _consenting(event_id: int) -> list[Voice]:
    spoken = sorted(list_slots(event_id, Slot.SPOKEN), key=lambda one: (str(one.started_at), one.id))
    return [
        Voice(one.called or "", one.organisation or "", one.topic or "")
        if one.called_sealed
        else Voice(one.shown_name, one.shown_organisation, one.shown_topic)
        for one in spoken
        if one.consents
    ]


def list_commitments(event_id: int) -> list[Commitment]:
    """Return what was promised at an event, in its order."""
    query = select(Commitment).where(Commitment.event_id == event_id)
    return list(db.session.scalars(query.order_by(Commitment.position, Commitment.id)))


def get_commitment(event_id: int, row_id: str) -> Commitment:
    """Return a commitment. Raises NotFound."""
    row = db.session.scalar(select(Commitment).where(Commitment.event_id == event_id, Commitment.row_id == row_id))
    if row is None:
        raise NotFound(row_id)
    return row


def list_promised(event: EventRecord) -> list[Promised]:
    """Return the commitments of an event that everybody may read."""
    nameless = is_nameless(event)
    return [
        Promised(
            key=row.key,
            by={} if nameless else dict(row.promised_by),
            what=dict(row.what),
            due_on=row.due_on,
            status=row.status.value,
            evidence=dict(row.evidence),
            evidence_url=row.evidence_url,
            reply=dict(row.reply),
            replied_on=row.replied_on,
            updated_on=row.updated_on,
        )
        for row in list_commitments(event.id)
        if row.is_cleared
    ]


def is_pending(today: date) -> ColumnElement[bool]:
    """Return the condition on Commitment for what should have been kept by now."""
    return Commitment.status.in_(PENDING) & Commitment.due_on.is_not(None) & (Commitment.due_on < today)


def list_all_commitments(*conditions: ColumnElement[bool]) -> list[tuple[Commitment, bytes]]:
    """Return commitments of every hearing with the records of their events, those due first on top."""
    query = (
        select(Commitment, EventRecordRow.body)
        .join(EventRecordRow, EventRecordRow.event_id == Commitment.event_id)
        .join(Event, Event.id == Commitment.event_id)
        .where(*conditions)
        .order_by(Commitment.due_on.is_(None), Commitment.due_on, Commitment.id)
    )
    return [(row[0], row[1]) for row in db.session.execute(query)]


def overdue_by_event(today: date) -> dict[int, list[Commitment]]:
    """Return the commitments that should have been kept by now, by event."""
    found: dict[int, list[Commitment]] = {}
    for row in db.session.scalars(
        select(Commitment).where(is_pending(today)).order_by(Commitment.due_on, Commitment.id)
    ):
        found.setdefault(row.event_id, []).append(row)
    return found


def list_commitment_changes(commitment_id: int) -> list[tuple[datetime, str, dict[str, Any]]]:
    """Return what changed of a commitment: when, by whom, what; the last first."""
    rows = db.session.execute(
        select(CommitmentChange.at, Account.name, CommitmentChange.facts)
        .outerjoin(Account, Account.id == CommitmentChange.account_id)
        .where(CommitmentChange.commitment_id == commitment_id)
        .order_by(CommitmentChange.id.desc())
    )
    return [(at, name or "", dict(facts)) for at, name, facts in rows]
