"""An organizer lets an evening repeat, moves one date, calls one off, moves the rest; page and feed tell it."""

from datetime import UTC, datetime

import pytest
from playwright.sync_api import Page, expect

from cag_events.events.drafts import occurrences_of
from tests.factories import make_event
from tests.journeys.browser import press
from tests.journeys.stage import Stage
from tests.readers import by_every_reader

KEY = "kvallskurs"
DATES = f"/sv/organise/events/{KEY}/dates"


def open_date(page: Page, number: int) -> None:
    """Open the page of one of the dates."""
    page.goto(DATES)
    press(page.locator(".series-dates__one a").nth(number))


def save_date(page: Page, scope: str, **typed: str) -> None:
    """Type when the date is and for which dates that is meant."""
    form = page.locator("#date-form")
    for name, value in typed.items():
        form.locator(f"[name={name}]").fill(value)
    form.locator(f"[name=scope][value={scope}]").check()
    press(form.locator("[value=save]"))


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_a_series_stays_one_whatever_befalls_its_dates(stage: Stage, scripts: bool) -> None:
    with stage.app.app_context():
        event = make_event(key=KEY, starts="2027-03-16T18:00", minutes=120, title={"sv": "Kvällskurs"})
        first = occurrences_of(event.id)[0].id
    with stage.visit(scripts=scripts) as page:
        stage.sign_in(page, "admin@example.org")
        page.goto(f"{DATES}/{first}/series")
        page.locator("[name=count]").fill("5")
        press(page.locator("[value=preview]"))
        expect(page.get_by_role("main")).to_contain_text("Varje tisdag, 5 gånger, till 13 apr 2027")
        press(page.locator("#series-form .button--primary"))
        expect(page.locator(".series-dates__one")).to_have_count(5)

        open_date(page, 1)
        save_date(page, "this", day="2027-03-24", start="19:00", end="21:00")
        open_date(page, 2)
        page.locator("[name=off-reason-sv]").fill("Läraren är sjuk.")
        press(page.locator("#cancel-form [value=cancel]"))
        open_date(page, 3)
        save_date(page, "following", start="18:30", end="20:30")
        expect(page.locator(".series-dates")).to_have_count(2)

        page.goto(f"/sv/events/{KEY}")
        dates = page.locator("#dates")
        expect(dates.locator("s")).to_have_count(1)
        expect(dates).to_contain_text("Inställt:")
        expect(dates).to_contain_text("Läraren är sjuk.")
        octets = stage.fetch(f"/events/{KEY}.ics").octets

    seen = by_every_reader(octets)
    assert [(one.starts, one.status) for one in seen] == [
        (datetime(2027, 3, 16, 17, tzinfo=UTC), "CONFIRMED"),
        (datetime(2027, 3, 24, 18, tzinfo=UTC), "CONFIRMED"),
        (datetime(2027, 3, 30, 16, tzinfo=UTC), "CANCELLED"),
        (datetime(2027, 4, 6, 16, 30, tzinfo=UTC), "CONFIRMED"),
        (datetime(2027, 4, 13, 16, 30, tzinfo=UTC), "CONFIRMED"),
    ]
    assert len({one.uid for one in seen}) == 2
