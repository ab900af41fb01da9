"""Reads of the registrations room."""

from cag_events.registrations.queries.invitations import (
    InvitationTerms,
    Invited,
    find_invitation,
    list_invited,
    terms_of,
)
from cag_events.registrations.queries.members import Member, find_successor, list_delegates, members_of
from cag_events.registrations.queries.people import (
    count_by,
    count_told,
    find_by_join_token,
    find_by_token,
    find_segment,
    get_registration,
    list_changes,
    list_registrations,
    list_segments,
    list_walk_ins,
    occurrences_of,
)
from cag_events.registrations.queries.seats import (
    HeldSeats,
    ModeSeats,
    SeatWords,
    list_queue,
    open_parts,
    seat_state,
    seat_states,
    seat_words,
)

__all__ = [
    "HeldSeats",
    "InvitationTerms",
    "Invited",
    "Member",
    "ModeSeats",
    "SeatWords",
    "count_by",
    "count_told",
    "find_by_join_token",
    "find_by_token",
    "find_invitation",
    "find_segment",
    "find_successor",
    "get_registration",
    "list_changes",
    "list_delegates",
    "list_invited",
    "list_queue",
    "list_registrations",
    "list_segments",
    "list_walk_ins",
    "members_of",
    "occurrences_of",
    "open_parts",
    "seat_state",
    "seat_states",
    "seat_words",
    "terms_of",
]
