"""Keeps what study associations ask of a cultural programme; they change nearly every year."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select

from cag_events.audiences.models import Partner
from cag_events.db import db, transaction
from cag_events.domain.errors import N_, NotFound, Refused
from cag_events.permissions import Actor, Permission, require
from cag_events.talks.models import ProgrammeTerms


@dataclass(frozen=True, kw_only=True)
class TermsFields:
    """Terms as they are typed. `association`: a partner's key, empty for everybody's."""

    association: str = ""
    valid_from: date
    minutes: int
    present: int
    open_to_all: bool = True
    announced: bool = True
    source: str = ""


def save_terms(fields: TermsFields, *, by: Actor) -> None:
    """Keep the terms that an association has from a day on; the same day again replaces them.

    Raises NotAllowed, Refused terms.association.
    """
    with transaction():
        require(by, Permission.EVENT_PUBLISH)
        if fields.association and not db.session.scalar(select(Partner.id).where(Partner.key == fields.association)):
            raise Refused("terms.association", N_("Choose one of the list."), field="association")
        key = f"{fields.association or 'all'}-{fields.valid_from.isoformat()}"
        row = db.session.scalar(select(ProgrammeTerms).where(ProgrammeTerms.key == key))
        if row is None:
            last = db.session.scalar(select(func.max(ProgrammeTerms.position))) or 0
            row = ProgrammeTerms(key=key, position=last + 1)
            db.session.add(row)
        row.association, row.valid_from, row.source = fields.association, fields.valid_from, fields.source
        row.minutes, row.present = fields.minutes, fields.present
        row.open_to_all, row.announced = fields.open_to_all, fields.announced
        db.session.flush()


def delete_terms(key: str, *, by: Actor) -> None:
    """Delete terms that were entered by mistake. Raises NotFound, NotAllowed."""
    with transaction():
        require(by, Permission.EVENT_PUBLISH)
        row = db.session.scalar(select(ProgrammeTerms).where(ProgrammeTerms.key == key))
        if row is None:
            raise NotFound(key)
        db.session.delete(row)
        db.session.flush()
