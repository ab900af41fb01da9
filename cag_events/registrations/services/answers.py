"""What is kept of the answers to an event's own questions, and when a changed answer wants a new look."""

from collections.abc import Collection, Mapping
from typing import Any, Final

import msgspec

from cag_events import clock
from cag_events.domain.event import RegistrationMode
from cag_events.domain.questions import PREFIX, Question, is_removed, settle
from cag_events.domain.seats import Status
from cag_events.events.models import Event
from cag_events.events.seating import seating_of
from cag_events.registrations.models import Registration

APPROVED: Final = frozenset({Status.CONFIRMED, Status.WAITLISTED, Status.OFFERED})
ALWAYS_DECIDES: Final = frozenset({"motivation"})


def questions_of(event: Event) -> tuple[Question, ...]:
    """Return the questions that an event asks."""
    return seating_of(event)["questions"] if event.questions else ()


def filled(answers: Mapping[str, Any]) -> dict[str, Any]:
    """Return the answers that say something."""
    return {name: value for name, value in answers.items() if value not in ("", None, [], ())}


def written(answers: Mapping[str, Any]) -> str | None:
    """Return answers as a registration keeps them."""
    return msgspec.json.encode(answers).decode() if answers else None


def settled(
    event: Event,
    segment: str | None,
    answers: Mapping[str, Any],
    *,
    before: Mapping[str, Any] | None = None,
    may_skip: bool = False,
) -> dict[str, Any]:
    """Return what is kept of answers: none to questions that are not asked of this person.

    `before`: what was kept so far; answers to questions that the event asks no more stay. Raises Refused question.…
    with the field.
    """
    questions = questions_of(event)
    kept = settle(questions, segment, filled(answers), may_skip=may_skip)
    gone = {name: value for name, value in (before or {}).items() if is_removed(name, questions)}
    return kept | gone


def settle_new(
    event: Event, registration: Registration, segment: str | None, answers: Mapping[str, Any], *, may_skip: bool = False
) -> None:
    """Check the answers of a registration that is made, under the event's lock; drop what was not asked."""
    if not event.questions and not any(name.startswith(PREFIX) for name in answers):
        return
    kept = settled(event, segment, answers, may_skip=may_skip)
    if kept != filled(answers):
        registration.answers = written(kept)


def reopen(event: Event, registration: Registration, fields: Collection[str]) -> bool:
    """Mark an approved party to be looked at again where it changed an answer that decides; tell whether it is.

    It keeps what it has meanwhile: docs/decisions/0023-approval-again.md.
    """
    if event.registration_mode is not RegistrationMode.APPROVAL or registration.status not in APPROVED:
        return False
    deciding = ALWAYS_DECIDES | {question.name for question in questions_of(event) if question.decides}
    if deciding.isdisjoint(fields):
        return False
    registration.reopened_at = clock.now()
    return True
