"""A class is named, made smaller and passed on; somebody taps “not coming”, looks at their data, erases it."""

import re

import pytest
from playwright.sync_api import Page, expect

from cag_events.db import transaction
from cag_events.permissions import ANONYMOUS
from cag_events.registrations.services import NewRegistration, make_link, register
from tests.factories import make_event
from tests.journeys.browser import PHONE, press
from tests.journeys.stage import Stage, plain

HOW = pytest.mark.parametrize(("lang", "scripts"), [("sv", True), ("en", False)], ids=["sv-scripts", "en-no-scripts"])


def registered(stage: Stage, party: int = 1) -> str:
    """Register a party at an event with room; returns the path of its page."""

    def make() -> str:
        event = make_event(key="self-service", capacity=20, group_max=9)
        new = NewRegistration(name="Lärare Exempel", email="larare@example.org", party=party)
        done = register(event.id, new, by=ANONYMOUS)
        with transaction():
            return make_link(done.registration_id)

    return f"registrations/{stage.ask(make)}"


def open_link(page: Page, lang: str, path: str) -> None:
    """Open a page in a language."""
    page.goto(f"/{lang}/{path}")


@HOW
def test_a_party_is_named_made_smaller_and_passed_on(stage: Stage, lang: str, scripts: bool) -> None:
    own = registered(stage, party=4)
    with stage.visit(size=PHONE, scripts=scripts, language=lang) as page:
        open_link(page, lang, own)
        press(page.locator(".own-links a[href$='/people']"))
        for number, name in ((2, "Aida Exempel"), (3, "Bek Exempel"), (4, "Cholpon Exempel")):
            page.locator(f"[name=name_{number}]").fill(name)
        press(page.locator("form:has([name=name_2]) [type=submit]"))
        expect(page.locator(".own-links__note").first).to_contain_text("4")

        page.locator("#change > summary").click()
        page.locator("#change [name=party]").fill("2")
        press(page.locator("#change [type=submit]"))
        for stay, ticked in (("2", False), ("3", True)):
            page.locator(f"[name=stay][value='{stay}']").set_checked(ticked)
        press(page.locator("#fewer [type=submit]"))
        expect(page.locator(".own-links__note").first).to_contain_text("2")

        stage.deliver()
        press(page.locator(".own-links a[href$='/pass-on']"))
        page.locator("[name=name]").fill("Vera Exempel")
        page.locator("[name=email]").fill("vera@example.org")
        press(page.locator("form:has([name=email]) [type=submit]"))
        expect(page.get_by_role("main")).to_contain_text("vera@example.org")
        (mail,) = stage.deliver()
        assert mail["To"] == "vera@example.org"

        page.goto(next(word for word in plain(mail).split() if "/taking-over/" in word))
        press(page.locator(".register-form [type=submit]"))
        expect(page.locator(".own-registration")).to_contain_text("Vera Exempel")
        told = {sent["To"]: plain(sent) for sent in stage.deliver()}
        assert set(told) == {"vera@example.org", "larare@example.org"}
        assert "/registrations/" not in told["larare@example.org"]
        answer = page.goto(f"/{lang}/{own}")
        assert answer is not None
        assert answer.status == 404


@HOW
def test_one_tap_frees_the_seat_and_my_data_goes_when_i_say_so(stage: Stage, lang: str, scripts: bool) -> None:
    own = registered(stage)
    with stage.visit(size=PHONE, scripts=scripts, language=lang) as page:
        open_link(page, lang, f"{own}/not-coming")
        press(page.locator("main form [type=submit]"))
        press(page.locator("form:has([value=restore]) [type=submit]"))
        expect(page.locator(".own-links")).to_be_visible()

        open_link(page, lang, f"{own}/data")
        expect(page.get_by_role("main")).to_contain_text("larare@example.org")
        press(page.locator("a[href$='/erase']"))
        press(page.locator("main form [type=submit]"))
        expect(page).to_have_url(re.compile(f"/{lang}/registrations$"))
        answer = page.goto(f"/{lang}/{own}")
        assert answer is not None
        assert answer.status == 404
    assert stage.deliver() == []
