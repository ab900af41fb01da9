"""Who stands on a list: one row a person, opened here and printed nowhere else; counts without names."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

import msgspec
from sqlalchemy import select

from cag_events.audiences.models import Segment
from cag_events.db import db
from cag_events.domain.event import EventRecord, Mode, Safety
from cag_events.domain.kitchen import Counted, count_wishes, without_names
from cag_events.domain.seats import WAITING, Slot, Status
from cag_events.registrations.models import PartyMember, Registration, RegistrationOccurrence
from cag_events.registrations.queries import list_registrations, occurrences_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody of a party. `position` 1 is the contact; a name is empty where nobody has told it."""

    code: str
    position: int
    party: int
    name: str
    organisation: str = ""
    mode: Mode
    is_alias: bool = False
    id_name: str = ""
    contact: str = ""  # the party's contact, for those without a name of their own

    @property
    def key(self) -> str:
        """The reference, with the position where it is not the contact's."""
        return self.code if self.position == 1 else f"{self.code}-{self.position}"


@dataclass(frozen=True, slots=True)
class Part:
    """People by segment key in one slot, and of parties that wait."""

    seated: Mapping[str, int]
    waiting: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """What a day's kitchen and room have to know. `occurrence_id` None: all days together."""

    occurrence_id: int | None
    people: int
    parties: int
    diets: tuple[Counted, ...]
    needs: tuple[Counted, ...]


def list_seated(
    event_id: int, *, occurrence_id: int | None = None, mode: Mode | None = None, codes: Collection[str] | None = None
) -> list[Person]:
    """Return everybody who has a seat, party by party in the order in which they came."""
    rows = [row for row in list_registrations(event_id, statuses=[Status.CONFIRMED]) if not row.is_removed]
    if mode is not None:
        rows = [row for row in rows if row.mode is mode]
    if codes is not None:
        rows = [row for row in rows if row.code in codes]
    if occurrence_id is not None:
        coming = occurrences_of([row.id for row in rows])
        rows = [row for row in rows if occurrence_id in coming[row.id]]
    return people_of(rows)


def people_of(rows: Sequence[Registration]) -> list[Person]:
    """Return the people of parties: the contact and those who come along, named or not."""
    members = names_of_members([row.id for row in rows])
    return [person for row in rows for person in _party(row, members.get(row.id, {}))]


def names_of_members(registration_ids: Collection[int]) -> dict[int, dict[int, str]]:
    """Return the names of those who come along, by registration and position from 2."""
    found: dict[int, dict[int, str]] = defaultdict(dict)
    for row in db.session.scalars(select(PartyMember).where(PartyMember.registration_id.in_(registration_ids))):
        found[row.registration_id][row.position] = row.name or ""
    return found


def _party(row: Registration, members: Mapping[int, str]) -> Iterable[Person]:
    answers = msgspec.json.decode(row.answers) if row.answers else {}
    name, organisation = row.name or "", str(answers.get("organisation") or "")
    for position in range(1, row.party + 1):
        is_contact = position == 1
        own = name if is_contact else members.get(position, "")
        yield Person(
            code=row.code,
            position=position,
            party=row.party,
            name=own,
            organisation=organisation,
            mode=row.mode,
            is_alias=is_contact and row.alias_code is not None,
            id_name=str(answers.get("id_name") or "") if is_contact else own,
            contact=name,
        )


def count_parts(event_id: int) -> dict[Slot, Part]:
    """Return by slot how many people of each segment have a seat, and how many wait; no name is opened."""
    rows = db.session.execute(
        select(
            RegistrationOccurrence.occurrence_id,
            Registration.mode,
            Registration.status,
            Registration.party,
            Segment.key,
        )
        .join(Registration, Registration.id == RegistrationOccurrence.registration_id)
        .outerjoin(Segment, Segment.id == Registration.segment_id)
        .where(Registration.event_id == event_id, Registration.status.in_({Status.CONFIRMED, *WAITING}))
    )
    seated: dict[Slot, Counter[str]] = defaultdict(Counter)
    waiting: dict[Slot, Counter[str]] = defaultdict(Counter)
    for row in rows:
        counted = seated if row.status is Status.CONFIRMED else waiting
        counted[Slot(row.occurrence_id, row.mode)][row.key or ""] += row.party
    return {slot: Part(seated[slot], waiting[slot]) for slot in {*seated, *waiting}}


def kitchen_of(record: EventRecord) -> list[Day]:
    """Return what is wished of food and rooms by those who come on site, day by day and without names.

    Of a guarded event all days together, each wish once: who comes cannot be found by what is eaten.
    """
    rows = [
        row
        for row in list_registrations(record.id, statuses=[Status.CONFIRMED])
        if row.mode is Mode.ONSITE and not row.is_removed
    ]
    members = _members_with_needs([row.id for row in rows])
    told = {row.id: _wishes(row, members.get(row.id, [])) for row in rows}
    if record.safety is Safety.GUARDED:
        return [_words_only(_day(None, rows, told))]
    coming = occurrences_of([row.id for row in rows])
    return [_day(one.id, [row for row in rows if one.id in coming[row.id]], told) for one in record.living]


Wishes = tuple[str, tuple[str, ...]]


def _members_with_needs(registration_ids: Collection[int]) -> dict[int, list[tuple[str, str]]]:
    found: dict[int, list[tuple[str, str]]] = defaultdict(list)
    for row in db.session.scalars(select(PartyMember).where(PartyMember.registration_id.in_(registration_ids))):
        found[row.registration_id].append((row.name or "", row.needs or ""))
    return found


def _wishes(row: Registration, members: Sequence[tuple[str, str]]) -> Wishes:
    """What a party wrote about food, and about rooms, without the party's names."""
    answers = msgspec.json.decode(row.answers) if row.answers else {}
    names = [row.name or "", str(answers.get("id_name") or ""), *(name for name, _needs in members)]
    needs = [str(answers.get("needs") or ""), *(needs for _name, needs in members)]
    return (
        without_names(str(answers.get("diet") or ""), names),
        tuple(without_names(text, names) for text in needs if text),
    )


def _day(occurrence_id: int | None, rows: Sequence[Registration], told: Mapping[int, Wishes]) -> Day:
    return Day(
        occurrence_id=occurrence_id,
        people=sum(row.party for row in rows),
        parties=len(rows),
        diets=tuple(count_wishes(told[row.id][0] for row in rows)),
        needs=tuple(count_wishes(text for row in rows for text in told[row.id][1])),
    )


def _words_only(day: Day) -> Day:
    def alone(counted: Iterable[Counted]) -> tuple[Counted, ...]:
        return tuple(Counted(text, 0) for text in sorted((one.text for one in counted), key=str.casefold))

    return Day(
        occurrence_id=None,
        people=day.people,
        parties=day.parties,
        diets=alone(day.diets),
        needs=alone(day.needs),
    )
