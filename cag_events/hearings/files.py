"""Records and commitments in programme files: read as they are public or the team has them, stored from files."""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any

from sqlalchemy import delete, select

from cag_events import clock, keyring
from cag_events.db import db, new_row_id
from cag_events.domain import when
from cag_events.domain.hearing import Level, Promise
from cag_events.events import records
from cag_events.hearings.models import Commitment, HearingRecord, Submission
from cag_events.hearings.queries import SUBMISSION
from cag_events.hearings.record import CommitmentInFiles, Record, RecordInFiles
from cag_events.kinds import _shape

_OWN = tuple(field.name for field in fields(Record))


def read_records(event_ids: Sequence[int]) -> Mapping[int, dict[str, Any]]:
    """Return the records of hearings, by event id; of submissions only those that everybody may read."""
    found: dict[int, dict[str, Any]] = {}
    for row in db.session.scalars(select(HearingRecord).where(HearingRecord.event_id.in_(event_ids))):
        kept = dict(row.published or row.draft)
        if row.published_at is not None:
            kept["published"] = when.day_of(row.published_at, when.HOME).isoformat()
        found[row.event_id] = kept
    shown = select(Submission).where(Submission.event_id.in_(event_ids), Submission.shown_text.is_not(None))
    for sent in db.session.scalars(shown.order_by(Submission.received_at, Submission.id)):
        lang = sent.language or sent.page_language
        written = {
            "key": sent.code,
            "text": {lang: sent.shown_text},
            "name": sent.shown_name,
            "organisation": sent.shown_organisation,
            "language": lang,
            "shown_from": sent.shown_from.isoformat() if sent.shown_from else None,
        }
        known = found.setdefault(sent.event_id, {}).setdefault("submissions", [])
        known.append({name: value for name, value in written.items() if value})
    return {event_id: _whole(RecordInFiles, kept) for event_id, kept in found.items() if kept}


def store_record(event_id: int, content: Any) -> None:
    """Replace the record of a hearing, and those submissions that came by a file, within the writing unit."""
    given = _shape.read(RecordInFiles, content or {})
    kept = _shape.write(Record(**{name: getattr(given, name) for name in _OWN}))
    row = db.session.get(HearingRecord, event_id, populate_existing=True)
    if row is None:
        row = HearingRecord(event_id=event_id, version=0)
        db.session.add(row)
    row.draft, row.version = kept, row.version + 1
    row.published = kept if given.published else {}
    row.published_at = when.start_of_day(given.published, when.HOME) if given.published else None
    _store_submissions(event_id, given)
    db.session.flush()
    records.raise_version()


def _store_submissions(event_id: int, given: RecordInFiles) -> None:
    """Those that somebody has sent in here are theirs: a file neither changes nor deletes them."""
    there = {row.code: row for row in db.session.scalars(select(Submission).where(Submission.event_id == event_id))}
    wanted = {one.key: one for one in given.submissions if one.key}
    for code, row in there.items():
        if code not in wanted and _came_by_file(row):
            db.session.delete(row)
    now = clock.now()
    for code, one in wanted.items():
        known = there.get(code)
        if known is not None and not _came_by_file(known):
            continue
        lang = one.language or next(iter(one.text), "sv")
        if known is None:
            row_id = new_row_id()
            known = Submission(
                row_id=row_id,
                event_id=event_id,
                code=code,
                token_hash=keyring.token_hash(new_row_id(), SUBMISSION),
                received_at=now,
                changed_at=now,
                cleared_at=now,
                chosen=Level.ANONYMOUS,
                page_language=lang,
            )
            db.session.add(known)
        known.chosen = Level.PUBLIC if one.name or one.organisation else Level.ANONYMOUS
        known.language = known.page_language = lang
        known.shown_text = one.text.get(lang) or next(iter(one.text.values()), "")
        known.shown_name, known.shown_organisation = one.name, one.organisation
        known.shown_from = one.shown_from or now.date()
    db.session.flush()


def _came_by_file(row: Submission) -> bool:
    return not row.consent_text


def read_commitments(event_ids: Sequence[int]) -> Mapping[int, list[dict[str, Any]]]:
    """Return what was promised at hearings, by event id."""
    found: dict[int, list[dict[str, Any]]] = {}
    query = select(Commitment).where(Commitment.event_id.in_(event_ids))
    for row in db.session.scalars(query.order_by(Commitment.event_id, Commitment.position, Commitment.id)):
        content = CommitmentInFiles(
            key=row.key,
            promised_by=dict(row.promised_by),
            what=dict(row.what),
            due=row.due_on,
            status=row.status.value,
            evidence=dict(row.evidence),
            evidence_link=row.evidence_url,
            reply=dict(row.reply),
            replied=row.replied_on,
            updated=row.updated_on,
            public=row.is_cleared,
        )
        found.setdefault(row.event_id, []).append(_whole(CommitmentInFiles, _shape.write(content)))
    return found


def store_commitments(event_id: int, content: Any) -> None:
    """Replace what was promised at a hearing, within the writing unit; what has the same key keeps its history."""
    given = [_shape.read(CommitmentInFiles, one) for one in content or ()]
    there = {row.key: row for row in db.session.scalars(select(Commitment).where(Commitment.event_id == event_id))}
    gone = there.keys() - {one.key for one in given}
    db.session.execute(delete(Commitment).where(Commitment.event_id == event_id, Commitment.key.in_(gone)))
    today = clock.now().date()
    for position, one in enumerate(given, start=1):
        row = there.get(one.key)
        if row is None:
            row = Commitment(row_id=new_row_id(), event_id=event_id, key=one.key, version=0, what={})
            db.session.add(row)
        row.promised_by, row.what, row.due_on = dict(one.promised_by), dict(one.what), one.due
        row.status = Promise(one.status) if one.status in set(Promise) else Promise.OPEN
        row.evidence, row.evidence_url = dict(one.evidence), one.evidence_link
        row.reply, row.replied_on = dict(one.reply), one.replied
        row.is_cleared, row.updated_on = one.public, one.updated or today
        row.position, row.version = position, row.version + 1
    db.session.flush()
    records.raise_version()


def _whole(shape: Any, kept: dict[str, Any]) -> dict[str, Any]:
    """Return kept values as the files' own type reads them: days as dates."""
    read = _shape.read(shape, kept)
    return {name: value for name, value in _plain(read).items() if value not in (None, "", {}, [])}


def _plain(value: Any) -> Any:
    if hasattr(value, "__dataclass_fields__"):
        return {_shape.name_in_files(one.name): _plain(getattr(value, one.name)) for one in fields(value)}
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    return dict(value) if isinstance(value, dict) else value
