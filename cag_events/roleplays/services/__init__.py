"""What people do in the roleplays room."""

from cag_events.roleplays.services.briefs import (
    add_facilitator,
    keep_briefs,
    note_look,
    remove_facilitator,
    set_release,
    write_briefs,
)
from cag_events.roleplays.services.debriefing import answer
from cag_events.roleplays.services.groups import join_group, keep_group, leave_group, make_group, set_complete
from cag_events.roleplays.services.players import Wishes, agree, set_age, set_wishes, take_back_agreement
from cag_events.roleplays.services.retention import copy, delete_due, delete_old, erase
from cag_events.roleplays.services.runs import approve, ask_for_run, carry_out, reopen
from cag_events.roleplays.services.seats import fit_seats, keep_apart, let_together, place

__all__ = [
    "Wishes",
    "add_facilitator",
    "agree",
    "answer",
    "approve",
    "ask_for_run",
    "carry_out",
    "copy",
    "delete_due",
    "delete_old",
    "erase",
    "fit_seats",
    "join_group",
    "keep_apart",
    "keep_briefs",
    "keep_group",
    "leave_group",
    "let_together",
    "make_group",
    "note_look",
    "place",
    "remove_facilitator",
    "reopen",
    "set_age",
    "set_complete",
    "set_release",
    "set_wishes",
    "take_back_agreement",
    "write_briefs",
]
