"""The list of registrations as rows of a table; sensitive answers are left out."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

import msgspec

from cag_events.domain.event import EventRecord
from cag_events.registrations.models import Registration

COLUMNS = (
    "code",
    "name",
    "email",
    "segment",
    "party",
    "mode",
    "status",
    "registered_at",
    "checked_in_at",
    "organisation",
)
QUESTIONS = {
    "first_time": "first_time",
    "how_heard": "how_heard",
    "language": "language",
    "id_name": "id_name",
    "role_wish": "wish",
    "photo": "consent_photo",
}


def header(record: EventRecord) -> list[str]:
    """Return the names of the columns: the fixed ones, one per question of the event, and the consent to mails."""
    return [*COLUMNS, *(name for ask, name in QUESTIONS.items() if ask in record.registration.ask), "consent_contact"]


def rows(
    registrations: Iterable[Registration], record: EventRecord, segments: dict[int, str]
) -> Iterator[list[str | int]]:
    """Yield a row of cells for each registration; `segments`: keys by id."""
    names = header(record)
    for registration in registrations:
        cells = _cells(registration, segments)
        yield [cells[name] for name in names]


def _cells(registration: Registration, segments: dict[int, str]) -> dict[str, str | int]:
    answers = msgspec.json.decode(registration.answers) if registration.answers else {}
    return {
        "code": registration.code,
        "name": registration.name or "",
        "email": registration.email or "",
        "segment": segments.get(registration.segment_id or 0, ""),
        "party": registration.party,
        "mode": registration.mode.value,
        "status": registration.status.value,
        "registered_at": _instant(registration.registered_at),
        "checked_in_at": _instant(registration.checked_in_at),
        "organisation": str(answers.get("organisation", "")),
        "first_time": {True: "yes", False: "no", None: ""}[registration.first_time],
        "how_heard": str(answers.get("how_heard", "")),
        "language": str(answers.get("language", "")),
        "id_name": str(answers.get("id_name", "")),
        "wish": ", ".join(answers.get("wish", [])),
        "consent_photo": "yes" if registration.consent_photo else "no",
        "consent_contact": "yes" if registration.consent_contact else "no",
    }


def _instant(moment: datetime | None) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}" if moment else ""
