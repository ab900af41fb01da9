"""Whom a change reaches, and when. Rooms above this one know; the application asks them for us."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from flask import Flask, current_app  # noqa: TID251 (who counts is the application's affair)

_NAME = "cag_count_told"
_HELD = "cag_find_held"
_HELD_AT = "cag_find_held_at"


@dataclass(frozen=True, slots=True)
class Held:
    """Mails about a change of an event that wait: when they go, to how many registrations."""

    due_at: datetime
    people: int


@dataclass(frozen=True, slots=True)
class HeldAt:
    """Mails that wait because a venue is another place: when the last go, to how many registrations, of how many."""

    due_at: datetime
    people: int
    events: int


def init_app(
    app: Flask,
    count: Callable[[int], int],
    held: Callable[[int], Held | None],
    held_at: Callable[[int], HeldAt | None],
) -> None:
    """Say who counts the registrations of an event that get a mail when it changes, and who holds these mails."""
    app.extensions[_NAME], app.extensions[_HELD], app.extensions[_HELD_AT] = count, held, held_at


def count_told(event_id: int) -> int:
    """Return how many registrations of an event are told of a change."""
    count: Callable[[int], int] = current_app.extensions.get(_NAME, _nobody)
    return count(event_id)


def find_held(event_id: int) -> Held | None:
    """Return the mails about a change of an event that wait."""
    find: Callable[[int], Held | None] = current_app.extensions.get(_HELD, _nothing)
    return find(event_id)


def find_held_at(venue_id: int) -> HeldAt | None:
    """Return the mails that wait because a venue is another place."""
    find: Callable[[int], HeldAt | None] = current_app.extensions.get(_HELD_AT, _nothing)
    return find(venue_id)


def _nobody(_event_id: int) -> int:
    return 0


def _nothing(_event_id: int) -> None:
    return None
