"""All that is kept of one registration, whichever room keeps it: for the person whom it is about, and nobody else.

Tables are found by their foreign keys, so that none is forgotten. Left out are ids, hashes and whatever points to
somebody else: other parties, and who of the team did something.
"""

from collections.abc import Iterator
from datetime import date, datetime, time
from enum import Enum
from typing import Any

import msgspec
from sqlalchemy import LargeBinary, Table, or_, select

from cag_events.audiences.models import Segment
from cag_events.db import Base, EncryptedText, db
from cag_events.events.models import Event, Occurrence
from cag_events.outbox.models import Message
from cag_events.registrations.models import (
    Delegate,
    Invitation,
    InvitationSending,
    PartyMember,
    Registration,
    RegistrationChange,
    RegistrationLink,
    RegistrationOccurrence,
)

TOLD_APART = frozenset(
    model.__tablename__
    for model in (
        Delegate,
        Invitation,
        PartyMember,
        Registration,
        RegistrationChange,
        RegistrationLink,
        RegistrationOccurrence,
    )
)
NEVER = frozenset({"id", "row_id", "event_id", "account_id", "registration_id"})


def kept_of(registration: Registration) -> dict[str, Any]:
    """Return all that is kept of a registration as plain values, instants as ISO 8601 in UTC."""
    return {
        "registration": _registration(registration),
        "answers": msgspec.json.decode(registration.answers) if registration.answers else {},
        "dates": _dates(registration.id),
        "party": [
            _plain({"position": row.position, "name": row.name, "needs": row.needs})
            for row in _of(PartyMember, registration.id)
        ],
        "others": [
            _plain({"part": row.part, "name": row.name, "email": row.email, "asked_at": row.asked_at})
            for row in _of(Delegate, registration.id)
        ],
        "invitations": _invitations(registration.id),
        "history": [
            _plain({"at": row.at, "what": row.what, **row.facts}) for row in _of(RegistrationChange, registration.id)
        ],
        "mails": _mails(registration),
        "links": [_plain({"made_at": row.created_at}) for row in _of(RegistrationLink, registration.id)],
        "rooms": {name: rows for name, rows in _rooms(registration.id) if rows},
    }


def _registration(registration: Registration) -> dict[str, Any]:
    segment = select(Segment.key).where(Segment.id == registration.segment_id)
    fields = (
        *("code", "status", "party", "mode", "language", "name", "email", "first_time", "consent_photo"),
        *("consent_contact", "consent_text", "consent_channel", "consented_at", "registered_at", "joined_at"),
        *("confirmed_at", "offered_until", "withdrawn_at", "checked_in_at", "is_proven", "organizer_note"),
    )
    values = {name: getattr(registration, name) for name in fields}
    values["event"] = db.session.scalar(select(Event.key).where(Event.id == registration.event_id))
    values["segment"] = db.session.scalar(segment) if registration.segment_id else None
    values["is_alias"] = registration.alias_code is not None
    return _plain(values)


def _dates(registration_id: int) -> list[dict[str, Any]]:
    rows = db.session.execute(
        select(Occurrence.starts_at, Occurrence.ends_at, RegistrationOccurrence.checked_in_at)
        .join(RegistrationOccurrence, RegistrationOccurrence.occurrence_id == Occurrence.id)
        .where(RegistrationOccurrence.registration_id == registration_id)
        .order_by(Occurrence.starts_at, Occurrence.id)
    )
    return [_plain({"starts_at": row[0], "ends_at": row[1], "arrived_at": row[2]}) for row in rows]


def _invitations(registration_id: int) -> list[dict[str, Any]]:
    rows = db.session.execute(
        select(Invitation, InvitationSending.plus)
        .outerjoin(InvitationSending, InvitationSending.id == Invitation.sending_id)
        .where(Invitation.registration_id == registration_id)
        .order_by(Invitation.id)
    )
    return [
        _plain(
            {
                "sent_at": row.created_at,
                "reminded_at": row.reminded_at,
                "reply": row.reply,
                "replied_at": row.replied_at,
                "may_bring": plus,
            }
        )
        for row, plus in rows
    ]


def _mails(registration: Registration) -> list[dict[str, Any]]:
    """The mails to this person about this event that are here still; an alias gets none."""
    if registration.email_index is None:
        return []
    query = select(Message).where(
        Message.to_index == registration.email_index, Message.event_id == registration.event_id
    )
    return [
        _plain({"kind": row.kind, "subject": row.subject, "made_at": row.created_at, "sent_at": row.sent_at})
        for row in db.session.scalars(query.order_by(Message.id))
    ]


def _of(model: Any, registration_id: int) -> list[Any]:
    query = select(model).where(model.registration_id == registration_id)
    return list(db.session.scalars(query.order_by(*model.__table__.primary_key.columns)))


def _rooms(registration_id: int) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """What every other table keeps that points to the registration, by the table's name."""
    for mapper in sorted(Base.registry.mappers, key=lambda one: str(one.local_table)):
        table = mapper.local_table
        if not isinstance(table, Table) or table.name in TOLD_APART:
            continue
        ours = [column for column in table.columns if _leads_to(column, "registration")]
        if not ours:
            continue
        found = select(mapper.class_).where(or_(*(column == registration_id for column in ours)))
        rows = db.session.scalars(found.order_by(*table.primary_key.columns))
        yield table.name, [_row(row, mapper) for row in rows]


def _row(row: Any, mapper: Any) -> dict[str, Any]:
    values = {}
    for attribute in mapper.column_attrs:
        column = attribute.columns[0]
        is_secret = isinstance(column.type, LargeBinary) or column.name in NEVER
        if not is_secret and not column.foreign_keys:
            values[attribute.key] = getattr(row, attribute.key)
    for name, told in vars(type(row)).items():
        if isinstance(told, EncryptedText):
            values[name] = getattr(row, name)
    return _plain(values)


def _leads_to(column: Any, table: str) -> bool:
    return any(key.target_fullname == f"{table}.id" for key in column.foreign_keys)


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    return {name: _value(value) for name, value in values.items() if value is not None}


def _value(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    return value
