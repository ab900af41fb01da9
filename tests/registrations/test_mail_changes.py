"""When an event changes, everybody who is registered is told what is different, before and after."""

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from cag_events.accounts.models import Organisation
from cag_events.db import db, transaction
from cag_events.domain.event import Safety
from cag_events.events.drafts import fields_of
from cag_events.events.fields import EventFields, OccurrenceFields
from cag_events.events.models import Event
from cag_events.events.services import cancel_event, edit_event, postpone_event
from cag_events.outbox.delivery import follow_up
from cag_events.outbox.models import Message
from cag_events.permissions import ANONYMOUS, SYSTEM
from cag_events.registrations import services
from cag_events.registrations.services import NewRegistration
from tests.factories import make_event, make_venue
from tests.holding import release_held

TITLE = {"sv": "Våld är inte tradition", "en": "Violence is not tradition"}


@pytest.fixture(autouse=True)
def _organisation(app_ctx: Flask) -> None:
    """The organisation that writes the mails."""
    with transaction():
        db.session.add(Organisation(key="house", name={"sv": "Provhuset", "en": "The Test House"}, short="TH"))


def registered(event: Event, number: int = 1, **values: Any) -> int:
    """Somebody registers for an event; their registration's id."""
    defaults: dict[str, Any] = {"name": f"Anna {number}", "email": f"anna{number}@example.org", "language": "sv"}
    new = NewRegistration(**{**defaults, **values})
    return services.register(event.id, new, by=ANONYMOUS).registration_id


def mails(kind: str = "event") -> list[Message]:
    """The messages about changes of events, in order, once what is held is sent."""
    release_held()
    follow_up()
    return [row for row in db.session.scalars(select(Message).order_by(Message.id)) if row.kind.startswith(kind)]


def edited(event: Event, **changes: Any) -> None:
    """An organizer changes fields of an event."""
    version = db.session.get_one(Event, event.id, populate_existing=True).version
    edit_event(event.id, replace(fields_now(event), **changes), version=version, by=SYSTEM)


def fields_now(event: Event) -> EventFields:
    """An event's fields as its editor sees them."""
    return fields_of(db.session.get_one(Event, event.id, populate_existing=True))


def moved_to(event: Event, wall: str, number: int = 0) -> tuple[OccurrenceFields, ...]:
    """The occurrences of an event, one of them at another time, as long as before."""
    occurrences = list(fields_now(event).occurrences)
    old, start = occurrences[number], datetime.fromisoformat(wall)
    occurrences[number] = replace(old, starts_wall=start, ends_wall=start + (old.ends_wall - old.starts_wall))
    return tuple(occurrences)


def test_move_tells_the_time_before_and_after() -> None:
    event = make_event(title=TITLE, starts="2026-11-25T18:00", minutes=120)
    registered(event)
    (first,) = mails("registration")

    edited(event, occurrences=moved_to(event, "2026-11-26T19:00"))
    (mail,) = mails()

    assert mail.subject == "Ändrat evenemang: Våld är inte tradition, tors 26 nov 19.00"
    assert "När\n  Tidigare: ons 25 nov 2026 kl. 18.00–20.00\n  Nu: tors 26 nov 2026 kl. 19.00–21.00\n" in (
        mail.text or ""
    )
    assert "<del>ons 25 nov 2026 kl. 18.00–20.00</del>" in (mail.html or "")
    assert mail.calendar_method == "REQUEST"
    before, after = parsed(first), parsed(mail)
    assert after["UID"] == before["UID"]
    assert int(after["SEQUENCE"]) > int(before["SEQUENCE"])
    assert after["DTSTART;TZID=Europe/Stockholm"] == "20261126T190000"


def test_move_tells_the_place_before_and_after() -> None:
    event = make_event(venue=make_venue(name={"sv": "Gamla huset"}, street="Gamla gatan 1"))
    new = make_venue(key="new", name={"sv": "Nya huset"}, street="Nya gatan 2")
    registered(event)

    edited(event, venue=new.key, room=None)
    (mail,) = mails()

    text = mail.text or ""
    assert "Tidigare: Stora salen, Gamla huset, Gamla gatan 1" in text
    assert "Nu: Nya huset, Nya gatan 2" in text
    assert text.count("När: ") == 1


def test_move_reaches_everybody_who_still_is_registered_once() -> None:
    event = make_event(capacity=2)
    for number in (1, 2, 3):
        registered(event, number)
    services.withdraw(registered(event, 4))
    mails()

    edited(event, occurrences=moved_to(event, "2026-12-10T18:00"))

    assert [mail.to for mail in mails()] == ["anna1@example.org", "anna2@example.org", "anna3@example.org"]
    assert [mail.calendar_method for mail in mails()] == ["REQUEST", "REQUEST", ""]


def test_two_moves_in_a_row_are_told_in_one_mail_from_first_to_last() -> None:
    event = make_event(starts="2026-11-25T18:00")
    registered(event)
    mails()

    edited(event, occurrences=moved_to(event, "2026-11-26T18:00"))
    edited(event, occurrences=moved_to(event, "2026-11-27T18:00"))
    (mail,) = mails()

    assert "Tidigare: ons 25 nov" in (mail.text or "")
    assert "Nu: fre 27 nov" in (mail.text or "")


def test_a_new_text_is_no_reason_to_write() -> None:
    event = make_event()
    registered(event)

    edited(event, summary={"sv": "Nya ord"})

    assert mails() == []


def test_a_new_street_of_a_careful_event_is_told_to_nobody_before_the_last_day() -> None:
    event = make_event(safety=Safety.CAREFUL, starts="2026-11-30T18:00", venue=make_venue(street="Gamla gatan 1"))
    new = make_venue(key="new", street="Nya gatan 2")
    registered(event)

    edited(event, venue=new.key, room=None)

    assert mails() == []


def test_a_new_town_of_a_careful_event_is_told_without_the_street() -> None:
    event = make_event(safety=Safety.CAREFUL, starts="2026-11-30T18:00", venue=make_venue(street="Gamla gatan 1"))
    new = make_venue(key="new", street="Nya gatan 2", city="Uppsala")
    registered(event)

    edited(event, venue=new.key, room=None)
    (mail,) = mails()

    assert "Tidigare: Stockholm\n  Nu: Uppsala" in (mail.text or "")
    assert "gatan" not in (mail.text or "") + (mail.html or "") + (mail.calendar or "")


def test_a_move_of_a_guarded_event_is_neutral() -> None:
    event = make_event(title=TITLE, safety=Safety.GUARDED, starts="2026-11-25T18:00")
    registered(event)

    edited(event, occurrences=moved_to(event, "2026-11-26T19:00"))
    (mail,) = mails()

    assert (mail.subject, mail.sender, mail.calendar) == ("Din anmälan till TH", "TH", None)
    assert "Våld" not in (mail.text or "") + (mail.html or "")
    assert "Nu: tors 26 nov 2026 kl. 19.00" in (mail.text or "")


def test_a_removed_date_of_several_is_told() -> None:
    event = make_event(dates=["2026-11-25T18:00", "2026-12-02T18:00"])
    registered(event)

    edited(event, occurrences=fields_now(event).occurrences[:1])
    (mail,) = mails()

    assert "Tidigare: ons 2 dec 2026 kl. 18.00–19.30\n  Nu: inställt" in (mail.text or "")


def test_cancel_tells_why_and_calls_the_entry_off() -> None:
    event = make_event(title=TITLE, starts="2026-11-25T18:00")
    registered(event)
    (first,) = mails("registration")

    cancel_event(event.id, {"sv": "Talaren är sjuk.", "en": "The speaker is ill."}, version=event.version, by=SYSTEM)
    (mail,) = mails()

    assert mail.subject == "Inställt: Våld är inte tradition, ons 25 nov 18.00"
    assert "Orsaken: Talaren är sjuk." in (mail.text or "")
    assert mail.calendar_method == "CANCEL"
    assert parsed(mail)["STATUS"] == "CANCELLED"
    assert int(parsed(mail)["SEQUENCE"]) > int(parsed(first)["SEQUENCE"])


def test_cancel_of_a_guarded_event_keeps_the_reason_for_the_page() -> None:
    event = make_event(safety=Safety.GUARDED)
    registered(event)

    cancel_event(event.id, {"sv": "Lokalen är hotad."}, version=event.version, by=SYSTEM)
    (mail,) = mails()

    assert mail.subject == "Din anmälan till TH"
    assert "hotad" not in (mail.text or "") + (mail.html or "")


def test_postpone_keeps_the_registration_and_tells_which_date_no_longer_holds() -> None:
    event = make_event(title=TITLE, starts="2026-11-25T18:00")
    registered(event)

    postpone_event(event.id, version=event.version, by=SYSTEM)
    (mail,) = mails()

    assert mail.subject == "Uppskjutet: Våld är inte tradition, ons 25 nov 18.00"
    assert "Datum som inte längre gäller: ons 25 nov 2026 kl. 18.00–19.30" in (mail.text or "")
    assert "\r\nSTATUS:TENTATIVE\r\n" in (mail.calendar or "")


def parsed(mail: Message) -> dict[str, str]:
    """The lines of a mail's calendar, unfolded; of a repeated name the last."""
    lines = (mail.calendar or "").replace("\r\n ", "").split("\r\n")
    return dict(line.split(":", 1) for line in lines if ":" in line)
