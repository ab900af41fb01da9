"""Somebody brings a calendar of another program in: looks, chooses, takes, brings a newer one, undoes."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from cag_events.permissions import Role
from tests.imports.given import calendar, entry
from tests.journeys.browser import DESKTOP, PHONE, press
from tests.journeys.stage import Stage

WORDS = {
    "sv": {"look": "Granska", "take": "Importera det som är ikryssat", "undo": "Ångra: radera 1 utkast"},
    "en": {"look": "Look at it", "take": "Import what is ticked", "undo": "Undo: delete 1 draft"},
}


@pytest.mark.parametrize(
    ("lang", "size", "scripts"), [("sv", DESKTOP, True), ("en", PHONE, False)], ids=["sv-1280", "en-390-no-scripts"]
)
def test_a_calendar_is_looked_at_taken_renewed_and_undone(
    stage: Stage, tmp_path: Path, lang: str, size: dict[str, int], scripts: bool
) -> None:
    words = WORDS[lang]
    file = tmp_path / "evenings.ics"
    file.write_bytes(calendar(entry(), entry("CLASS:PRIVATE", uid="two", title="Board meeting")))
    with stage.visit(size=size, scripts=scripts) as page:
        stage.sign_in(page, Role.EDITOR)

        page.goto(f"/{lang}/organise/import")
        page.locator("[name=file]").set_input_files(file)
        press(page.get_by_role("button", name=words["look"]))
        ticks = page.locator("[name=chosen]")
        expect(ticks).to_have_count(2)
        expect(ticks.first).to_be_checked()
        expect(ticks.last).not_to_be_checked()
        press(page.get_by_role("button", name=words["take"]))
        expect(page.get_by_role("link", name="Open evening")).to_be_visible()

        file.write_bytes(calendar(entry("SEQUENCE:1", title="Open evening with songs")))
        page.goto(f"/{lang}/organise/import")
        page.locator("[name=file]").set_input_files(file)
        press(page.get_by_role("button", name=words["look"]))
        expect(page.locator("main del")).to_have_text("Open evening")
        expect(page.locator("main ins")).to_have_text("Open evening with songs")
        press(page.get_by_role("button", name=words["take"]))
        expect(page.get_by_role("link", name="Open evening with songs")).to_be_visible()

        page.goto(f"/{lang}/organise/import")
        press(page.locator("#lately a").last)
        press(page.get_by_role("button", name=words["undo"]))
        expect(page.get_by_role("button", name=words["undo"])).to_have_count(0)
        expect(page.get_by_role("link", name="Open evening")).to_have_count(0)


@pytest.mark.parametrize(
    ("lang", "look", "take"),
    [("sv", "Granska", "Ta med det som är ikryssat"), ("en", "Look at it", "Take what is ticked")],
)
def test_a_file_of_periods_is_looked_at_before_it_is_taken(
    stage: Stage, tmp_path: Path, lang: str, look: str, take: str
) -> None:
    file = tmp_path / "terms.ics"
    days = ("DTSTART;VALUE=DATE:20270115", "DTEND;VALUE=DATE:20270116")
    file.write_bytes(calendar(entry(*days, title="Study day"), entry(*days, uid="two", title="Not for us")))
    with stage.visit(size=PHONE) as page:
        stage.sign_in(page, Role.ORGANIZER)

        page.goto(f"/{lang}/organise/periods/import")
        page.locator("[name=file]").set_input_files(file)
        press(page.get_by_role("button", name=look))
        ticks = page.locator("[name=chosen]")
        expect(ticks).to_have_count(2)
        ticks.first.uncheck()
        press(page.get_by_role("button", name=take))

        expect(page.get_by_role("link", name="Study day")).to_be_visible()
        expect(page.get_by_role("link", name="Not for us")).to_have_count(0)
