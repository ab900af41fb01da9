"""An event is cancelled: the organizer learns how many will be told, and everybody learns that it is."""

import pytest
from playwright.sync_api import expect
from sqlalchemy import func, select

from cag_events.db import db
from cag_events.domain.seats import LIVE
from cag_events.events.models import Event
from cag_events.permissions import SYSTEM
from cag_events.registrations.models import Registration
from cag_events.registrations.services import NewRegistration, add
from tests.calendars import Component, read_strictly
from tests.journeys.browser import press
from tests.journeys.stage import Stage, calendar_part, plain

EVENT = "opinionsverkstad"


def entries(stage: Stage, address: str) -> dict[str, Component]:
    """The entries of a feed by UID."""
    found = read_strictly(stage.fetch(address).octets).components("VEVENT")
    return {entry.one("UID").value: entry for entry in found}


def waiting_for_news(stage: Stage) -> int:
    """How many live registrations with an address the event has."""
    number: int = stage.ask(
        lambda: db.session.scalar(
            select(func.count(Registration.id))
            .join(Event, Event.id == Registration.event_id)
            .where(Event.key == EVENT, Registration.status.in_(LIVE), Registration.email_sealed.is_not(None))
        )
    )
    return number


def register_nora() -> None:
    """Register somebody, who gets a seat."""
    event_id = db.session.scalars(select(Event.id).where(Event.key == EVENT)).one()
    add(event_id, NewRegistration(name="Nora", email="nora@example.org", language="sv"), by=SYSTEM)


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_a_cancelled_event_says_so_on_its_page_in_feeds_and_by_mail(stage: Stage, scripts: bool) -> None:
    stage.ask(register_nora)
    stage.deliver()  # with an entry for her calendar
    expected = waiting_for_news(stage)
    ((uid, before),) = entries(stage, f"/events/{EVENT}.ics").items()
    with stage.visit(scripts=scripts) as page:
        stage.sign_in(page, "info.samordnare@example.org")
        page.goto(f"/sv/organise/events/{EVENT}/cancel")
        expect(page.get_by_role("main")).to_contain_text(f"{expected} anmälningar: de får ett mejl efter tio minuter.")
        page.locator("[name=why-sv]").fill("Ledaren är sjuk.")
        press(page.get_by_role("button", name="Ställ in evenemanget"))
        expect(page.get_by_role("status").first).to_be_visible()
    early = stage.deliver()
    stage.release()
    mails = stage.deliver()
    after = entries(stage, f"/events/{EVENT}.ics")[uid]
    with stage.visit(scripts=scripts) as page:
        page.goto(f"/sv/events/{EVENT}")
        expect(page.locator(".banner--error")).to_contain_text("Ledaren är sjuk.")
        expect(page.locator(".register-form")).to_have_count(0)

    assert (early, expected > 5, len(mails)) == ([], True, expected)
    assert "Ledaren är sjuk." in plain(next(mail for mail in mails if mail["Content-Language"] in (None, "sv")))
    assert [read_strictly(part).one("METHOD").value for mail in mails if (part := calendar_part(mail))][:1] == [
        "CANCEL"
    ]
    for address in (f"/events/{EVENT}.ics", "/feeds/programme.ics", "/feeds/programme.ics?kind=workshop"):
        assert entries(stage, address)[uid].one("STATUS").value == "CANCELLED"
    assert int(after.one("SEQUENCE").value) > int(before.one("SEQUENCE").value)
