"""Use cases of the registrations room."""

from cag_events.registrations.services.desk import (
    add,
    approve,
    check_in,
    count_walk_in,
    decline,
    move_up,
    undo_check_in,
)
from cag_events.registrations.services.invitations import invite, make_invitation_link
from cag_events.registrations.services.links import (
    ask_for_link,
    make_link,
    open_by_code,
    open_of_address,
    revoke_other_links,
)
from cag_events.registrations.services.own import Changed, change, restore, withdraw
from cag_events.registrations.services.register import NewRegistration, Registered, register
from cag_events.registrations.services.seats import promote_changed, promote_waiting

__all__ = [
    "Changed",
    "NewRegistration",
    "Registered",
    "add",
    "approve",
    "ask_for_link",
    "change",
    "check_in",
    "count_walk_in",
    "decline",
    "invite",
    "make_invitation_link",
    "make_link",
    "move_up",
    "open_by_code",
    "open_of_address",
    "promote_changed",
    "promote_waiting",
    "register",
    "restore",
    "revoke_other_links",
    "undo_check_in",
    "withdraw",
]
