"""A circle as it stands: its meetings, who came, its terms. Names are opened apart, for those who may see them."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select

from cag_events.db import db
from cag_events.domain import when
from cag_events.domain.event import EventRecord, OccurrenceRecord
from cag_events.domain.lifecycle import Status as EventStatus
from cag_events.domain.names import short_name
from cag_events.domain.seats import Status
from cag_events.domain.study_hours import (
    Circle,
    Lack,
    Meeting,
    Meter,
    Party,
    Terms,
    hours_by,
    joined_at,
    lack_of,
    measure,
    out_of_reach,
    terms_for,
)
from cag_events.kinds import details_of
from cag_events.kinds.study_session import Study
from cag_events.registrations.models import Registration, RegistrationOccurrence, WalkIn
from cag_events.studies.models import FundingTerms, ReadingFile, StudyAttendance, StudyMeeting
from cag_events.studies.terms import as_terms, with_defaults


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingRow:
    """A meeting as pages show it. `minutes`: of study time; `noted`: the leader's, None where it was as planned."""

    number: int
    part: OccurrenceRecord
    minutes: int
    noted: int | None
    hours: int
    taken_at: datetime | None
    participants: int
    guests: int
    is_over: bool
    may_be_taken: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PartyRow:
    """Somebody who takes part. `joined`: the number of their first meeting; `lack`: until they count, as it is now;
    `never`: what they would lack even if they came to all that is left."""

    registration_id: int
    row_id: str
    people: int
    is_coming: bool
    joined: int
    came_to: frozenset[int]
    hours: int
    lack: Lack
    never: Lack

    @property
    def is_counted(self) -> bool:
        """Whether they have come to what the terms ask."""
        return not self.lack


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A circle: its meetings × its people, and how it stands. `terms` and `meter` are None for what is not funded."""

    record: EventRecord
    study: Study
    meetings: tuple[MeetingRow, ...]
    parties: tuple[PartyRow, ...]
    terms: Terms | None
    meter: Meter | None

    @property
    def hours(self) -> int:
        """The study hours of the meetings that are over."""
        return sum(row.hours for row in self.meetings if row.is_over)

    @property
    def hours_planned(self) -> int:
        """The study hours of all meetings, those that are over as they were."""
        return sum(row.hours for row in self.meetings)

    def meeting_now(self, now: datetime) -> MeetingRow | None:
        """The meeting whose attendance is asked for: today's, else the last one that has begun, else the first."""
        begun = [row for row in self.meetings if row.may_be_taken]
        held = [row for row in self.meetings if not row.part.is_cancelled]
        today = when.day_of(now, self.record.tz)
        at_day = [row for row in begun if row.part.starts_wall.date() == today]
        return next(iter((*at_day, *begun[-1:], *held, *self.meetings)), None)


def holding() -> frozenset[int]:
    """Return the events of which it is kept who was marked at a meeting."""
    query = select(Registration.event_id).join(StudyAttendance, StudyAttendance.registration_id == Registration.id)
    return frozenset(db.session.scalars(query.distinct()))


def entered_terms() -> list[FundingTerms]:
    """Return the terms that somebody has entered."""
    order = (FundingTerms.form, FundingTerms.association, FundingTerms.valid_from.desc())
    return list(db.session.scalars(select(FundingTerms).order_by(*order)))


def every_terms() -> tuple[Terms, ...]:
    """Return all terms that hold, from whatever day."""
    return with_defaults([as_terms(row) for row in entered_terms()])


def terms_of(record: EventRecord, today: date) -> Terms | None:
    """Return the terms of an event, by its form, its association and the day on which it begins."""
    return _terms(record, details_of(record).study, today, every_terms())


def _terms(record: EventRecord, study: Study, today: date, every: Sequence[Terms]) -> Terms | None:
    first = when.day_of(record.starts_at, record.tz) if record.starts_at else today
    return terms_for(every, study.form, study.association, first)


def sheet_of(record: EventRecord, now: datetime) -> Sheet:
    """Return how a circle stands, in a fixed number of statements; no name is opened."""
    return sheets_of([record], now)[record.id]


def sheets_of(records: Sequence[EventRecord], now: datetime) -> dict[int, Sheet]:
    """Return how circles stand, by the event's id, in a fixed number of statements."""
    ids = [record.id for record in records]
    came: dict[int, set[int]] = defaultdict(set)
    arrived = select(RegistrationOccurrence.registration_id, RegistrationOccurrence.occurrence_id).join(Registration)
    for registration_id, occurrence_id in db.session.execute(
        arrived.where(Registration.event_id.in_(ids), RegistrationOccurrence.checked_in_at.is_not(None))
    ):
        came[registration_id].add(occurrence_id)
    parties: dict[int, list[Registration]] = defaultdict(list)
    rows = select(Registration).where(Registration.event_id.in_(ids))
    for row in db.session.scalars(rows.order_by(Registration.joined_at, Registration.id)):
        if row.status is Status.CONFIRMED or came.get(row.id):
            parties[row.event_id].append(row)
    notes = db.session.scalars(select(StudyMeeting).where(StudyMeeting.event_id.in_(ids)))
    stored = _Stored(
        parties=parties,
        came={one: frozenset(meetings) for one, meetings in came.items()},
        notes={row.occurrence_id: row for row in notes},
        guests=_guests(ids),
        terms=every_terms() if ids else (),
        now=now,
    )
    return {record.id: _sheet(record, stored) for record in records}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stored:
    """What is stored of some circles: registrations by event, the rest by registration or occurrence."""

    parties: Mapping[int, list[Registration]]
    came: Mapping[int, frozenset[int]]
    notes: Mapping[int, StudyMeeting]
    guests: Mapping[int, int]
    terms: Sequence[Terms]
    now: datetime


def _guests(event_ids: Sequence[int]) -> dict[int, int]:
    rows = select(WalkIn.occurrence_id, func.sum(WalkIn.people)).where(WalkIn.event_id.in_(event_ids))
    return {one: int(people) for one, people in db.session.execute(rows.group_by(WalkIn.occurrence_id))}


def _sheet(record: EventRecord, stored: _Stored) -> Sheet:
    details, today = details_of(record), when.day_of(stored.now, record.tz)
    study = details.study
    meetings = tuple(
        _meeting(record, part, minutes, stored)
        for part, minutes in zip(record.occurrences, details.planned(record), strict=True)
    )
    circle = Circle(
        meetings=meetings,
        parties=tuple(_party(row, record, stored) for row in stored.parties.get(record.id, ())),
        has_leader=bool(study.leader),
        hours_limit=study.study_hours_per_meeting,
        lowest_age=max(study.min_age or 0, record.min_age or 0),
    )
    terms = _terms(record, study, today, stored.terms)
    hours = hours_by(circle, terms)
    return Sheet(
        record=record,
        study=study,
        meetings=tuple(_meeting_rows(record, circle, hours, stored)),
        parties=tuple(
            _party_row(row, party, circle, terms or Terms(form=study.form, valid_from=today), hours, record.tz)
            for row, party in zip(stored.parties.get(record.id, ()), circle.parties, strict=True)
        ),
        terms=terms,
        meter=measure(circle, terms) if terms else None,
    )


def _party(row: Registration, record: EventRecord, stored: _Stored) -> Party:
    return Party(
        id=row.id,
        people=row.party,
        came_to=stored.came.get(row.id, frozenset()),
        is_coming=row.status is Status.CONFIRMED and record.status is not EventStatus.CANCELLED,
    )


def _party_row(  # noqa: PLR0917 (all of it is one person's row)
    row: Registration, party: Party, circle: Circle, terms: Terms, hours: Mapping[int, int], tz: str
) -> PartyRow:
    return PartyRow(
        registration_id=row.id,
        row_id=row.row_id,
        people=row.party,
        is_coming=party.is_coming,
        joined=joined_at(circle.meetings, when.day_of(row.confirmed_at or row.joined_at, tz)),
        came_to=party.came_to,
        hours=sum(hours.get(one, 0) for one in party.came_to),
        lack=lack_of(circle, party, terms),
        never=out_of_reach(circle, party, terms),
    )


def _meeting(record: EventRecord, part: OccurrenceRecord, planned: int, stored: _Stored) -> Meeting:
    """A meeting as it is counted: as noted, else as planned; after a cancellation there are none."""
    note, day = stored.notes.get(part.id), part.starts_wall.date()
    is_taken = note is not None and note.taken_at is not None
    minutes = note.minutes if note is not None and note.minutes is not None else planned
    off = record.cancelled_on
    is_off = part.is_cancelled or (record.status is EventStatus.CANCELLED and (off is None or day >= off))
    if is_off and not is_taken:
        minutes = 0
    return Meeting(id=part.id, day=day, minutes=minutes, is_over=is_taken or part.ends_at <= stored.now)


def _meeting_rows(
    record: EventRecord, circle: Circle, hours: Mapping[int, int], stored: _Stored
) -> Iterator[MeetingRow]:
    today = when.day_of(stored.now, record.tz)
    for number, (part, meeting) in enumerate(zip(record.occurrences, circle.meetings, strict=True), start=1):
        note = stored.notes.get(part.id)
        people = sum(party.people for party in circle.parties if part.id in party.came_to)
        yield MeetingRow(
            number=number,
            part=part,
            minutes=meeting.minutes,
            noted=note.minutes if note else None,
            hours=hours[part.id],
            taken_at=note.taken_at if note else None,
            participants=note.participants if note and note.participants is not None else people,
            guests=stored.guests.get(part.id, 0),
            is_over=meeting.is_over,
            may_be_taken=meeting.day <= today and (not part.is_cancelled or bool(note and note.taken_at)),
        )


def open_names(registration_ids: Sequence[int]) -> dict[int, str]:
    """Return names by registration; empty where the name has been deleted. For those who may see attendees alone."""
    rows = db.session.scalars(select(Registration).where(Registration.id.in_(registration_ids)))
    return {row.id: row.name or "" for row in rows}


def short_names(names: Mapping[int, str]) -> dict[int, str]:
    """Return first names with an initial, as a leader sees them; as many letters more as tell two people apart."""
    short = {one: short_name(name, 1) for one, name in names.items()}
    for letters in (2, 3):
        often = Counter(short.values())
        short = {one: short_name(names[one], letters) if often[text] > 1 else text for one, text in short.items()}
    seen: Counter[str] = Counter()
    often = Counter(short.values())
    for one, text in short.items():
        if often[text] > 1:
            seen[text] += 1
            short[one] = f"{text} ({seen[text]})"
    return short


def list_files(event_id: int) -> list[ReadingFile]:
    """Return the files among an event's readings; their content is read apart."""
    query = select(ReadingFile).where(ReadingFile.event_id == event_id)
    return list(db.session.scalars(query.order_by(ReadingFile.name)))


def find_file(event_id: int, name: str) -> ReadingFile | None:
    """Return a file of an event by its name."""
    query = select(ReadingFile).where(ReadingFile.event_id == event_id, ReadingFile.name == name)
    return db.session.scalar(query)
