"""Reads of the registrations room."""

from cag_events.registrations.queries.people import (
    count_by,
    count_told,
    find_by_join_token,
    find_by_token,
    find_invitation,
    get_registration,
    list_changes,
    list_registrations,
    list_segments,
    list_walk_ins,
    occurrences_of,
)
from cag_events.registrations.queries.seats import (
    ModeSeats,
    SeatWords,
    list_queue,
    open_parts,
    seat_state,
    seat_states,
    seat_words,
)

__all__ = [
    "ModeSeats",
    "SeatWords",
    "count_by",
    "count_told",
    "find_by_join_token",
    "find_by_token",
    "find_invitation",
    "get_registration",
    "list_changes",
    "list_queue",
    "list_registrations",
    "list_segments",
    "list_walk_ins",
    "occurrences_of",
    "open_parts",
    "seat_state",
    "seat_states",
    "seat_words",
]
