"""What the events room does: plan, edit, publish, postpone, cancel, withdraw; venues, themes, campaigns, words."""

from cag_events.events.services.checklists import tick_task, untick_task
from cag_events.events.services.lifecycle import cancel_event, postpone_event, publish_event, withdraw_event
from cag_events.events.services.moving import move_date
from cag_events.events.services.moving_runs import move_run, undo_move
from cag_events.events.services.passes import Holder, end_pass, holder_of, make_pass
from cag_events.events.services.periods import add_periods, delete_period, save_period
from cag_events.events.services.planning import delete_draft, duplicate_event, edit_event, plan_event
from cag_events.events.services.venues import save_venue
from cag_events.events.services.words import save_campaign, save_kind_words, save_theme

__all__ = [
    "Holder",
    "add_periods",
    "cancel_event",
    "delete_draft",
    "delete_period",
    "duplicate_event",
    "edit_event",
    "end_pass",
    "holder_of",
    "make_pass",
    "move_date",
    "move_run",
    "plan_event",
    "postpone_event",
    "publish_event",
    "save_campaign",
    "save_kind_words",
    "save_period",
    "save_theme",
    "save_venue",
    "tick_task",
    "undo_move",
    "untick_task",
    "withdraw_event",
]
