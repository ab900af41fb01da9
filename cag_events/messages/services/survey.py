"""Three questions after an event: what is said is counted, and nothing is kept of who said it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from cag_events import clock, keyring
from cag_events.db import db, transaction
from cag_events.domain.errors import N_, NotFound, Refused
from cag_events.domain.reminding import SURVEY_DAYS
from cag_events.events.models import Event
from cag_events.events.queries import lock_event
from cag_events.messages.models import SurveyCount, ThanksSent
from cag_events.registrations.models import Registration

PURPOSE = "thanks"
KNOWLEDGE, ACT, RATING = "knowledge", "act", "rating"
VALUES = {
    KNOWLEDGE: frozenset({"yes", "no"}),
    ACT: frozenset({"yes", "no"}),
    RATING: frozenset({"1", "2", "3", "4", "5"}),
}
ANSWERS = "answers"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Whose questions a link opens: the event, and whether they were answered or are closed."""

    event_id: int
    registration_id: int
    is_answered: bool
    is_closed: bool


def survey_token(row_id: str) -> str:
    """Return the token of somebody's link to the questions: nothing is stored, and it opens nothing else."""
    return f"{row_id}.{keyring.sign(row_id, PURPOSE)}"


def asked_by(token: str) -> Asked:
    """Return what a link to the questions opens. Raises NotFound."""
    row_id, _, signature = token.partition(".")
    if not keyring.is_signed(row_id, signature, PURPOSE):
        raise NotFound("thanks")
    row = db.session.execute(
        select(ThanksSent.event_id, ThanksSent.registration_id, ThanksSent.is_answered, Event.ends_at)
        .join(Registration, Registration.id == ThanksSent.registration_id)
        .join(Event, Event.id == ThanksSent.event_id)
        .where(Registration.row_id == row_id, ThanksSent.has_survey)
        .order_by(ThanksSent.is_answered.desc())
        .limit(1)
    ).first()
    if row is None:
        raise NotFound("thanks")
    return Asked(
        event_id=row.event_id,
        registration_id=row.registration_id,
        is_answered=row.is_answered,
        is_closed=_is_closed(row.ends_at, clock.now()),
    )


def _is_closed(ends_at: datetime | None, now: datetime) -> bool:
    return ends_at is None or now >= ends_at + timedelta(days=SURVEY_DAYS)


def answer_survey(token: str, said: dict[str, str]) -> None:
    """Count what somebody says, once; a question may be left out.

    Raises NotFound, Refused survey.answered, survey.closed, survey.empty, survey.value.
    """
    with transaction():
        asked = asked_by(token)
        lock_event(asked.event_id)
        asked = asked_by(token)
        if asked.is_answered:
            raise Refused("survey.answered", N_("You have answered already. Thank you!"))
        if asked.is_closed:
            raise Refused("survey.closed", N_("The questions are closed: the event was more than a month ago."))
        given = {question: value for question, value in said.items() if value}
        if not given:
            raise Refused("survey.empty", N_("Answer at least one question."))
        if any(question not in VALUES or value not in VALUES[question] for question, value in given.items()):
            raise Refused("survey.value", N_("Choose one of the answers."))
        for question, value in ((ANSWERS, ""), *given.items()):
            _count(asked.event_id, question, value)
        marks = select(ThanksSent).where(ThanksSent.registration_id == asked.registration_id, ThanksSent.has_survey)
        for mark in db.session.scalars(marks):
            mark.is_answered = True
        db.session.flush()


def _count(event_id: int, question: str, value: str) -> None:
    known = db.session.get(SurveyCount, (event_id, question, value), populate_existing=True)
    if known is None:
        db.session.add(SurveyCount(event_id=event_id, question=question, value=value, number=1))
    else:
        known.number += 1
