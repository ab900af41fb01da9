"""An organizer plans on Midsummer in a taken room: the editor says so while they type, and without scripts too."""

import pytest
from playwright.sync_api import expect

from cag_events.permissions import Role
from tests.journeys.browser import press
from tests.journeys.stage import Stage


@pytest.mark.parametrize(("lang", "scripts"), [("sv", True), ("en", False)], ids=["sv-scripts", "en-no-scripts"])
def test_the_editor_says_what_speaks_against_a_time_and_saves_it_all_the_same(
    stage: Stage, lang: str, scripts: bool
) -> None:
    venue = stage.make.venue(key="quiet-house")
    stage.make.event(key="water", venue=venue, title={"sv": "Vatten", "en": "Water"}, starts="2027-06-26T17:00")
    stage.make.event(key="mine", venue=venue, starts="2027-06-22T18:00")
    words = {
        "sv": ("Ingenting som vi känner till.", "Midsommardagen", "av ”Vatten”", "Se evenemanget"),
        "en": ("Nothing that we know of.", "Midsummer Day", "by “Water”", "See the event"),
    }[lang]

    with stage.visit(scripts=scripts) as page:
        stage.sign_in(page, Role.ORGANIZER)
        page.goto(f"/{lang}/organise/events/mine/edit")
        against = page.locator("#against")
        page.locator("[name=occurrences-0-day]").fill("2027-05-25")
        page.locator("[name=occurrences-0-start]").focus()
        if not scripts:
            press(against.get_by_role("button"))
        expect(against).to_contain_text(words[0])
        page.locator("[name=occurrences-0-day]").fill("2027-06-26")
        page.locator("[name=occurrences-0-start]").focus()
        if not scripts:
            press(against.get_by_role("button"))
        expect(against).to_contain_text(words[1])
        expect(against).to_contain_text(words[2])
        expect(against.get_by_role("link", name=words[3])).to_have_attribute(
            "href", f"/{lang}/organise/events/water/edit"
        )
        press(page.locator(".save-bar [value=save]"))
        expect(page.locator("[name=occurrences-0-day]")).to_have_value("2027-06-26")
        expect(page.locator("#against")).to_contain_text(words[1])
