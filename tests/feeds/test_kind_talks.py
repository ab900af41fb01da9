"""A lecture, a webinar and a screening as their files show them: our pages, both zones, and nothing for the team."""

from typing import Any

import pytest

from cag_events.db import db, transaction
from cag_events.events import records
from cag_events.events.models import Event, Occurrence
from cag_events.kinds import write_details
from cag_events.kinds.lecture import Lecture, Speaker, Talk
from cag_events.kinds.screening import Film, Licence, Screening
from cag_events.kinds.webinar import CoHost, InterpretingChannel, Room, Webinar
from tests import golden
from tests.factories import make_contact, make_event, make_organisation, make_theme, make_venue
from tests.feeds.reading import fetch

ROOM = "https://zzkanarie.example.org/4711"
DETAILS: dict[str, Any] = {
    "lecture": Lecture(
        lecture=Talk(
            questions="both",
            speakers=(Speaker(who="bo", bio={"en": "Zzkanarie"}, photo_consent="no"),),
            fee_note="Zzkanarie",
        )
    ),
    "webinar": Webinar(
        webinar=Room(
            names="alias",
            channels=(InterpretingChannel(language="ru", how={"en": "Choose Русский."}),),
            cohosts=(CoHost(person="bo", task="Zzkanarie"),),
        )
    ),
    "screening": Screening(
        film=Film(title={"en": "The stream"}, minutes=52, licence=Licence(holder="Zzkanarie", fee_sek=4711))
    ),
}


@pytest.mark.parametrize("kind", DETAILS)
def test_kind_is_as_its_golden_copy(client, app, kind):
    with app.app_context():
        make_organisation()
        is_online = kind == "webinar"
        venue = make_venue(key="library", name={"sv": "Stadsbiblioteket", "en": "City Library"}, city="Malmö")
        named = make_contact("ada", name="Ada Testova", named=True)
        hidden = make_contact("bo", name="Zzkanarie Testov", named=False)
        event = make_event(
            key="meltwater",
            kind=kind,
            mode="online" if is_online else "onsite",
            title={"sv": "Smältvatten", "en": "Meltwater"},
            people=[(named, "speaker"), (hidden, "speaker")],
            themes=[make_theme("environment", name={"sv": "Miljö", "en": "Environment"}, token="env")],
            details=write_details(kind, DETAILS[kind]),
            recording="edited",
            tz="Asia/Bishkek" if is_online else None,
            **({} if is_online else {"venue": venue}),
        )
        with transaction():
            row = db.session.get_one(Event, event.id)
            row.uid, row.online_url = "00000000-0000-4000-8000-000000000001", ROOM
            part = db.session.query(Occurrence).filter_by(event_id=event.id).one()
            part.uid = "00000000-0000-4000-8000-000000000002"
            db.session.flush()
            golden.forget_entries()
            records.refresh([event.id])

    octets = fetch(client, "/events/meltwater.ics?lang=en").data

    golden.check(f"kind_{kind}.ics", octets)
    for hidden_word in (b"Zzkanarie", b"zzkanarie", b"4711"):
        assert hidden_word not in octets
