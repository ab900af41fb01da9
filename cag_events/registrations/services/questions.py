"""Writes an event's own questions: one at a time, beside whatever else is edited of the event meanwhile."""

from collections.abc import Callable
from dataclasses import replace

from cag_events.db import transaction
from cag_events.domain.errors import N_, Refused
from cag_events.domain.questions import Question, Used, move, put, remove
from cag_events.domain.slugs import first_free
from cag_events.events.drafts import fields_of
from cag_events.events.queries import lock_event
from cag_events.events.services import edit_event
from cag_events.permissions import Actor, Permission, require
from cag_events.registrations.queries.answers import count_answers

LONGEST_KEY = 40
CHANGED = N_("Somebody else has changed this question meanwhile. Open it again before you save.")


def add_question(event_id: int, question: Question, *, by: Actor) -> str:
    """Add a question as the last one; an empty key is made from its words. Returns the key.

    Raises NotAllowed, Refused question.… with the field, event.cancelled. Notes event.changed.
    """
    with transaction():
        used = _used(event_id, by)
        made = question

        def add(questions: tuple[Question, ...]) -> tuple[Question, ...]:
            nonlocal made
            taken = {one.key for one in questions} | used.keys()
            if question.key in {one.key for one in questions}:
                raise Refused("question.twice", N_("Another question has this key already."), field="key")
            made = replace(question, key=question.key or _free_key(question, taken))
            return put(questions, made, used)

        _change(event_id, add, by)
    return made.key


def save_question(event_id: int, before: Question, after: Question, *, by: Actor) -> None:
    """Change a question that was as `before` when it was opened; its key stays.

    Raises NotAllowed, Refused question.… with the field, question.changed where somebody else was quicker. Notes
    event.changed.
    """
    with transaction():
        used = _used(event_id, by)

        def save(questions: tuple[Question, ...]) -> tuple[Question, ...]:
            if before not in questions:
                raise Refused("question.changed", CHANGED)
            return put(questions, replace(after, key=before.key), used)

        _change(event_id, save, by)


def move_question(event_id: int, key: str, step: int, *, by: Actor) -> None:
    """Move a question up (-1) or down (1). Raises NotFound, NotAllowed, Refused question.order. Notes event.changed."""
    with transaction():
        _change(event_id, lambda questions: move(questions, key, step), by)


def remove_question(event_id: int, key: str, *, by: Actor) -> None:
    """Ask a question no more; answers that people gave are kept as sensitive ones until their day.

    Raises NotFound, NotAllowed, Refused question.depended_on. Notes event.changed.
    """
    with transaction():
        _change(event_id, lambda questions: remove(questions, key), by)


def _used(event_id: int, by: Actor) -> dict[str, Used]:
    lock_event(event_id)
    require(by, Permission.EVENT_EDIT)
    return count_answers(event_id)


def _change(event_id: int, change: Callable[[tuple[Question, ...]], tuple[Question, ...]], by: Actor) -> None:
    event = lock_event(event_id)
    require(by, Permission.EVENT_EDIT)
    fields = fields_of(event)
    edit_event(event_id, replace(fields, questions=change(fields.questions)), version=event.version, by=by)


def _free_key(question: Question, taken: set[str]) -> str:
    words = next((text for text in question.label.values() if text), "")
    return first_free(" ".join(words.split()[:4])[:LONGEST_KEY], taken)
