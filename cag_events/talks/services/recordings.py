"""Keeps an event's recording, who has said yes to it, and publishes it when everybody has."""

from dataclasses import dataclass

from sqlalchemy import select

from cag_events import clock
from cag_events.audiences.models import Contact
from cag_events.db import db, transaction
from cag_events.domain.errors import N_, NotFound, Refused
from cag_events.domain.recordings import ENOUGH, Consent, State, may_move
from cag_events.events import records
from cag_events.events.models import EventPerson
from cag_events.events.queries import get_record, lock_event
from cag_events.permissions import Actor, Permission, require
from cag_events.talks.models import Recording, RecordingConsent
from cag_events.talks.queries import names_missing

NEVER = "never"


@dataclass(frozen=True, kw_only=True)
class RecordingFields:
    """What an organizer says of a recording."""

    state: State
    link: str = ""
    minutes: int | None = None
    languages: tuple[str, ...] = ()
    captions: tuple[str, ...] = ()
    has_transcript: bool = False


def save_recording(event_id: int, fields: RecordingFields, *, by: Actor) -> None:
    """Save what is said of the recording; published is only what everybody who takes part in it has said yes to.

    Raises NotFound, NotAllowed, Refused recording.never, .move, .link, .consent.
    """
    with transaction():
        lock_event(event_id)
        require(by, Permission.EVENT_PUBLISH)
        row = db.session.get(Recording, event_id) or Recording(event_id=event_id, state=State.PLANNED)
        before = row.state
        if not may_move(before, fields.state):
            raise Refused("recording.move", N_("A published recording can only be withdrawn."), field="state")
        if fields.state is State.PUBLISHED:
            _require_publishable(event_id, fields)
        row.state, row.link, row.minutes = fields.state, fields.link or None, fields.minutes
        row.languages, row.captions = list(fields.languages), list(fields.captions)
        row.has_transcript = fields.has_transcript
        if fields.state is not before and fields.state is State.PUBLISHED:
            row.published_at, row.withdrawn_at = clock.now(), None
        elif fields.state is not before and fields.state is State.WITHDRAWN:
            row.withdrawn_at = clock.now()
        db.session.add(row)
        if State.PUBLISHED in (before, fields.state):
            records.raise_version()
        db.session.flush()


def withdraw_recording(event_id: int, *, by: Actor) -> None:
    """Take a published recording off the page at once. Raises NotFound, NotAllowed."""
    with transaction():
        lock_event(event_id)
        require(by, Permission.EVENT_PUBLISH)
        _withdraw(event_id)


def write_consent(event_id: int, contact_key: str, said: Consent, *, by: Actor) -> None:
    """Write down what somebody who takes part has said; a no to what is published withdraws it at once.

    Raises NotFound, NotAllowed.
    """
    with transaction():
        lock_event(event_id)
        require(by, Permission.EVENT_PUBLISH)
        contact_id = db.session.scalar(
            select(Contact.id)
            .join(EventPerson, EventPerson.contact_id == Contact.id)
            .where(EventPerson.event_id == event_id, Contact.key == contact_key)
        )
        if contact_id is None:
            raise NotFound(contact_key)
        row = db.session.get(RecordingConsent, (event_id, contact_id))
        if said is Consent.UNKNOWN:
            if row is not None:
                db.session.delete(row)
        elif row is None or row.said is not said:
            row = row or RecordingConsent(event_id=event_id, contact_id=contact_id)
            row.said, row.said_at, row.account_id = said, clock.now(), by.account_id
            db.session.add(row)
        if said not in ENOUGH:
            _withdraw(event_id)
        db.session.flush()


def _require_publishable(event_id: int, fields: RecordingFields) -> None:
    record = get_record(event_id)
    if record.recording == NEVER:
        raise Refused(
            "recording.never",
            N_("Participants were told that the event is not recorded. Publish nothing."),
            field="state",
        )
    if not fields.link:
        raise Refused("recording.link", N_("Give the address of the recording."), field="link")
    if missing := names_missing(record):
        raise Refused(
            "recording.consent",
            N_("Not everybody who is in it has said yes: %(who)s."),
            field="state",
            who=", ".join(missing),
        )


def _withdraw(event_id: int) -> None:
    row = db.session.get(Recording, event_id)
    if row is not None and row.state is State.PUBLISHED:
        row.state, row.withdrawn_at = State.WITHDRAWN, clock.now()
        records.raise_version()
        db.session.flush()
