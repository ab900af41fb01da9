"""Use cases of the registrations room."""

from cag_events.registrations.services.deciding import Decision, approve, decide_several, decline
from cag_events.registrations.services.desk import (
    add,
    check_in,
    count_walk_in,
    undo_check_in,
)
from cag_events.registrations.services.invitations import invite, make_invitation_link, note_reply
from cag_events.registrations.services.links import (
    ask_for_link,
    make_link,
    open_by_code,
    open_of_address,
    revoke_other_links,
)
from cag_events.registrations.services.own import Changed, change, restore, withdraw
from cag_events.registrations.services.proof import add_code, read_addresses, remove_code, set_addresses
from cag_events.registrations.services.queue import accept_offer, decline_offer, lapse_offers, move_up
from cag_events.registrations.services.register import NewRegistration, Registered, register
from cag_events.registrations.services.seats import promote_changed, promote_waiting

__all__ = [
    "Changed",
    "Decision",
    "NewRegistration",
    "Registered",
    "accept_offer",
    "add",
    "add_code",
    "approve",
    "ask_for_link",
    "change",
    "check_in",
    "count_walk_in",
    "decide_several",
    "decline",
    "decline_offer",
    "invite",
    "lapse_offers",
    "make_invitation_link",
    "make_link",
    "move_up",
    "note_reply",
    "open_by_code",
    "open_of_address",
    "promote_changed",
    "promote_waiting",
    "read_addresses",
    "register",
    "remove_code",
    "restore",
    "revoke_other_links",
    "set_addresses",
    "undo_check_in",
    "withdraw",
]
