"""Reads contacts, partners and segments."""

from typing import Any

from sqlalchemy import ColumnElement, or_, select

from cag_events.audiences.models import Contact, Partner, Segment
from cag_events.db import db, like
from cag_events.domain.errors import NotFound


def list_contacts(words: str = "", country: str = "") -> list[Contact]:
    """Return contacts by name; `words` are found in names and addresses."""
    conditions: list[ColumnElement[bool]] = []
    if words:
        pattern = like(words)
        found = (Contact.name, Contact.name_local, Contact.email)
        conditions.append(or_(*(column.ilike(pattern, escape="\\") for column in found)))
    if country:
        conditions.append(Contact.country == country)
    return list(db.session.scalars(select(Contact).where(*conditions).order_by(Contact.name, Contact.id)))


def list_countries() -> list[str]:
    """Return the countries that contacts are in."""
    query = select(Contact.country).where(Contact.country != "").distinct().order_by(Contact.country)
    return list(db.session.scalars(query))


def list_partners() -> list[Partner]:
    """Return partners by name."""
    return list(db.session.scalars(select(Partner).order_by(Partner.name, Partner.id)))


def list_segments() -> list[Segment]:
    """Return segments in their order."""
    return list(db.session.scalars(select(Segment).order_by(Segment.position, Segment.id)))


def find_row(model: Any, key: str | None) -> Any:
    """Return the row with this key, None without a key. Raises NotFound."""
    if key is None:
        return None
    row = db.session.scalar(select(model).where(model.key == key))
    if row is None:
        raise NotFound(key)
    return row
