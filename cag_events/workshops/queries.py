"""Reads of the workshops room: who has a seat, who applies, what was decided, who still comes."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

import msgspec
from sqlalchemy import func, select

from cag_events.audiences.models import Segment
from cag_events.db import db
from cag_events.domain.balance import Party
from cag_events.domain.coming import Asked, Coming, standing
from cag_events.domain.deciding import Standing
from cag_events.domain.event import EventRecord
from cag_events.domain.seats import Status
from cag_events.kinds import details_of
from cag_events.kinds.workshop import Frame
from cag_events.messages.queries.coming import first_day
from cag_events.registrations.models import Registration
from cag_events.workshops.models import WorkshopDecision

KINDS = frozenset({"workshop"})  # whose details have a frame


def frame_of(record: EventRecord) -> Frame:
    """Return what a workshop needs in order to be held; of a view, as far as its viewer may see it."""
    frame: Frame = details_of(record).workshop
    return frame


def count_people(event_ids: Collection[int]) -> Mapping[int, Mapping[Status, int]]:
    """Return how many people of each status these events have, in one statement."""
    found: dict[int, dict[Status, int]] = defaultdict(dict)
    rows = db.session.execute(
        select(Registration.event_id, Registration.status, func.sum(Registration.party))
        .where(Registration.event_id.in_(event_ids))
        .group_by(Registration.event_id, Registration.status)
    )
    for event_id, status, people in rows:
        found[event_id][status] = int(people)
    return found


def standing_of(record: EventRecord, people: int) -> Standing | None:
    """Return how a workshop stands with so many people; None where nothing is decided about it."""
    frame = frame_of(record)
    day = frame.decide_on(record)
    return Standing(people=people, least=frame.min_people or 0, day=day) if day is not None else None


def find_decision(record: EventRecord) -> WorkshopDecision | None:
    """Return what was decided about the date that an event has now."""
    day = first_day(record)
    return db.session.get(WorkshopDecision, (record.id, day)) if day is not None else None


def list_decided(event_ids: Collection[int]) -> frozenset[tuple[int, date]]:
    """Return of which events and first days it has been decided whether they are held."""
    rows = db.session.execute(
        select(WorkshopDecision.event_id, WorkshopDecision.for_on).where(WorkshopDecision.event_id.in_(event_ids))
    )
    return frozenset((event_id, for_on) for event_id, for_on in rows)


@dataclass(frozen=True, slots=True, kw_only=True)
class Applicant:
    """A registration as those see it who choose; name and words are empty for those who may not read them."""

    registration: Registration
    party: Party
    name: str = ""
    organisation: str = ""
    motivation: str = ""


def list_applicants(event_id: int, statuses: Collection[Status], *, opened: bool) -> list[Applicant]:
    """Return the registrations of an event with these statuses, in the order in which they came.

    `opened`: with what they wrote; otherwise only what is no secret of theirs.
    """
    rows = db.session.execute(
        select(Registration, Segment.key)
        .outerjoin(Segment, Segment.id == Registration.segment_id)
        .where(Registration.event_id == event_id, Registration.status.in_(statuses))
        .order_by(Registration.registered_at, Registration.id)
    )
    return [_applicant(row, segment or "", opened=opened) for row, segment in rows]


def _applicant(row: Registration, segment: str, *, opened: bool) -> Applicant:
    answers = msgspec.json.decode(row.answers) if opened and row.answers else {}
    party = Party(
        key=row.row_id,
        people=row.party,
        segment=segment,
        first_time=row.first_time,
        language=str(answers.get("language") or row.language),
    )
    return Applicant(
        registration=row,
        party=party,
        name=(row.name or row.code) if opened else "",
        organisation=str(answers.get("organisation", "")),
        motivation=str(answers.get("motivation", "")),
    )


def count_coming(applicants: Collection[Applicant], asked: Mapping[int, Asked], day: date) -> Mapping[Coming, int]:
    """Return how many people who have a seat say that they come, are silent, or were not asked."""
    found = dict.fromkeys(Coming, 0)
    for one in applicants:
        found[standing(asked.get(one.registration.id), day)] += one.party.people
    return found
