"""A hearing as its file shows it: the question's title and our page; nothing of closed parts, slots or submissions."""

from typing import Any

from sqlalchemy import select

from cag_events.db import db, transaction
from cag_events.domain.hearing import Level
from cag_events.events import records
from cag_events.events.models import Event, Occurrence
from tests import golden
from tests.factories import make_organisation, make_venue
from tests.feeds.reading import fetch
from tests.hearings.given import make_hearing, written


def test_hearing_is_as_its_golden_copy(client: Any, app: Any) -> None:
    with app.app_context():
        make_organisation()
        venue = make_venue(key="parliament", name={"sv": "Riksdagen", "en": "Parliament"}, visitor_list_hours=48)
        event_id = make_hearing(venue=venue).id
        with transaction():
            db.session.get_one(Event, event_id).uid = "00000000-0000-4000-8000-000000000016"
            part = db.session.scalars(select(Occurrence).where(Occurrence.event_id == event_id)).one()
            part.uid = "00000000-0000-4000-8000-000000000017"
            db.session.flush()
            golden.forget_entries()
            records.refresh([event_id])
        written(event_id, Level.PANEL, "Zzkanarie")

    answer = fetch(client, "/events/hearing.ics?lang=en")

    assert "Zzkanarie" not in answer.text
    assert "Secret item" not in answer.text
    golden.check("kind_hearing.ics", answer.data)
