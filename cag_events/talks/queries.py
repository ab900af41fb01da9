"""Reads what the room keeps of talks: questions, heads, clicks, recordings, terms, licences."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import func, select

from cag_events.audiences.models import Contact, Segment
from cag_events.db import db
from cag_events.domain import when
from cag_events.domain.culture import Check, Held, Terms, check, is_announced, is_open_to_all, terms_on
from cag_events.domain.event import EventRecord, OccurrenceRecord
from cag_events.domain.licences import Standing, Use, standing
from cag_events.domain.lifecycle import SHOWN, Status
from cag_events.domain.recordings import Consent, waiting_for
from cag_events.door.models import HeadCount
from cag_events.events.models import Event
from cag_events.events.queries import list_records
from cag_events.kinds import details_of
from cag_events.kinds.screening import Film, showings_of
from cag_events.talks.models import (
    AudienceQuestion,
    DialIn,
    FilmReport,
    JoinClick,
    Mark,
    ProgrammeTerms,
    Recording,
    RecordingConsent,
)

MODERATOR: Final = "moderator"  # purposes of links
HEADS: Final = "heads"
QUESTION_DAYS: Final = 7  # after the event's last day questions are deleted
MINUTE: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class QuestionState:
    """Whether an event takes questions beforehand, and until when."""

    is_taken: bool
    is_open: bool
    until: datetime | None


def question_state(record: EventRecord, at: datetime) -> QuestionState:
    """Return whether an event takes questions at an instant; a view does as well as the record."""
    details = details_of(record)
    is_taken = bool(getattr(details, "takes_questions", False))
    until = record.starts_at - timedelta(hours=details.question_hours) if is_taken and record.starts_at else None
    is_open = until is not None and record.status is Status.PUBLISHED and at < until
    return QuestionState(is_taken, is_open, until)


def list_questions(event_id: int, marks: Collection[Mark] = tuple(Mark)) -> list[AudienceQuestion]:
    """Return the questions of an event with these marks, those of one topic together, else as they came."""
    query = select(AudienceQuestion).where(AudienceQuestion.event_id == event_id, AudienceQuestion.mark.in_(marks))
    return list(db.session.scalars(query.order_by(AudienceQuestion.topic, AudienceQuestion.id)))


def list_own_questions(registration_id: int) -> list[AudienceQuestion]:
    """Return what somebody has asked by their registration."""
    query = select(AudienceQuestion).where(AudienceQuestion.registration_id == registration_id)
    return list(db.session.scalars(query.order_by(AudienceQuestion.id)))


def count_new_questions(event_ids: Collection[int]) -> dict[int, int]:
    """Return how many questions nobody has sorted, by event."""
    query = (
        select(AudienceQuestion.event_id, func.count())
        .where(AudienceQuestion.event_id.in_(event_ids), AudienceQuestion.mark == Mark.NEW)
        .group_by(AudienceQuestion.event_id)
    )
    return {row[0]: row[1] for row in db.session.execute(query)}


Heads = Mapping[int, Mapping[str, int]]  # occurrence → segment key, "" where it is not said → people


def heads_of(event_ids: Collection[int]) -> Heads:
    """Return the heads counted at the occurrences of events; what nobody has counted is not there."""
    found: dict[int, dict[str, int]] = defaultdict(dict)
    rows = db.session.execute(
        select(HeadCount.occurrence_id, Segment.key, HeadCount.people)
        .outerjoin(Segment, Segment.id == HeadCount.segment_id)
        .where(HeadCount.event_id.in_(event_ids))
    )
    for row in rows:
        key = row.key or ""
        found[row.occurrence_id][key] = found[row.occurrence_id].get(key, 0) + row.people
    return dict(found)


def last_counted(event_id: int) -> Mapping[int, tuple[datetime, str]]:
    """Return when the heads of each occurrence were counted last, and by whom."""
    query = select(HeadCount).where(HeadCount.event_id == event_id).order_by(HeadCount.counted_at)
    return {row.occurrence_id: (row.counted_at, row.counted_by) for row in db.session.scalars(query)}


def count_clicks(occurrence_ids: Collection[int]) -> dict[int, int]:
    """Return how many registrations went into the online room, by occurrence: an estimate of viewers."""
    query = (
        select(JoinClick.occurrence_id, func.count())
        .where(JoinClick.occurrence_id.in_(occurrence_ids))
        .group_by(JoinClick.occurrence_id)
    )
    return {row[0]: row[1] for row in db.session.execute(query)}


def dial_in_of(event_id: int) -> str:
    """Return the telephone number of an online room, opened; empty if there is none."""
    row = db.session.get(DialIn, event_id)
    return (row.number if row is not None else None) or ""


def find_recording(event_id: int) -> Recording | None:
    """Return what is said of an event's recording."""
    return db.session.get(Recording, event_id)


def list_recordings(event_ids: Collection[int]) -> dict[int, Recording]:
    """Return the recordings of events, by event."""
    return {row.event_id: row for row in db.session.scalars(select(Recording).where(Recording.event_id.in_(event_ids)))}


def consents_of(event_ids: Collection[int]) -> dict[int, dict[str, Consent]]:
    """Return what people have said about the recordings of events: event → contact key → consent."""
    found: dict[int, dict[str, Consent]] = defaultdict(dict)
    rows = db.session.execute(
        select(RecordingConsent.event_id, Contact.key, RecordingConsent.said)
        .join(Contact, Contact.id == RecordingConsent.contact_id)
        .where(RecordingConsent.event_id.in_(event_ids))
    )
    for row in rows:
        found[row.event_id][row.key] = row.said
    return dict(found)


def names_missing(record: EventRecord, consents: Mapping[str, Consent] | None = None) -> list[str]:
    """Return the names of those in front whose yes to the recording is missing, for the team."""
    said = consents_of([record.id]).get(record.id, {}) if consents is None else consents
    names = {person.key: person.name for person in record.people}
    return [names[key] for key in waiting_for([person.key for person in record.people], said)]


def list_terms() -> list[ProgrammeTerms]:
    """Return the terms of all associations, the newest first."""
    return list(
        db.session.scalars(
            select(ProgrammeTerms).order_by(ProgrammeTerms.valid_from.desc(), ProgrammeTerms.association)
        )
    )


def every_term() -> list[Terms]:
    """Return the terms of all associations as plain values."""
    return [
        Terms(
            valid_from=row.valid_from,
            association=row.association,
            minutes=row.minutes,
            present=row.present,
            open_to_all=row.open_to_all,
            announced=row.announced,
        )
        for row in list_terms()
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class CultureDate:
    """One date of a cultural programme: what was counted, the terms that count, and what they miss."""

    record: EventRecord
    part: OccurrenceRecord
    held: Held
    association: str
    terms: Terms | None
    checks: tuple[Check, ...]

    @property
    def is_met(self) -> bool:
        """Whether there are terms, and nothing is missing."""
        return self.terms is not None and all(one.is_met for one in self.checks)


def culture_of(record: EventRecord) -> str | None:
    """Return the association with which an event is a cultural programme, None where it is none."""
    association: str | None = getattr(details_of(record), "culture", None)
    return association


def culture_dates(records: Iterable[EventRecord]) -> list[CultureDate]:
    """Return the dates of cultural programmes beside the terms, in order."""
    asked = [(record, association) for record in records if (association := culture_of(record)) is not None]
    every, heads = every_term(), heads_of([record.id for record, _ in asked])
    found = [
        _culture_date(record, part, association, every, heads)
        for record, association in asked
        for part in record.living
    ]
    return sorted(found, key=lambda one: (one.part.starts_at, one.part.id))


def _culture_date(
    record: EventRecord, part: OccurrenceRecord, association: str, every: Sequence[Terms], heads: Heads
) -> CultureDate:
    counted = heads.get(part.id)
    held = Held(
        on=part.starts_wall.date(),
        minutes=int((part.ends_at - part.starts_at) / MINUTE),
        present=sum(counted.values()) if counted is not None else None,
        is_open=is_open_to_all(record),
        is_announced=is_announced(record, part.starts_at),
    )
    terms = terms_on(every, held.on, association)
    return CultureDate(
        record=record,
        part=part,
        held=held,
        association=association,
        terms=terms,
        checks=check(terms, held) if terms is not None else (),
    )


def list_culture(first: date, last: date) -> list[CultureDate]:
    """Return the dates of all cultural programmes that were published, from one day to another."""
    start, end = when.start_of_day(first, when.HOME), when.start_of_day(last + timedelta(days=1), when.HOME)
    records = list_records(Event.status.in_(SHOWN), Event.starts_at < end, Event.ends_at >= start)
    held = [record for record in records if record.status is Status.PUBLISHED]
    return [one for one in culture_dates(held) if first <= one.held.on <= last]


def film_of(record: EventRecord) -> Film | None:
    """Return the film that an event shows, with its licence."""
    film: Any = getattr(details_of(record), "film", None)
    return film if isinstance(film, Film) else None


def showings(record: EventRecord) -> tuple[OccurrenceRecord, ...]:
    """Return the dates on which an event shows its film; all where it shows none."""
    film = film_of(record)
    return showings_of(film, record) if film is not None else record.living


def licence_standing(record: EventRecord) -> Standing | None:
    """Return how an event's licence stands with all that is public under the same one, itself included."""
    film = film_of(record)
    if film is None:
        return None
    records = {record.id: record}
    if film.licence.key:
        others = list_records(Event.kind == record.kind, Event.status.in_(SHOWN), Event.id != record.id)
        records |= {one.id: one for one in others if _counts_with(one, film.licence.key)}
    return standing(_use(one) for one in records.values())


def _counts_with(record: EventRecord, key: str) -> bool:
    film = film_of(record)
    return film is not None and film.licence.key == key and record.status is not Status.CANCELLED


def _use(record: EventRecord) -> Use:
    film = film_of(record)
    assert film is not None
    days = tuple(one.starts_wall.date() for one in showings_of(film, record))
    return Use(event_id=record.id, showings=film.licence.showings, valid_until=film.licence.valid_until, days=days)


def audience_of(record: EventRecord) -> int | None:
    """Return how many people saw the film, all showings together; None until heads were counted at each."""
    counted, shown = heads_of([record.id]), showings(record)
    if not shown or any(one.id not in counted for one in shown):
        return None
    return sum(sum(counted[one.id].values()) for one in shown)


def reports_of(event_ids: Collection[int]) -> dict[int, FilmReport]:
    """Return what was reported of the audiences of events, by event."""
    query = select(FilmReport).where(FilmReport.event_id.in_(event_ids))
    return {row.event_id: row for row in db.session.scalars(query)}
