"""Keeps the terms of funding: data with a day from which they hold, which associations change every year."""

from dataclasses import asdict

from sqlalchemy import func, select

from cag_events.audiences.models import Partner
from cag_events.db import db, transaction
from cag_events.domain.errors import N_, NotFound, Refused
from cag_events.domain.study_hours import Terms
from cag_events.events import records
from cag_events.permissions import Actor, Permission, require
from cag_events.studies.models import FundingTerms
from cag_events.studies.terms import FORMS


def key_of(terms: Terms) -> str:
    """Return the key of terms: form, association and day."""
    return f"{terms.form}-{terms.association or 'all'}-{terms.valid_from.isoformat()}"


def save_terms(key: str | None, terms: Terms, *, by: Actor) -> str:
    """Enter or change terms; returns their key. `key` None: new ones.

    Raises NotAllowed, Refused terms.form, .association, .people, .known with the field.
    """
    with transaction():
        require(by, Permission.EVENT_PUBLISH)
        _require_right(terms)
        row = _find(key) if key else None
        same = select(FundingTerms).where(
            FundingTerms.form == terms.form,
            FundingTerms.association == terms.association,
            FundingTerms.valid_from == terms.valid_from,
        )
        known = db.session.scalar(same)
        if known is not None and known is not row:
            raise Refused("terms.known", N_("There are terms from that day already."), field="valid_from")
        if row is None:
            last = db.session.scalar(select(func.max(FundingTerms.position))) or 0
            row = FundingTerms(key=key_of(terms), position=last + 1)
            db.session.add(row)
        for name, value in asdict(terms).items():
            setattr(row, name, value)
        db.session.flush()
        records.raise_version()
        return row.key


def remove_terms(key: str, *, by: Actor) -> None:
    """Remove terms; a form that has none left for every association has those that come with the program.

    Raises NotAllowed, NotFound.
    """
    with transaction():
        require(by, Permission.EVENT_PUBLISH)
        row = _find(key)
        if row is None:
            raise NotFound(key)
        db.session.delete(row)
        db.session.flush()
        records.raise_version()


def _find(key: str) -> FundingTerms | None:
    return db.session.scalar(select(FundingTerms).where(FundingTerms.key == key))


def _require_right(terms: Terms) -> None:
    if terms.form not in FORMS:
        raise Refused("terms.form", N_("Choose one of the list."), field="form")
    if terms.association and not db.session.scalar(select(Partner.id).where(Partner.key == terms.association)):
        raise Refused("terms.association", N_("Choose one of the list."), field="association")
    if terms.people_max is not None and terms.people_max < terms.people_min:
        raise Refused("terms.people", N_("This is less than the least."), field="people_max")
