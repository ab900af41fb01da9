"""Programme files: terms come and go with them; a telephone number goes in, sealed, and never out."""

from typing import Any

from flask import Flask

from cag_events.db import db
from cag_events.demo import programme
from cag_events.domain.when import monday_of
from cag_events.events.models import Event
from cag_events.exchange import services
from cag_events.exchange.files import Source
from cag_events.talks.queries import dial_in_of, every_term
from tests.conftest import NOW


def test_load_of_the_demo_seals_the_number_and_keeps_the_terms_and_export_tells_only_the_terms(app_ctx: Flask) -> None:
    tables: dict[str, Any] = programme()

    services.load([Source("demo.toml", tables)], anchor=monday_of(NOW.date()))

    event = db.session.query(Event).filter_by(key="mr-dagen-webb").one()
    exported = services.export()
    written = next(row for row in exported["events"] if row["key"] == "mr-dagen-webb")
    assert dial_in_of(event.id) == "+46 8 000 00 00, kod 471 100#"
    assert "471 100" not in str(event.details)
    assert "471 100" not in str(exported)
    assert written["webinar"]["opens_minutes"] == 20
    assert [(one.association, one.minutes, one.present) for one in every_term()] == [("abf", 30, 5), ("", 30, 5)]
    assert [row["key"] for row in exported["programme_terms"]] == ["abf-2026-01-01", "all-2015-01-01"]
