"""Invented people: their names, what they need, and how each fills in an event's form."""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from cag_events.domain.event import EventRecord, Mode
from cag_events.domain.questions import Answer, asked_of, bounds
from cag_events.registrations.services import NewRegistration

PEOPLE: Final = 700
SAID: Final = (
    {"sv": "I lokaltidningen", "en": "In the local paper"},
    {"sv": "På föreningens webbplats", "en": "On our association's site"},
    {"sv": "I en studenttidning", "en": "In a student magazine"},
)


@dataclass(frozen=True)
class Person:
    """Somebody invented, who may come to several events."""

    number: int
    name: str
    language: str
    segment_at: float  # where in an event's list of segments this person belongs, from 0 to 1
    needs: Mapping[str, str] | None
    diet: Mapping[str, str] | None
    photo: bool

    @property
    def email(self) -> str:
        """An address that never reaches anybody."""
        return f"registrant{self.number:04}@example.org"


def invent(generator: Mapping[str, Any], rng: random.Random) -> Iterator[Person]:
    """Yield people drawn from the lists of the programme file."""
    languages = generator["locale_weights"]
    for number in range(1, PEOPLE + 1):
        yield Person(
            number=number,
            name=f"{rng.choice(generator['first_names'])} {rng.choice(generator['last_names'])}",
            language=rng.choices(list(languages), list(languages.values()))[0],
            segment_at=rng.random(),
            needs=_drawn(generator["needs"], rng),
            diet=_drawn(generator["diets"], rng),
            photo=rng.random() < generator["photo_consent_share"],
        )


def _drawn(rows: Sequence[Mapping[str, Any]], rng: random.Random) -> Mapping[str, str] | None:
    point = rng.random()
    for row in rows:
        point -= row["share"]
        if point < 0:
            names: Mapping[str, str] = row["name"]
            return names
    return None


def form_of(record: EventRecord, person: Person, generator: Mapping[str, Any], rng: random.Random) -> NewRegistration:
    """Return what the person fills in."""
    registration, ask = record.registration, record.registration.ask
    segments = [segment.key for segment in record.segments]
    segment = segments[int(person.segment_at * len(segments))] if segments and "segment" in ask else None
    party = 1
    if registration.group_max and segment == "schools" and rng.random() < 0.2:
        party = rng.randint(6, min(14, registration.group_max))
    elif registration.guests and rng.random() < 0.12:
        party = 2
    modes = [
        mode
        for mode, seats in ((Mode.ONSITE, registration.capacity), (Mode.ONLINE, registration.online_capacity))
        if seats
    ]
    parts = [part.id for part in record.occurrences]
    some = tuple(rng.sample(parts, rng.randint(1, len(parts)))) if registration.per_occurrence else ()
    return NewRegistration(
        name=person.name,
        email=person.email,
        language=person.language,
        party=party,
        mode=rng.choices(modes, [2, 1][: len(modes)])[0] if record.mode is Mode.HYBRID and modes else None,
        occurrences=some,
        segment=segment,
        answers=_answers(record, person, rng) | _own_answers(record, person, segment),
        first_time=rng.random() < generator["first_time_share"] if "first_time" in ask else None,
        consent_photo=person.photo and "photo" in ask,
        consent_contact=rng.random() < 0.3,
    )


def _answers(record: EventRecord, person: Person, rng: random.Random) -> dict[str, Any]:
    ask = record.registration.ask
    answers: dict[str, Any] = {}
    if "needs" in ask and person.needs:
        answers["needs"] = person.needs[person.language]
    if "diet" in ask and person.diet:
        answers["diet"] = person.diet[person.language]
    if "org" in ask:
        answers["organisation"] = rng.choice(("Exempelföreningen", "Demohögskolan", "Testbiblioteket", "Provkommunen"))
    if "id_name" in ask:
        answers["id_name"] = person.name
    roles = [role["key"] for role in record.details.get("roleplay", {}).get("roles", ())]
    if "role_wish" in ask and roles:
        answers["wish"] = rng.sample(roles, min(3, len(roles)))
    return answers


def _own_answers(record: EventRecord, person: Person, segment: str | None) -> dict[str, Any]:
    """Return what the person answers to the event's own questions: nothing sensitive, and the same every time."""
    answers: dict[str, Any] = {}
    for question in record.registration.questions:  # in order, since later ones depend on earlier
        if question.sensitive or question not in asked_of(record.registration.questions, segment, answers):
            continue
        at = random.Random(f"{record.key} {question.key} {person.number}")  # noqa: S311 (the same every time)
        least, most = bounds(question)
        if question.replies:
            one = at.choice(question.replies)
            answers[question.name] = [one] if question.answer is Answer.SEVERAL else one
        elif question.answer is Answer.NUMBER:
            answers[question.name] = at.randint(least, min(most, least + 12))
        elif question.answer is Answer.TEXT and (question.required or at.random() < 0.3):
            answers[question.name] = at.choice(SAID)[person.language if person.language in SAID[0] else "en"]
    return answers
