"""The publish gate: what an event must and should have, each with the field of the editor where it is mended.

Only kind, title, when, where and theme are required for all; a kind adds rules of its own; the rest is a checklist.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from flask_babel import gettext
from sqlalchemy import select

from cag_events import clock
from cag_events.db import db
from cag_events.domain.errors import N_
from cag_events.domain.event import EventRecord, Mode, RegistrationMode
from cag_events.domain.plans import Conflict
from cag_events.domain.plans import Kind as Speaks
from cag_events.domain.plans import Level as Weight
from cag_events.domain.registering import capacities
from cag_events.domain.seating import Proof
from cag_events.domain.seats import mode_of
from cag_events.domain.texts import pick
from cag_events.events.conflicts import find_conflicts, plan_of, say
from cag_events.events.extensions import extensions_of
from cag_events.events.models import Event, Room, Venue
from cag_events.events.queries import get_record
from cag_events.kinds import KINDS, Draft, details_of
from cag_events.permissions import SYSTEM

ACCESS_AGE = timedelta(days=730)  # access facts older than this want another look


class Level(StrEnum):
    """How much a finding weighs: without `must` nothing is published, `should` is advice."""

    MUST = "must"
    SHOULD = "should"


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing that an event must or should have. `anchor` is the id of the editor's field; `text` is marked N_()."""

    code: str
    text: str
    anchor: str
    level: Level = Level.SHOULD
    is_done: bool = False
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Gate:
    """All that was looked at, done or not."""

    findings: tuple[Finding, ...]

    @property
    def missing(self) -> tuple[Finding, ...]:
        """What must be there and is not."""
        return tuple(finding for finding in self.findings if finding.level is Level.MUST and not finding.is_done)

    @property
    def advice(self) -> tuple[Finding, ...]:
        """What should be better."""
        return tuple(finding for finding in self.findings if finding.level is Level.SHOULD and not finding.is_done)

    @property
    def done(self) -> int:
        """How many are done."""
        return sum(finding.is_done for finding in self.findings)

    @property
    def percent(self) -> int:
        """How much of it all is done, rounded down."""
        return 100 * self.done // len(self.findings) if self.findings else 100


def check_event(
    event_id: int, languages: tuple[str, ...] = ("sv", "en"), against: Sequence[Conflict] | None = None
) -> Gate:
    """Look at an event as it is stored; `against`: what speaks against its time, if that is known. Raises NotFound."""
    record = get_record(event_id)
    has_online_room = db.session.scalar(select(Event.online_url_sealed.is_not(None)).where(Event.id == event_id))
    room_keys: frozenset[str] = frozenset()
    if record.venue is not None:
        rooms = select(Room.key).join(Venue, Venue.id == Room.venue_id).where(Venue.key == record.venue.key)
        room_keys = frozenset(db.session.scalars(rooms))
    draft = Draft(
        record=record,
        details=details_of(record),
        has_online_room=bool(has_online_room),
        room_keys=room_keys,
    )
    now = clock.now()
    if against is None:
        against = find_conflicts(plan_of(record), SYSTEM, now)
    beside = [*_of_rooms(record, now), *_against(against)]
    return check(draft, now, languages=languages, beside=beside)


def check(
    draft: Draft, now: datetime, *, languages: tuple[str, ...] = ("sv", "en"), beside: Sequence[Finding] = ()
) -> Gate:
    """Look at a draft, and at nothing else: the five required fields, the kind's rules, then what makes a good page.

    `beside`: what is found in tables; lists of many events do without.
    """
    record = draft.record
    findings = [
        *_required(record),
        *_of_kind(draft, now),
        *_texts(record, languages),
        *_people(record),
        *_place(draft, now),
        *_seats(record),
        *_time(record, now),
        *beside,
    ]
    return Gate(findings=tuple(findings))


def _must(code: str, text: str, anchor: str, is_done: bool) -> Finding:
    return Finding(code=code, text=text, anchor=anchor, level=Level.MUST, is_done=is_done)


def _required(record: EventRecord) -> Iterator[Finding]:
    kind = KINDS.get(record.kind)
    yield _must("event.kind", N_("Choose what kind of event it is."), "kind", kind is not None)
    yield _must("event.title", N_("Give it a title in at least one language."), "title", bool(record.title))
    has_run = kind is not None and kind.has_run
    is_dated = bool(record.occurrences) or (has_run and record.run_from is not None)
    anchor = "section-kind" if has_run else "occurrences"
    yield _must("event.when", N_("Say when it is."), anchor, is_dated)
    is_placed = record.mode is Mode.ONLINE or record.venue is not None
    yield _must("event.where", N_("Say where it is, or that it is online."), "place", is_placed)
    yield _must("event.theme", N_("Choose at least one theme."), "themes", bool(record.themes or record.subtopics))


def _of_kind(draft: Draft, now: datetime) -> Iterator[Finding]:
    kind = KINDS.get(draft.record.kind)
    for level, rules in ((Level.MUST, kind.publish_rules), (Level.SHOULD, kind.advice)) if kind else ():
        for rule in rules:
            for refused in rule(draft, now):
                yield Finding(
                    code=refused.code,
                    text=refused.text,
                    facts=dict(refused.facts),
                    anchor=_anchor(refused.field),
                    level=level,
                )


def _of_rooms(record: EventRecord, now: datetime) -> Iterator[Finding]:
    """What rooms that serve the kind must have in their tables."""
    for extension in extensions_of(record.kind):
        for refused in extension.rules(record, now):
            yield Finding(
                code=refused.code,
                text=refused.text,
                facts=dict(refused.facts),
                anchor=_anchor(refused.field),
                level=Level.MUST,
            )


COMMON_ANCHORS = frozenset(
    {
        *("kind", "title", "summary", "body", "occurrences", "place", "themes", "mode", "people", "partners"),
        *("segments", "agenda", "languages", "interpreting", "capacity", "online_capacity", "online_url"),
        *("registration_mode", "ask", "min_age", "max_age", "photo_policy", "pools", "phases", "closes_hours"),
        *("access_note", "safety", "visibility", "lead", "guests", "group_max", "waitlist", "per_occurrence"),
        *("section-kind", "recording"),
    }
)


def _anchor(field: str | None) -> str:
    """The id in the editor of a field that a kind's rule names: a common one, else in the kind's own part."""
    if field is None:
        return "section-kind"
    return field if field in COMMON_ANCHORS or field.startswith("kind-") else "section-kind"


def _texts(record: EventRecord, languages: tuple[str, ...]) -> Iterator[Finding]:
    def should(code: str, text: str, anchor: str, is_done: bool) -> Finding:
        return Finding(code=code, text=text, anchor=anchor, is_done=is_done)

    yield should(
        "event.title_languages",
        N_("Write the title in every language of the site."),
        "title",
        all(record.title.get(code) for code in languages),
    )
    yield should(
        "event.summary",
        N_("Write a summary in every language: it stands in lists, search results and calendars."),
        "summary",
        all(record.summary.get(code) for code in languages),
    )
    yield should(
        "event.body",
        N_("Describe the event in every language."),
        "body",
        all(record.body.get(code) for code in languages),
    )
    yield should("event.languages", N_("Say which languages are spoken."), "languages", bool(record.languages))
    yield should("event.segments", N_("Say whom it is for."), "segments", bool(record.segments))


def _people(record: EventRecord) -> Iterator[Finding]:
    yield Finding(code="event.lead", text=N_("Say who answers for it."), anchor="lead", is_done=bool(record.lead))
    kind = KINDS.get(record.kind)
    if kind is None or not kind.has_run:
        yield Finding(code="event.people", text=N_("Say who takes part."), anchor="people", is_done=bool(record.people))
    yield Finding(
        code="event.photo",
        text=N_("Say whether photos are taken."),
        anchor="photo_policy",
        is_done=bool(record.photo_policy),
    )


def _place(draft: Draft, now: datetime) -> Iterator[Finding]:
    record = draft.record
    if record.mode is not Mode.ONSITE:
        yield Finding(
            code="event.online_room",
            text=N_("Give the address of the online room. Only those with a seat get there."),
            anchor="online_url",
            is_done=draft.has_online_room,
        )
    venue = record.venue
    if record.mode is Mode.ONLINE or venue is None or venue.virtual:
        return
    checked = str(venue.access.get("checked") or "")
    is_recent = checked >= (now - ACCESS_AGE).date().isoformat() if checked else False
    yield Finding(
        code="event.access",
        text=N_("The venue's access facts are missing or more than two years old: %(venue)s."),
        facts={"venue": pick(venue.name, "sv").text},
        anchor="place",
        is_done=is_recent,
    )
    seats = record.registration.capacity
    if record.room is not None and record.registration.mode is not RegistrationMode.NONE:
        yield Finding(
            code="event.room_size",
            text=N_("The room holds %(room)s; you offer %(seats)s seats. Change the number or the room."),
            facts={"room": record.room.capacity, "seats": seats},
            anchor="capacity",
            is_done=seats <= record.room.capacity,
        )


def _seats(record: EventRecord) -> Iterator[Finding]:
    registration = record.registration
    if registration.mode is RegistrationMode.NONE:
        return
    seats = registration.capacity if record.mode is not Mode.ONLINE else registration.online_capacity
    anchor = "capacity" if record.mode is not Mode.ONLINE else "online_capacity"
    yield Finding(
        code="event.seats",
        text=N_("Say how many seats there are, or nobody can register."),
        anchor=anchor,
        is_done=seats > 0,
    )
    yield from _held(record)


def _held(record: EventRecord) -> Iterator[Finding]:
    """What seats held for some, and days that are some's alone, need to make sense."""
    registration = record.registration
    seats = capacities(record.mode, registration.capacity, registration.online_capacity)
    for mode, word in ((Mode.ONSITE, N_("on site")), (Mode.ONLINE, N_("online"))):
        held = sum(pool.seats for pool in registration.pools if mode_of(pool) is mode)
        if held:
            yield Finding(
                code=f"event.pools_{mode}",
                level=Level.MUST,
                text=N_("You hold %(held)s seats %(where)s and offer %(seats)s. Hold fewer, or offer more."),
                facts={"held": held, "seats": seats.get(mode, 0), "where": gettext(word)},
                anchor="pools",
                is_done=held <= seats.get(mode, 0),
            )
    if any(pool.proof is Proof.DOMAIN for pool in registration.pools):
        yield _must(
            "event.pool_domains",
            N_("Say which mail domains show that a held seat is theirs."),
            "pools",
            all(pool.domains for pool in registration.pools if pool.proof is Proof.DOMAIN),
        )
    if registration.phases:
        yield _must(
            "event.phases",
            N_("Some may register before everybody: say how many days before the start it opens for all."),
            "phases",
            registration.opens_at is not None or record.starts_at is None,
        )


def _against(conflicts: Sequence[Conflict]) -> Iterator[Finding]:
    """What speaks against its time, as far as it warns; that it is over is said of every event."""
    for one in conflicts:
        if one.level is Weight.WARN and one.kind is not Speaks.PAST:
            yield Finding(
                code=f"event.{ONCE_CALLED.get(one.kind, one.kind)}",
                text="%(said)s",
                facts={"said": say(one)},
                anchor=one.anchor,
            )


ONCE_CALLED = {Speaks.ROOM: "room_taken", Speaks.PERSON: "person_taken"}


def _time(record: EventRecord, now: datetime) -> Iterator[Finding]:
    if record.ends_at is not None and record.ends_at <= now:
        yield Finding(code="event.past", text=N_("It is already over."), anchor="occurrences")
