"""Drafts of events as the publish gate sees them, with dull valid values."""

from datetime import UTC, datetime, timedelta
from typing import Any

from cag_events.domain import when
from cag_events.domain.event import EventRecord, OccurrenceRecord, PersonRef, Registration, RegistrationMode
from cag_events.domain.lifecycle import Status
from cag_events.kinds import KINDS, Draft

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


def part(
    wall: str = "2026-12-03T18:00", minutes: int = 90, *, key: str | None = None, number: int = 1
) -> OccurrenceRecord:
    """An occurrence in Stockholm."""
    starts = datetime.fromisoformat(wall)
    ends = starts + timedelta(minutes=minutes)
    return OccurrenceRecord(
        id=number,
        uid=f"uid-{number}",
        key=key,
        starts_wall=starts,
        ends_wall=ends,
        tz="Europe/Stockholm",
        starts_at=when.instant(starts, "Europe/Stockholm"),
        ends_at=when.instant(ends, "Europe/Stockholm"),
    )


def person(key: str, role: str = "speaker") -> PersonRef:
    """Somebody who takes part."""
    return PersonRef(key=key, name=key.title(), role=role)


def record(kind: str, **values: Any) -> EventRecord:
    """An event of a kind, one evening in December, open to 30."""
    parts = values.setdefault("occurrences", (part(),))
    return EventRecord(
        **{
            "id": 1,
            "key": "evening",
            "uid": "uid",
            "version": 1,
            "kind": kind,
            "status": Status.DRAFT,
            "title": {"en": "Evening"},
            "tz": "Europe/Stockholm",
            "starts_at": min((one.starts_at for one in parts), default=None),
            "ends_at": max((one.ends_at for one in parts), default=None),
            "registration": Registration(mode=RegistrationMode.OPEN, capacity=30),
            "created_at": NOW,
            "changed_at": NOW,
            **values,
        }
    )


def draft(kind: str, details: Any = None, *, online: bool = False, rooms: tuple[str, ...] = (), **values: Any) -> Draft:
    """A draft of a kind; without details those of an event on which nothing has been said."""
    return Draft(
        record=record(kind, **values),
        details=details if details is not None else KINDS[kind].details(),
        has_online_room=online,
        room_keys=frozenset(rooms),
    )


def refused(one: Draft) -> list[str]:
    """The codes of all that keeps a draft from being published."""
    kind = KINDS[one.record.kind]
    return [refusal.code for rule in kind.publish_rules for refusal in rule(one, NOW)]


def advised(one: Draft) -> list[str]:
    """The codes of all that should be better."""
    kind = KINDS[one.record.kind]
    return [refusal.code for rule in kind.advice for refusal in rule(one, NOW)]
