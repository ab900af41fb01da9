"""Use cases of the door room."""

from cag_events.door.services.actions import Action, Result, take, take_by_link
from cag_events.door.services.links import (
    Door,
    assign,
    beside_token,
    door_of,
    end_link,
    make_link,
    open_assigned,
)

__all__ = [
    "Action",
    "Door",
    "Result",
    "assign",
    "beside_token",
    "door_of",
    "end_link",
    "make_link",
    "open_assigned",
    "take",
    "take_by_link",
]
