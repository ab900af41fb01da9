"""Publishes a conference's programme: a numbered version that visitors see until the next."""

from collections.abc import Sequence

from cag_events import clock, outbox
from cag_events.conferences.items import settle
from cag_events.conferences.models import ConferenceVersion
from cag_events.conferences.queries import find_version, having_versions, lacking_a_version
from cag_events.conferences.services.choosing import promote
from cag_events.db import db, transaction
from cag_events.domain.errors import N_, Refused
from cag_events.domain.event import EventRecord
from cag_events.domain.lifecycle import SHOWN
from cag_events.domain.programme import changes
from cag_events.domain.texts import Texts
from cag_events.events import gate, records
from cag_events.events.queries import get_record, lock_event
from cag_events.kinds import details_of, write_details
from cag_events.kinds.conference import Conference, settled
from cag_events.permissions import Actor, Permission, require


def publish_programme(event_id: int, note: Texts, *, seen: int, by: Actor) -> int:
    """Publish the programme as the editor holds it, through the gate; returns the version's number.

    `seen`: the newest version that the page showed. Raises NotFound, NotAllowed, Refused conference.not_shown,
    .not_ready, .same, .stale. Notes conference.programme_published.
    """
    with transaction():
        event = lock_event(event_id)
        require(by, Permission.EVENT_PUBLISH)
        if event.status not in SHOWN:
            raise Refused("conference.not_shown", N_("Publish the conference first: its programme goes with it."))
        missing = gate.check_event(event.id).missing
        if missing:
            raise Refused(
                "conference.not_ready",
                N_("The programme cannot be published yet: %(count)s things must be mended."),
                count=len(missing),
            )
        newest = find_version(event.id)
        if newest is not None and newest.number != seen:
            raise Refused(
                "conference.stale", N_("Somebody has published a version in between. Look at what differs now.")
            )
        record = get_record(event.id)
        if newest is not None and not changes(newest.items, settled(details_of(record), record)):
            raise Refused("conference.same", N_("Nothing differs from what visitors see already."))
        number = _add(record, note, by=by)
        _show(event.id, number)
    return number


def event_changed(event_ids: Sequence[int]) -> None:
    """Keep up with changed events: whatever is shown has a first version, calendars know what became of the items."""
    for event_id in lacking_a_version(event_ids):
        record = get_record(event_id)
        if details_of(record).programme:
            _add(record, {})
    settle(event_ids)


def event_published(event_id: int) -> None:
    """Publish the programme with its event: what the gate has just looked at is what visitors see."""
    if not having_versions([event_id]):
        return
    record, newest = get_record(event_id), find_version(event_id)
    details = details_of(record)
    if newest is None or not isinstance(details, Conference) or not changes(newest.items, settled(details, record)):
        return
    _show(event_id, _add(record, {}))


def _add(record: EventRecord, note: Texts, *, by: Actor | None = None) -> int:
    newest = find_version(record.id)
    details: Conference = details_of(record)
    items = write_details(record.kind, Conference(programme=settled(details, record)))["programme"]
    number = newest.number + 1 if newest else 1
    db.session.add(
        ConferenceVersion(
            event_id=record.id,
            number=number,
            published_at=clock.now(),
            note={code: text for code, text in note.items() if text},
            items=items,
            account_id=by.account_id if by else None,
        )
    )
    db.session.flush()
    return number


def _show(event_id: int, number: int) -> None:
    """Let visitors see the newest version, give what seats it adds to those who wait, and tell whom it concerns."""
    records.refresh([event_id])
    outbox.note("conference.programme_published", event_id=event_id, number=number)
    promote(event_id)
