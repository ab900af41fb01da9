"""The mails of the registrations room: each reacts to a fact, later, and queues at most one message for it."""

from cag_events.registrations.mail.changes import (
    cancelled as event_is_cancelled,
)
from cag_events.registrations.mail.changes import (
    event_cancelled,
    event_moved,
    event_postponed,
)
from cag_events.registrations.mail.changes import (
    moved as event_is_moved,
)
from cag_events.registrations.mail.changes import (
    postponed as event_is_postponed,
)
from cag_events.registrations.mail.invitation import invited
from cag_events.registrations.mail.own import (
    approved,
    changed,
    declined,
    link_again,
    link_asked,
    made,
    promoted,
    restored,
    withdrawn,
)

__all__ = [
    "approved",
    "changed",
    "declined",
    "event_cancelled",
    "event_is_cancelled",
    "event_is_moved",
    "event_is_postponed",
    "event_moved",
    "event_postponed",
    "invited",
    "link_again",
    "link_asked",
    "made",
    "promoted",
    "restored",
    "withdrawn",
]
