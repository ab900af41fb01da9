"""What happened at the talks of the demo: heads counted, questions, recordings on their way, clicks into rooms."""

import random
from datetime import timedelta

from sqlalchemy import select

from cag_events import clock
from cag_events.db import db
from cag_events.domain.event import EventRecord
from cag_events.domain.recordings import Consent, State
from cag_events.domain.seats import Status
from cag_events.events import records
from cag_events.events.models import Event
from cag_events.events.queries import find_record, get_record
from cag_events.permissions import SYSTEM
from cag_events.registrations.models import Registration, RegistrationOccurrence
from cag_events.talks import services
from cag_events.talks.models import Mark
from cag_events.talks.queries import list_questions
from cag_events.talks.services import NewQuestion, RecordingFields

HEADS = {
    "rummet-krymper": {"students": 66, "academia": 9, "public": 12, "civil-society": 5},
    "film-panora": {"public": 48, "students": 20, "culture": 3},
    "klimat-umea": {"public": 29, "students": 11, "": 4},
}  # event → segment → people in the room
QUESTIONS = {
    "vald-ar-inte-tradition": (
        ("sv", "Vad hände med lagförslaget om skyddsboenden?", "Lagen", Mark.CHOSEN),
        ("en", "How do you reach villages where nobody uses a smartphone?", "", Mark.NEW),
        ("sv", "Hur kan en skola här samarbeta med en skola i Bisjkek?", "", Mark.NEW),
        ("ru", "Как изменилось отношение полиции за последние годы?", "Lagen", Mark.NEW),
    ),
    "mr-dagen-webb": (("sv", "Vilket löfte från politikerna är lättast att följa upp?", "", Mark.NEW),),
}
ONLINE = ("torkans-ar", "kvinnor-ferganadalen", "lararwebb")  # over, and entered through the join page
SHARE = 0.92  # of those who were there


def fill(rng: random.Random) -> None:
    """Fill in what people did before, at and after the talks; within the writing unit of the demo."""
    for key, people in HEADS.items():
        if (record := find_record(key)) is not None and record.ends_at is not None and record.ends_at <= clock.now():
            with clock.fixed(record.ends_at - timedelta(minutes=20)):
                services.set_heads(record.id, record.occurrences[0].id, people, by=SYSTEM)
    _announce(("rummet-krymper", "kvinnororelsen-uppsala", "vald-ar-inte-tradition"))
    for key, asked in QUESTIONS.items():
        if (record := find_record(key)) is not None:
            _ask(record, asked)
    for key in ONLINE:
        if (record := find_record(key)) is not None:
            _click(record, rng)
    _record("torkans-ar", State.PUBLISHED, "https://video.example.org/torkans-ar", Consent.YES)
    _record("lararwebb", State.EDITING, "https://video.example.org/lararwebb", Consent.ASKED)


def _announce(keys: tuple[str, ...]) -> None:
    """Let cultural programmes have been on the site when their registration opened, as they were."""
    events = list(db.session.scalars(select(Event).where(Event.key.in_(keys))))
    for event in events:
        opened = get_record(event.id).registration.opens_at
        event.published_at = min(filter(None, (event.published_at, opened)), default=None)
    records.refresh([event.id for event in events], announce=False)


def _ask(record: EventRecord, asked: tuple[tuple[str, str, str, Mark], ...]) -> None:
    assert record.starts_at is not None
    with clock.fixed(min(clock.now(), record.starts_at - timedelta(days=2))):
        for number, (language, text, _topic, _mark) in enumerate(asked):
            services.ask(record.id, NewQuestion(text=text, language=language, form_key=f"{record.key}-{number}"))
    sorting = {text: (topic, mark) for _language, text, topic, mark in asked}
    for one in list_questions(record.id):
        topic, mark = sorting[one.text or ""]
        services.sort_question(record.id, one.row_id, mark, topic, by=SYSTEM)


def _click(record: EventRecord, rng: random.Random) -> None:
    rows = db.session.execute(
        select(RegistrationOccurrence.registration_id, RegistrationOccurrence.occurrence_id)
        .join(Registration, Registration.id == RegistrationOccurrence.registration_id)
        .where(
            Registration.event_id == record.id,
            Registration.status == Status.CONFIRMED,
            RegistrationOccurrence.checked_in_at.is_not(None),
        )
        .order_by(RegistrationOccurrence.registration_id)
    ).all()
    for row in rows:
        if rng.random() < SHARE and record.starts_at is not None:
            with clock.fixed(record.starts_at + timedelta(minutes=rng.randint(-10, 10))):
                services.click(row.registration_id, row.occurrence_id)


def _record(key: str, state: State, link: str, said: Consent) -> None:
    record = find_record(key)
    if record is None:
        return
    first, *others = record.people
    services.write_consent(record.id, first.key, Consent.YES, by=SYSTEM)
    for person in others:
        services.write_consent(record.id, person.key, said, by=SYSTEM)
    fields = RecordingFields(
        state=state, link=link, minutes=62, languages=record.languages, captions=record.languages, has_transcript=False
    )
    services.save_recording(record.id, fields, by=SYSTEM)
