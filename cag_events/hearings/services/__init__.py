"""What people do in the hearings room; each service is one writing unit."""

from cag_events.hearings.services.commitments import NewCommitment, delete_commitment, save_commitment
from cag_events.hearings.services.reading import note_read, note_taken
from cag_events.hearings.services.record import publish_record, save_record, withdraw_record
from cag_events.hearings.services.speaking import Wish, ask, chair, decide, leave, move, set_consent, withdraw_slot
from cag_events.hearings.services.submissions import (
    Change,
    NewSubmission,
    change_submission,
    clear_submission,
    narrow_submission,
    submit,
    withdraw_submission,
)

__all__ = [
    "Change",
    "NewCommitment",
    "NewSubmission",
    "Wish",
    "ask",
    "chair",
    "change_submission",
    "clear_submission",
    "decide",
    "delete_commitment",
    "leave",
    "move",
    "narrow_submission",
    "note_read",
    "note_taken",
    "publish_record",
    "save_commitment",
    "save_record",
    "set_consent",
    "submit",
    "withdraw_record",
    "withdraw_slot",
    "withdraw_submission",
]
