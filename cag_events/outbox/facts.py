"""Facts: noted where they happen, followed up at once within the transaction or later by the worker."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flask import current_app  # noqa: TID251 (the reactions belong to the application)
from sqlalchemy import insert

from cag_events import clock
from cag_events.db import db, is_writing
from cag_events.outbox.models import Fact

Reaction = Callable[..., None]
Reactions = Mapping[str, tuple[Reaction, ...]]


def note(name: str, **facts: Any) -> None:
    """Note a fact, in the past tense, with ids only.

    What reacts at once runs now, within the same writing unit; if anything reacts later, a row is kept for the worker.
    """
    if not is_writing():
        raise RuntimeError(f"{name} noted outside transaction()")
    db.session.flush()
    at_once: Reactions = current_app.extensions.get("cag_reactions_at_once", {})
    later: Reactions = current_app.extensions.get("cag_reactions_later", {})
    for reaction in at_once.get(name, ()):
        reaction(**facts)
    if later.get(name):
        now = clock.now()
        db.session.add(Fact(name=name, facts=facts, noted_at=now, due_at=now))
        db.session.flush()


def note_each(name: str, facts: Sequence[Mapping[str, Any]]) -> None:
    """Note the same fact about many things; each is followed up later, in a writing unit of its own."""
    if not is_writing():
        raise RuntimeError(f"{name} noted outside transaction()")
    later: Reactions = current_app.extensions.get("cag_reactions_later", {})
    if facts and later.get(name):
        now = clock.now()
        rows = [{"name": name, "facts": dict(one), "noted_at": now, "due_at": now} for one in facts]
        db.session.execute(insert(Fact), rows)
