"""What is done with a conference's programme: publish a version, choose items, pass on seats, own feeds, letters."""

from cag_events.conferences.services.choosing import Chosen, choose, promote, settle_registration
from cag_events.conferences.services.feeds import end_feed, make_feed, note_body
from cag_events.conferences.services.letters import ask_for_letter, mark_sent
from cag_events.conferences.services.publishing import event_changed, event_published, publish_programme
from cag_events.conferences.services.retention import delete_due, erase

__all__ = [
    "Chosen",
    "ask_for_letter",
    "choose",
    "delete_due",
    "end_feed",
    "erase",
    "event_changed",
    "event_published",
    "make_feed",
    "mark_sent",
    "note_body",
    "promote",
    "publish_programme",
    "settle_registration",
]
