"""How many people a change reaches. The registrations room, above this one, knows; the application asks it for us."""

from collections.abc import Callable

from flask import Flask, current_app  # noqa: TID251 (who counts is the application's affair)

_NAME = "cag_count_told"


def init_app(app: Flask, count: Callable[[int], int]) -> None:
    """Say who counts the registrations of an event that get a mail when it changes."""
    app.extensions[_NAME] = count


def count_told(event_id: int) -> int:
    """Return how many registrations of an event are told of a change."""
    count: Callable[[int], int] = current_app.extensions.get(_NAME, _nobody)
    return count(event_id)


def _nobody(_event_id: int) -> int:
    return 0
