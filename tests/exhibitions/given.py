"""A tour for tests: a production with two crates, an exhibition that is open, stops after it."""

from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from cag_events.db import db
from cag_events.events.models import Event, Venue
from cag_events.exhibitions.models import Production, TourStop
from cag_events.exhibitions.queries.tours import get_tour_of
from cag_events.exhibitions.services.productions import save_production
from cag_events.exhibitions.services.tours import LegFields, StopFields, save_stop
from cag_events.exhibitions.shapes import CrateFields, ProductionFields, Work
from cag_events.permissions import SYSTEM
from tests.factories import make_event, make_venue

WEEKLY = [{"days": ["mon", "tue", "wed", "thu", "fri", "sat", "sun"], "start": "10:00", "end": "18:00"}]
OPENS = date(2026, 11, 2)  # NOW is the 21st


def make_exhibition(first: date = OPENS, days: int = 28, **values: Any) -> Event:
    """A published exhibition that needs no registration, open every day."""
    last = first + timedelta(days=days - 1)
    run = values.pop("details", {"from": first.isoformat(), "to": last.isoformat(), "opening": WEEKLY})
    defaults: dict[str, Any] = {"kind": "exhibition", "dates": [], "registration_mode": "none", "capacity": 0}
    return make_event(**{**defaults, **values}, run=(first, last), details={"exhibition": run})


def make_production(**values: Any) -> Production:
    """A production with two crates and a work that is insured."""
    fields = ProductionFields(
        **{
            "title": {"sv": "Mellan sjö och öken", "en": "Between lake and desert"},
            "crates": (CrateFields(number="1", content="Textilier", weight_kg=40), CrateFields(number="2")),
            "works": (Work(maker="Kollektivet", insurance_value=160000, sensitivity="HEMLIG-NOT"),),
            "fee_per_week": 3000,
            "usual_days": 3,
            **values,
        }
    )
    key = save_production(None, fields, by=SYSTEM)
    return db.session.scalars(select(Production).where(Production.key == key)).one()


def stop_fields(venue: Venue, first: date, days: int = 20, **values: Any) -> StopFields:
    """A stop that holds the crates from a day on for so many days."""
    last = first + timedelta(days=days - 1)
    defaults: dict[str, Any] = {
        "venue": venue.key,
        "install_from": first,
        "opens_on": first + timedelta(days=3),
        "closes_on": last - timedelta(days=3),
        "until": last,
    }
    return StopFields(**{**defaults, **values})


def make_stop(production: Production, first: date, days: int = 20, city: str = "Lund", **values: Any) -> TourStop:
    """A stop of a production, asked for."""
    venue = values.pop("venue", None) or make_venue(city=city)
    saved = save_stop(production.id, None, stop_fields(venue, first, days, **values), by=SYSTEM)
    return get_tour_of(saved.row_id)[1]


def leg(days: int, from_stop: str | None = None) -> LegFields:
    """A way of so many days."""
    return LegFields(from_stop=from_stop, carrier="Frakt", cost_bearer="us", days=days)
