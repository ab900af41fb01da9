"""Written submissions: sent in, changed, taken back by who wrote them; cleared and narrowed, never widened, by us."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select

from cag_events import clock, keyring, outbox
from cag_events.db import db, new_row_id, transaction
from cag_events.domain.disclosure import Viewer, may_know
from cag_events.domain.errors import N_, NotFound, Refused
from cag_events.domain.event import EventRecord
from cag_events.domain.hearing import REACHES, Audience, Level, may_limit, public_on, reach_of
from cag_events.events import records
from cag_events.events.models import Event
from cag_events.events.queries import get_record, lock_event
from cag_events.hearings.models import Submission
from cag_events.hearings.queries import SUBMISSION, find_submission_of, get_submission, submission_token
from cag_events.hearings.rules import is_nameless, session_of, takes_submissions
from cag_events.permissions import Actor, Permission, require
from cag_events.registrations.codes import new_reference
from cag_events.registrations.services.seats import require_key
from cag_events.web import throttle
from cag_events.web.throttle import Limit

CONSENT_TEXT = "2026-11"  # version of the words on the form
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
BY_SESSION = Limit("submission.session", 6, HOUR, 10 * MINUTE, HOUR)
BY_EMAIL = Limit("submission.email", 6, HOUR, 10 * MINUTE, HOUR)
BY_EVENT = Limit("submission.event", 300, HOUR, MINUTE, 10 * MINUTE)


@dataclass(frozen=True, kw_only=True)
class Change:
    """What a submitter wants their submission to be."""

    text: str
    level: Level
    name: str = ""
    organisation: str = ""
    language: str = ""


@dataclass(frozen=True, kw_only=True)
class NewSubmission(Change):
    """What is sent in. `key`: of the form, so that one sent twice is one submission."""

    email: str | None = None
    page_language: str
    key: str | None = None


def submit(
    event_id: int,
    new: NewSubmission,
    *,
    viewer: Viewer,
    registration_id: int | None = None,
    limits: Sequence[tuple[Limit, str]] = (),
) -> str:
    """Take a submission; return the token of its secret link.

    The same form, or the same registration, gives the first one's link again. Raises NotFound where the viewer may not
    know of the event, TooMany, Refused submission.closed, .long. Notes submission.made.
    """
    form_key = keyring.blind_index(f"{new.key} {event_id}", "sent-submission") if new.key else None
    with transaction():
        if limits:
            throttle.spend(*limits)
        event, record = lock_event(event_id), get_record(event_id)
        if not may_know(event, viewer):
            raise NotFound(event_id)
        if known := _known(form_key, registration_id):
            return submission_token(known)
        if not takes_submissions(record, clock.now()):
            raise Refused("submission.closed", N_("Submissions are not taken at the moment."))
        _require_length(new.text, record)
        row_id, now = new_row_id(), clock.now()
        token = submission_token(row_id)
        row = Submission(
            row_id=row_id,
            event_id=event_id,
            registration_id=registration_id,
            code=new_reference().lower(),
            token_hash=keyring.token_hash(token, SUBMISSION),
            form_key=form_key,
            chosen=new.level,
            text=new.text,
            name=new.name or None,
            organisation=new.organisation or None,
            email=new.email or None,
            language=new.language,
            page_language=new.page_language,
            consent_text=CONSENT_TEXT,
            received_at=now,
            changed_at=now,
        )
        db.session.add(row)
        db.session.flush()
        require_key(event)
        outbox.note("submission.made", submission_id=row.id)
    return token


def change_submission(submission_id: int, change: Change) -> None:
    """Store what the submitter wants changed.

    Another text or name, or a wider level, waits to be cleared anew; a narrower one holds at once. Raises NotFound,
    Refused submission.public, .long.
    """
    with transaction():
        row, _event, record = _lock(submission_id)
        before = (row.text or "", row.name or "", row.organisation or "", row.language)
        wanted = (change.text, change.name, change.organisation, change.language)
        is_other = wanted != before
        if row.text_sealed is None or (is_other and _is_public(row, record)):
            raise Refused(
                "submission.public",
                N_("It is public by now and cannot be changed; you can narrow it or take it back."),
            )
        if is_other:
            _require_length(change.text, record)
            row.text, row.name = change.text, change.name or None
            row.organisation, row.language = change.organisation or None, change.language
        if is_other or not REACHES[change.level].is_within(REACHES[row.chosen]):
            row.cleared_at = row.narrowed = None
        row.chosen, row.changed_at = change.level, clock.now()
        _show(row, record)
        db.session.flush()


def withdraw_submission(submission_id: int) -> None:
    """Take a submission back: it is deleted, from the record too. Raises NotFound."""
    with transaction():
        row, _event, _record = _lock(submission_id)
        db.session.delete(row)
        db.session.flush()


def clear_submission(event_id: int, row_id: str, *, by: Actor) -> None:
    """Let a submission go as far as its submitter chose, after somebody has read it.

    Raises NotFound, NotAllowed, Refused submission.gone. Notes submission.cleared.
    """
    with transaction():
        lock_event(event_id)
        require(by, Permission.ATTENDEES_EDIT)
        row, record = get_submission(event_id, row_id), get_record(event_id)
        if row.cleared_at is not None:
            return
        if row.text_sealed is None:
            raise Refused("submission.gone", N_("Its text has been deleted."))
        row.cleared_at = clock.now()
        _show(row, record)
        db.session.flush()
        outbox.note("submission.cleared", submission_id=row.id)


def narrow_submission(event_id: int, row_id: str, level: Level, *, by: Actor) -> None:
    """Let a submission go no further than a level. What is narrowed stays so, unless its submitter sends it anew.

    Raises NotFound, NotAllowed, Refused submission.wider.
    """
    with transaction():
        lock_event(event_id)
        require(by, Permission.ATTENDEES_EDIT)
        row, record = get_submission(event_id, row_id), get_record(event_id)
        if not may_limit(row.chosen, row.narrowed, level):
            raise Refused(
                "submission.wider",
                N_("Only the submitter can let more people see it. You can narrow it, nothing else."),
                field="level",
            )
        row.narrowed = level
        if row.text_sealed is None:  # only what is public is left of it
            _hide_more(row)
        else:
            _show(row, record)
        db.session.flush()


def _show(row: Submission, record: EventRecord) -> None:
    """Put into the plain columns what everybody may read of it, and nothing else."""
    reach = reach_of(row.chosen, row.narrowed)
    if row.cleared_at is None or reach.text is not Audience.PUBLIC:
        row.shown_text, row.shown_from = None, None
        row.shown_name = row.shown_organisation = ""
        return
    rules = session_of(record)
    row.shown_text = row.text
    row.shown_from = public_on(row.cleared_at, record.tz, rules.submissions.delay_days, rules.embargo_until)
    is_named = reach.name is Audience.PUBLIC and not is_nameless(record)
    row.shown_name = (row.name or "") if is_named else ""
    row.shown_organisation = (row.organisation or "") if is_named else ""


def _hide_more(row: Submission) -> None:
    """Narrow one of which only the public part is left."""
    reach = reach_of(row.chosen, row.narrowed)
    if reach.text is not Audience.PUBLIC:
        row.shown_text, row.shown_from = None, None
    if reach.name is not Audience.PUBLIC:
        row.shown_name = row.shown_organisation = ""


def _is_public(row: Submission, record: EventRecord) -> bool:
    today = public_on(clock.now(), record.tz, 0, None)
    return row.shown_text is not None and row.shown_from is not None and row.shown_from <= today


def _known(form_key: bytes | None, registration_id: int | None) -> str | None:
    """The row id of what this form or this registration has sent before."""
    if registration_id is not None and (row := find_submission_of(registration_id)):
        return row.row_id
    if form_key is None:
        return None
    return db.session.scalar(select(Submission.row_id).where(Submission.form_key == form_key))


def _require_length(text: str, record: EventRecord) -> None:
    most = session_of(record).submissions.most_chars
    if len(text) > most:
        raise Refused(
            "submission.long",
            N_("At most %(most)s characters, please; this is %(number)s."),
            field="text",
            most=most,
            number=len(text),
        )


def _lock(submission_id: int) -> tuple[Submission, Event, EventRecord]:
    event_id = db.session.scalar(select(Submission.event_id).where(Submission.id == submission_id))
    if event_id is None:
        raise NotFound(submission_id)
    event = lock_event(event_id)
    records.raise_version()
    row = db.session.get(Submission, submission_id, populate_existing=True)
    if row is None:
        raise NotFound(submission_id)
    return row, event, get_record(event_id)
