"""A conference: a visitor's own programme on a phone, a second version that tells who it concerns, a clash refused."""

import csv
import io
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from cag_events.db import transaction
from cag_events.permissions import Role
from cag_events.registrations.services.links import make_link
from tests.conferences.stage import come, make_conference
from tests.journeys.browser import PHONE, axe_faults, press
from tests.journeys.stage import Stage, plain

WORDS = {
    "sv": {
        "save": "Spara mitt program",
        "subscribe": "Prenumerera på mitt program",
        "publish": "Publicera version 2",
        "clash": "är samtidigt",
        "changed": "Det här har ändrats i programmet",
        "mail": "Programmet har ändrats",
        "mend": "Det här behöver rättas innan du publicerar",
    },
    "en": {
        "save": "Save my programme",
        "subscribe": "Subscribe to my programme",
        "publish": "Publish version 2",
        "clash": "are at the same time",
        "changed": "What changed in the programme",
        "mail": "The programme has changed",
        "mend": "Mend this before you publish",
    },
}
both = pytest.mark.parametrize(("lang", "scripts"), [("sv", True), ("en", False)], ids=["sv-scripts", "en-no-scripts"])


def conference(stage: Stage, lang: str) -> str:
    """A conference with somebody who comes; returns the address of their own page."""

    def make() -> str:
        registration = come(make_conference(key="days", title={"sv": "Dagar", "en": "Days"}), lang=lang)
        with transaction():
            return f"/{lang}/registrations/{make_link(registration)}"

    address: str = stage.ask(make)
    return address


def tick(page: Page, *keys: str) -> None:
    """Tick these items and no others."""
    for box in page.locator("[name=item]").all():
        box.set_checked(box.get_attribute("value") in keys)


@both
def test_a_visitor_chooses_on_a_phone_and_subscribes(stage: Stage, lang: str, scripts: bool) -> None:
    words, own = WORDS[lang], conference(stage, lang)
    with stage.visit(size=PHONE, scripts=scripts) as page:
        page.goto(own)
        press(page.locator("#own-programme a"))
        tick(page, "talk", "game")
        press(page.get_by_role("button", name=words["save"]))
        expect(page.locator("#item-game-about, #item-talk-about").get_by_text(words["clash"])).to_be_visible()
        tick(page, "game", "radio")
        press(page.get_by_role("button", name=words["save"]))
        expect(page.locator("#mine .timetable__row")).to_have_count(5)  # with lunch, and what is for everybody
        press(page.get_by_role("button", name=words["subscribe"]))
        address = page.locator("#feed-address").input_value()
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
        assert not scripts or axe_faults(page) == []  # it needs them

    calendar = stage.fetch(address).text
    assert calendar.count("BEGIN:VEVENT") == 4
    assert "game" in calendar


@both
def test_a_moved_item_is_published_as_a_version_that_tells_whom_it_concerns(
    stage: Stage, lang: str, scripts: bool
) -> None:
    words, own = WORDS[lang], conference(stage, lang)
    with stage.visit(scripts=scripts) as page:
        page.goto(f"{own}/programme")
        tick(page, "talk")
        press(page.get_by_role("button", name=words["save"]))
        stage.sign_in(page, Role.ORGANIZER)
        page.goto(f"/{lang}/organise/events/days/edit")
        _item(page, 1).locator("[name$=-start]").fill("10:45")
        _save(page)
        page.goto(f"/{lang}/events/days")
        expect(page.locator("#programme")).not_to_contain_text("10:45" if lang == "en" else "10.45")
        page.goto(f"/{lang}/organise/events/days/programme")
        press(page.get_by_role("button", name=words["publish"]))
        page.goto(f"/{lang}/events/days")
        press(page.locator(".plan-version a"))
        expect(page.get_by_role("heading", level=1)).to_have_text(words["changed"])
        expect(page.locator(".changes__one")).to_have_count(1)
        with page.expect_download() as download:
            page.evaluate("path => { location.href = path }", f"/{lang}/organise/events/days/programme.csv")
        rows = list(csv.DictReader(io.StringIO(download.value.path().read_text("utf-8-sig"))))

    assert [row["start"] for row in rows if row["key"] == "talk"] == ["10:45"]
    (mail,) = [mail for mail in stage.deliver() if str(mail["Subject"]).startswith(words["mail"])]
    assert mail["To"] == "anna@example.org"
    before, after = ("10:30–11:30", "10:45–11:30") if lang == "en" else ("10.30–11.30", "10.45–11.30")
    assert before in plain(mail)
    assert after in plain(mail)


@both
def test_a_clash_keeps_a_version_from_being_published(stage: Stage, lang: str, scripts: bool) -> None:
    conference(stage, lang)
    with stage.visit(scripts=scripts) as page:
        stage.sign_in(page, Role.ORGANIZER)
        page.goto(f"/{lang}/organise/events/days/edit")
        _item(page, 2).locator("[name$=-room]").select_option("hall")
        _save(page)
        page.goto(f"/{lang}/organise/events/days/programme")
        expect(page.get_by_text(WORDS[lang]["mend"])).to_be_visible()
        expect(page.get_by_role("button", name=WORDS[lang]["publish"])).to_have_count(0)


def _save(page: Page) -> None:
    press(page.locator(".save-bar [name=do][value=save]"))


def _item(page: Page, number: int) -> Any:
    """A programme item's row in the editor, opened if it is folded."""
    row = page.locator(f"#kind-programme-{number}")
    page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
    return row
