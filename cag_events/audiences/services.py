"""Keeps contacts, partners and segments; events that use one of them follow by the facts noted here."""

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import func, select

from cag_events import outbox
from cag_events.audiences.models import Contact, Partner, Segment
from cag_events.db import db, transaction
from cag_events.domain.errors import N_, NotFound, Refused
from cag_events.domain.slugs import first_free
from cag_events.domain.texts import Texts, pick
from cag_events.permissions import Actor, Permission, require


@dataclass(frozen=True, kw_only=True)
class ContactFields:
    """Somebody we may write to, or who takes part in front. `named`: may be named publicly; None has not said."""

    name: str
    name_local: str = ""
    email: str = ""
    country: str = ""
    languages: tuple[str, ...] = ()
    title: Texts = field(default_factory=dict)
    named: bool | None = None


@dataclass(frozen=True, kw_only=True)
class PartnerFields:
    """An organisation that co-hosts. `sensitive`: people there are at risk: never list them."""

    name: str
    name_local: str = ""
    country: str = ""
    city: str = ""
    themes: tuple[str, ...] = ()
    about: Texts = field(default_factory=dict)
    sensitive: bool | None = None


@dataclass(frozen=True, kw_only=True)
class SegmentFields:
    """An audience. `role`: how reports count it: direct, multiplier or decision_maker."""

    name: Texts
    hint: Texts = field(default_factory=dict)
    role: str = "direct"


def save_contact(contact_id: int | None, fields: ContactFields, *, by: Actor) -> Contact:
    """Make or change a contact. Raises NotFound, NotAllowed, Refused contact.known. Notes contact.changed."""
    with transaction():
        require(by, Permission.CONTACT_EDIT)
        contact: Contact = _get(Contact, contact_id) or _new(Contact, fields.name)
        _require_own_address(contact, fields.email)
        for name in ("name", "name_local", "email", "country", "named"):
            setattr(contact, name, getattr(fields, name))
        contact.languages, contact.title = list(fields.languages), dict(fields.title)
        _store(contact)
        outbox.note("contact.changed", contact_id=contact.id)
    return contact


def save_partner(partner_id: int | None, fields: PartnerFields, *, by: Actor) -> Partner:
    """Make or change a partner. Raises NotFound, NotAllowed. Notes partner.changed."""
    with transaction():
        require(by, Permission.CONTACT_EDIT)
        partner: Partner = _get(Partner, partner_id) or _new(Partner, fields.name)
        for name in ("name", "name_local", "country", "city", "sensitive"):
            setattr(partner, name, getattr(fields, name))
        partner.themes, partner.about = list(fields.themes), dict(fields.about)
        _store(partner)
        outbox.note("partner.changed", partner_id=partner.id)
    return partner


def save_segment(segment_id: int | None, fields: SegmentFields, *, by: Actor) -> Segment:
    """Make or change a segment. Raises NotFound, NotAllowed, Refused segment.no_name. Notes segment.changed."""
    with transaction():
        require(by, Permission.SEGMENT_EDIT)
        if not any(fields.name.values()):
            raise Refused("segment.no_name", N_("Give it a name in at least one language."), field="name")
        name = pick(fields.name, "sv").text
        segment: Segment = _get(Segment, segment_id) or _new(Segment, name)
        segment.name, segment.hint, segment.role = dict(fields.name), dict(fields.hint), fields.role
        _store(segment)
        outbox.note("segment.changed", segment_id=segment.id)
    return segment


def _require_own_address(contact: Contact, email: str) -> None:
    """Raise Refused contact.known where another contact has this address."""
    if not email:
        return
    other = db.session.scalar(select(Contact.id).where(func.lower(Contact.email) == email.lower()))
    if other is not None and other != contact.id:
        raise Refused("contact.known", N_("Another contact has this address already."), field="email")


def _get(model: Any, row_id: int | None) -> Any:
    if row_id is None:
        return None
    row = db.session.get(model, row_id)
    if row is None:
        raise NotFound(row_id)
    return row


def _store(row: Any) -> None:
    db.session.add(row)
    db.session.flush()


def _new(model: Any, name: str) -> Any:
    """A row with a key made from its name, after the others."""
    key = first_free(name, {"new", *db.session.scalars(select(model.key))})
    last: int | None = db.session.scalar(select(func.max(model.position)))
    return model(key=key, position=(last if last is not None else -1) + 1)
