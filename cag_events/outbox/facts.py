"""Facts: noted where they happen, followed up at once within the transaction or later by the worker."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from flask import Flask, current_app  # noqa: TID251 (the reactions belong to the application)
from sqlalchemy import insert

from cag_events import clock
from cag_events.db import db, is_writing
from cag_events.outbox.models import Fact

Reaction = Callable[..., None]
R = TypeVar("R", bound=Reaction)
Reactions = Mapping[str, tuple[Reaction, ...]]
_NAME = "cag_reactions"
_SLOW = "cag_slow"
_KEPT = insert(Fact.__table__)  # type: ignore[arg-type]  # of a declarative class it is a table


def slow(reaction: R) -> R:
    """Mark what takes so long that the worker does it outside any writing unit; it opens its own, and twice is once."""
    setattr(reaction, _SLOW, True)
    return reaction


def is_slow(reaction: Reaction) -> bool:
    """Tell whether a reaction is done outside the unit in which its fact is marked as followed up."""
    return bool(getattr(reaction, _SLOW, False))


def init_app(app: Flask, at_once: Reactions, later: Reactions) -> None:
    """Say what follows from facts: within the unit that notes them, and done by the worker."""
    app.extensions[_NAME] = at_once, later


def later_to(name: str) -> tuple[Reaction, ...]:
    """Return what the worker does about a fact of this name."""
    later: Reactions = current_app.extensions[_NAME][1]
    return later.get(name, ())


def note(name: str, **facts: Any) -> None:
    """Note a fact, in the past tense, with ids only.

    What reacts at once runs now, within the same writing unit; if anything reacts later, a row is kept for the worker.
    """
    if not is_writing():
        raise RuntimeError(f"{name} noted outside transaction()")
    db.session.flush()
    at_once: Reactions = current_app.extensions[_NAME][0]
    for reaction in at_once.get(name, ()):
        reaction(**facts)
    if later_to(name):
        now = clock.now()
        row = {"name": name, "facts": facts, "noted_at": now, "due_at": now, "attempts": 0, "fault": ""}
        db.session.connection().execute(_KEPT, row)  # past the unit of work: it is noted at each registration


def note_each(name: str, facts: Sequence[Mapping[str, Any]]) -> None:
    """Note the same fact about many things; each is followed up later, in a writing unit of its own."""
    if not is_writing():
        raise RuntimeError(f"{name} noted outside transaction()")
    if facts and later_to(name):
        now = clock.now()
        rows = [{"name": name, "facts": dict(one), "noted_at": now, "due_at": now} for one in facts]
        db.session.execute(insert(Fact), rows)
