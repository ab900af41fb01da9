"""The mails of the registrations room: each reacts to a fact, later, and queues at most one message for it."""

from cag_events.registrations.mail.invitation import invitation_reminded, invitation_substituted, invited
from cag_events.registrations.mail.own import (
    accepted,
    approved,
    changed,
    declined,
    lapsed,
    link_again,
    link_asked,
    made,
    moved,
    offer_declined,
    offered,
    promoted,
    restored,
    withdrawn,
)
from cag_events.registrations.mail.people import (
    answered_for,
    helper_added,
    passed_on,
    passing_refused,
    seat_declined,
    seat_offered,
)

__all__ = [
    "accepted",
    "answered_for",
    "approved",
    "changed",
    "declined",
    "helper_added",
    "invitation_reminded",
    "invitation_substituted",
    "invited",
    "lapsed",
    "link_again",
    "link_asked",
    "made",
    "moved",
    "offer_declined",
    "offered",
    "passed_on",
    "passing_refused",
    "promoted",
    "restored",
    "seat_declined",
    "seat_offered",
    "withdrawn",
]
