"""A visitor's own programme as a feed: its secret address is made, replaced and ended."""

from datetime import datetime, timedelta

from sqlalchemy import update

from cag_events import clock, keyring
from cag_events.conferences.models import OwnFeed
from cag_events.conferences.queries import PURPOSE
from cag_events.db import db, transaction
from cag_events.domain.errors import N_, Refused
from cag_events.domain.seats import Status
from cag_events.registrations.services.seats import lock_registration

A_SECOND = timedelta(seconds=1)  # an HTTP date tells no less


def make_feed(registration_id: int) -> str:
    """Give a visitor's programme a new secret address and return its token, which is kept nowhere; older ones end.

    Raises NotFound, Refused conference.no_seat.
    """
    with transaction():
        _event, registration = lock_registration(registration_id)
        if registration.status is not Status.CONFIRMED:
            raise Refused("conference.no_seat", N_("You need a seat at the conference first."))
        _revoke(registration.id)
        token = keyring.new_token()
        db.session.add(
            OwnFeed(
                registration_id=registration.id,
                token_hash=keyring.token_hash(token, PURPOSE),
                created_at=clock.now(),
            )
        )
    return token


def end_feed(registration_id: int) -> None:
    """End a visitor's feed; its address answers 410 from now on. Twice does nothing more."""
    with transaction():
        lock_registration(registration_id)
        _revoke(registration_id)


def _revoke(registration_id: int) -> None:
    db.session.execute(
        update(OwnFeed)
        .where(OwnFeed.registration_id == registration_id, OwnFeed.revoked_at.is_(None))
        .values(revoked_at=clock.now())
    )


def note_body(feed_id: int, digest: bytes) -> datetime:
    """Return when a feed's octets last changed, given what they are now; keeps that, and the day of use."""
    now = clock.now()
    feed = db.session.get_one(OwnFeed, feed_id)
    if feed.body_sha256 == digest and feed.body_changed_at is not None and feed.last_used_on == now.date():
        return feed.body_changed_at
    with transaction():
        feed = db.session.get_one(OwnFeed, feed_id)
        before = feed.body_changed_at
        if feed.body_sha256 != digest or before is None:
            changed = now if before is None else max(now, before.replace(microsecond=0) + A_SECOND)
            feed.body_sha256, feed.body_changed_at = digest, changed
        else:
            changed = before
        feed.last_used_on = now.date()
    return changed
