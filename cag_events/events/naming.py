"""Keys of events: readable ones made from the title, random ones where the title must not be guessed."""

import re

from sqlalchemy import select

from cag_events.db import db
from cag_events.domain.errors import N_, Refused
from cag_events.domain.event import Visibility
from cag_events.domain.slugs import first_free, random_key, slug_of
from cag_events.domain.texts import Texts, pick
from cag_events.events.models import Event, EventOldKey

KEY = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
NOT_KEYS = frozenset({"new"})  # addresses of pages beside those of events


def free_key(title: Texts, visibility: Visibility) -> str:
    """Return a key for a new event: random unless it is public, else from the title and not taken, now or before."""
    text = pick(title, "sv").text if visibility is Visibility.PUBLIC else ""
    slug = slug_of(text)
    if not slug:
        return random_key()
    taken = set(db.session.scalars(select(Event.key).where(Event.key.startswith(slug, autoescape=True))))
    taken |= set(db.session.scalars(select(EventOldKey.key).where(EventOldKey.key.startswith(slug, autoescape=True))))
    return first_free(text, taken | NOT_KEYS)


def require_free(key: str, *, event_id: int) -> None:
    """Raise Refused event.key for what cannot be a key, event.key_taken for one that another event has or had."""
    if not KEY.fullmatch(key) or len(key) > 100:
        raise Refused("event.key", N_("Use small letters a–z, digits and hyphens in the address."), field="key")
    holder = db.session.scalar(select(Event.id).where(Event.key == key))
    former = db.session.scalar(select(EventOldKey.event_id).where(EventOldKey.key == key))
    if key in NOT_KEYS or any(owner not in (None, event_id) for owner in (holder, former)):
        raise Refused("event.key_taken", N_("Another event has this address. Choose another."), field="key")
