"""Letters of invitation, as for a visa: who asked for one, and whether it was sent. What it says is kept nowhere."""

from cag_events import clock
from cag_events.conferences.models import LetterWish
from cag_events.db import db, transaction
from cag_events.domain.errors import N_, Refused
from cag_events.domain.seats import LIVE
from cag_events.events.queries import lock_event
from cag_events.permissions import Actor, Permission, require
from cag_events.registrations.queries import get_registration
from cag_events.registrations.services.seats import lock_registration


def ask_for_letter(registration_id: int, *, wants: bool) -> None:
    """Note that a party asks for a letter of invitation, or no longer does. Twice does nothing more.

    Raises NotFound, Refused conference.no_letters where the event offers no travel support.
    """
    with transaction():
        event, registration = lock_registration(registration_id)
        if not event.travel_support or registration.status not in LIVE:
            raise Refused("conference.no_letters", N_("This conference offers no letters of invitation."))
        known = db.session.get(LetterWish, registration.id)
        if wants and known is None:
            db.session.add(LetterWish(registration_id=registration.id, event_id=event.id, asked_at=clock.now()))
        elif not wants and known is not None:
            db.session.delete(known)


def mark_sent(event_id: int, code: str, *, is_sent: bool, by: Actor) -> None:
    """Note that the letter to a party has been sent, or has not. Raises NotFound, NotAllowed."""
    with transaction():
        event = lock_event(event_id)
        require(by, Permission.ATTENDEES_EDIT)
        registration = get_registration(event.id, code)
        wish = db.session.get(LetterWish, registration.id)
        if wish is None:
            wish = LetterWish(registration_id=registration.id, event_id=event.id, asked_at=clock.now())
            db.session.add(wish)
        wish.sent_at = clock.now() if is_sent else None
