"""One table: fact → what follows. All side effects on one page.

AT_ONCE runs within the transaction that notes the fact; LATER is done by the worker, at least once.
"""

from flask import Flask

from cag_events.accounts import mail as accounts_mail
from cag_events.events import following, search
from cag_events.feeds import entries
from cag_events.feeds.services import revoke_all
from cag_events.outbox import facts
from cag_events.outbox.facts import Reactions
from cag_events.registrations import mail
from cag_events.registrations.services import promote_changed, promote_waiting

AT_ONCE: Reactions = {
    "event.changed": (search.index, entries.refresh, promote_changed),
    "contact.changed": (following.contact_changed,),
    "partner.changed": (following.partner_changed,),
    "segment.changed": (following.segment_changed,),
    "seats.freed": (promote_waiting,),
    "account.disabled": (revoke_all,),
}
LATER: Reactions = {
    "registration.made": (mail.made,),
    "registration.again": (mail.link_again,),
    "registration.link_asked": (mail.link_asked,),
    "registration.changed": (mail.changed,),
    "registration.withdrawn": (mail.withdrawn,),
    "registration.restored": (mail.restored,),
    "registration.promoted": (mail.promoted,),
    "registration.approved": (mail.approved,),
    "registration.declined": (mail.declined,),
    "registration.invited": (mail.invited,),
    "event.moved": (mail.event_moved,),
    "event.postponed": (mail.event_postponed,),
    "event.cancelled": (mail.event_cancelled,),
    "registration.event_moved": (mail.event_is_moved,),
    "registration.event_postponed": (mail.event_is_postponed,),
    "registration.event_cancelled": (mail.event_is_cancelled,),
    "account.invited": (accounts_mail.invited,),
    "account.reset_asked": (accounts_mail.reset_asked,),
}


def init_app(app: Flask) -> None:
    """Give the application its reactions."""
    facts.init_app(app, AT_ONCE, LATER)
