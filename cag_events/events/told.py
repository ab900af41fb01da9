"""Whom a change reaches, and when. Rooms above this one know; the application asks them for us."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from flask import Flask, current_app  # noqa: TID251 (who counts is the application's affair)

_NAME = "cag_count_told"
_HELD = "cag_find_held"


@dataclass(frozen=True, slots=True)
class Held:
    """Mails about a change of an event that wait: when they go, to how many registrations."""

    due_at: datetime
    people: int


def init_app(app: Flask, count: Callable[[int], int], held: Callable[[int], Held | None]) -> None:
    """Say who counts the registrations of an event that get a mail when it changes, and who holds these mails."""
    app.extensions[_NAME], app.extensions[_HELD] = count, held


def count_told(event_id: int) -> int:
    """Return how many registrations of an event are told of a change."""
    count: Callable[[int], int] = current_app.extensions.get(_NAME, _nobody)
    return count(event_id)


def find_held(event_id: int) -> Held | None:
    """Return the mails about a change of an event that wait."""
    find: Callable[[int], Held | None] = current_app.extensions.get(_HELD, _nothing)
    return find(event_id)


def _nobody(_event_id: int) -> int:
    return 0


def _nothing(_event_id: int) -> None:
    return None
