"""Keeps productions and their crates."""

from typing import Any

from sqlalchemy import func, select

from cag_events.db import db, transaction
from cag_events.domain.errors import N_, NotFound, Refused
from cag_events.domain.slugs import first_free
from cag_events.domain.texts import pick
from cag_events.events import records
from cag_events.exhibitions.models import Crate, Production, TourStop
from cag_events.exhibitions.shapes import CrateFields, ProductionFields
from cag_events.kinds._shape import read, write
from cag_events.permissions import Actor, Permission, require

PLAIN = ("currency", "fee_per_week", "emergency_contact", "storage")
TEXTS = ("title", "about", "mounting", "host_does", "fee_note")
NESTED = ("works", "needs", "drawings")
COUNTED = ("usual_days", "texts_days", "agreed_weeks")


def lock_production(production_id: int) -> Production:
    """Return a production for writing, locked with its tour until the writing unit ends. Raises NotFound."""
    query = select(Production).where(Production.id == production_id).with_for_update()
    production = db.session.scalar(query.execution_options(populate_existing=True))
    if production is None:
        raise NotFound(production_id)
    return production


def save_production(production_id: int | None, fields: ProductionFields, *, by: Actor) -> str:
    """Make or change a production with its crates; return its key.

    Raises NotFound, NotAllowed, Refused production.title, .crates.
    """
    with transaction():
        require(by, Permission.EVENT_EDIT)
        if not any((fields.title or {}).values()):
            raise Refused(
                "production.title", N_("Give the production a title in at least one language."), field="title"
            )
        numbers = [crate.number for crate in fields.crates]
        if len(set(numbers)) < len(numbers):
            raise Refused("production.crates", N_("Two crates have the same number."), field="crates")
        production = lock_production(production_id) if production_id else _new(fields)
        for name in PLAIN:
            setattr(production, name, getattr(fields, name))
        for name in TEXTS:
            setattr(production, name, dict(getattr(fields, name) or {}))
        written = write(fields)
        for name in NESTED:
            setattr(production, name, written.get(name) or ({} if name == "needs" else []))
        for name in COUNTED:
            value = getattr(fields, name)
            setattr(production, name, value if value is not None else getattr(ProductionFields(), name))
        db.session.flush()
        _save_crates(production.id, fields.crates)
        records.raise_version()
        return production.key


def remove_production(production_id: int, *, by: Actor) -> None:
    """Remove a production that has no stops. Raises NotFound, NotAllowed, Refused production.stops."""
    with transaction():
        require(by, Permission.EVENT_EDIT)
        production = lock_production(production_id)
        if db.session.scalar(select(TourStop.id).where(TourStop.production_id == production_id).limit(1)):
            raise Refused("production.stops", N_("It has stops. Remove them first."))
        db.session.delete(production)
        db.session.flush()


def fields_of(production: Production, crates: list[Crate]) -> ProductionFields:
    """Return what the editor shows of a production."""
    values: dict[str, Any] = {
        name: getattr(production, name) for name in (*PLAIN, *TEXTS, *NESTED, *COUNTED) if name not in NESTED
    }
    nested = read(ProductionFields, {name: getattr(production, name) for name in NESTED})
    return ProductionFields(
        **values,
        works=nested.works,
        needs=nested.needs,
        drawings=nested.drawings,
        crates=tuple(
            CrateFields(number=row.number, content=row.content, weight_kg=row.weight_kg, size_cm=row.size_cm)
            for row in crates
        ),
    )


def _new(fields: ProductionFields) -> Production:
    key = first_free(pick(fields.title or {}, "sv").text, {"new", *db.session.scalars(select(Production.key))})
    last = db.session.scalar(select(func.max(Production.position))) or 0
    production = Production(key=key, title=dict(fields.title or {}), position=last + 1)
    db.session.add(production)
    db.session.flush()
    return production


def _save_crates(production_id: int, wanted: tuple[CrateFields, ...]) -> None:
    """Keep the crates that stay, by their number, with what was ticked off."""
    known = {row.number: row for row in db.session.scalars(select(Crate).where(Crate.production_id == production_id))}
    for number in set(known) - {crate.number for crate in wanted}:
        db.session.delete(known[number])
    for position, crate in enumerate(wanted):
        row = known.get(crate.number)
        if row is None:
            row = Crate(production_id=production_id, number=crate.number)
            db.session.add(row)
        row.content, row.weight_kg, row.size_cm, row.position = crate.content, crate.weight_kg, crate.size_cm, position
    db.session.flush()
