"""Takes questions that are sent in beforehand, and sorts them."""

from dataclasses import dataclass

from sqlalchemy import func, select

from cag_events import clock, keyring
from cag_events.db import db, transaction
from cag_events.domain.errors import N_, NotFound, Refused
from cag_events.domain.event import EventRecord, Safety
from cag_events.events.queries import get_record, lock_event
from cag_events.events.services import holder_of
from cag_events.permissions import Actor, Permission, require
from cag_events.registrations.services.seats import require_key
from cag_events.talks.models import AudienceQuestion, Mark
from cag_events.talks.queries import MODERATOR, question_state

LONGEST = 500  # characters
MOST = 500  # questions of one event
MOST_OWN = 10  # of one registration
TOPIC = 60


@dataclass(frozen=True, kw_only=True)
class NewQuestion:
    """A question as it was typed. `name`: to be read out, empty if not; `form_key`: of this rendering of the form."""

    text: str
    name: str = ""
    language: str
    form_key: str


def ask(event_id: int, new: NewQuestion, *, registration_id: int | None = None) -> None:
    """Take a question; the same form sent twice is one. At a guarded event no name is kept.

    Raises NotFound, Refused question.closed, .empty, .long, .many.
    """
    text = new.text.strip()
    if not text:
        raise Refused("question.empty", N_("Write your question."), field="text")
    if len(text) > LONGEST:
        raise Refused("question.long", N_("At most %(most)s characters, please."), field="text", most=LONGEST)
    record = get_record(event_id)
    _require_open(record)
    key = keyring.blind_index(f"{event_id} {new.form_key}", "audience-question")
    question = AudienceQuestion(
        event_id=event_id,
        registration_id=registration_id,
        text=text,
        name=_name(new.name, record),
        language=new.language,
        mark=Mark.NEW,
        topic="",
        asked_at=clock.now(),
        form_key=key,
    )
    with transaction():
        event = lock_event(event_id)
        _require_open(get_record(event_id))
        if db.session.scalar(select(AudienceQuestion.id).where(AudienceQuestion.form_key == key)):
            return
        _require_room(event_id, registration_id)
        require_key(event)
        db.session.add(question)
        db.session.flush()


def sort_question(event_id: int, row_id: str, mark: Mark, topic: str | None = None, *, by: Actor) -> None:
    """Choose, hide or put aside a question, and say with which others it belongs. Raises NotFound, NotAllowed."""
    require(by, Permission.ATTENDEES_EDIT)
    _sort(event_id, row_id, mark, topic)


def sort_question_by_link(token: str, row_id: str, mark: Mark) -> None:
    """Do the same as the moderator, who came by a link; what the team has hidden stays hidden. Raises NotFound."""
    _sort(holder_of(token, MODERATOR).record.id, row_id, mark, None, sees_hidden=False)


def _sort(event_id: int, row_id: str, mark: Mark, topic: str | None, *, sees_hidden: bool = True) -> None:
    with transaction():
        lock_event(event_id)
        row = db.session.scalar(
            select(AudienceQuestion).where(AudienceQuestion.event_id == event_id, AudienceQuestion.row_id == row_id)
        )
        if row is None or (row.mark is Mark.HIDDEN and not sees_hidden):
            raise NotFound(row_id)
        row.mark = mark
        if topic is not None:
            row.topic = topic.strip()[:TOPIC]
        db.session.flush()


def _require_open(record: EventRecord) -> None:
    if not question_state(record, clock.now()).is_open:
        raise Refused("question.closed", N_("Questions are no longer taken beforehand. Ask when you are there!"))


def _name(name: str, record: EventRecord) -> str | None:
    return None if record.safety is Safety.GUARDED else name.strip()[:100] or None


def _require_room(event_id: int, registration_id: int | None) -> None:
    """Raise Refused question.many where an event, or somebody, has asked all that can be read."""
    count = select(func.count(AudienceQuestion.id)).where(AudienceQuestion.event_id == event_id)
    own = count.where(AudienceQuestion.registration_id == registration_id)
    is_full = (db.session.scalar(count) or 0) >= MOST
    if is_full or (registration_id is not None and (db.session.scalar(own) or 0) >= MOST_OWN):
        raise Refused("question.many", N_("There are so many questions already that we take no more."))
