"""Lists of an event: a guarded one asks why, the badges are printed, the file is taken, and the log says so."""

import csv
import re

import pytest
from playwright.sync_api import expect

from cag_events.domain.event import Safety
from cag_events.permissions import ANONYMOUS, Role
from cag_events.registrations.services import NewRegistration, register
from tests.journeys.browser import DESKTOP, PHONE, press
from tests.journeys.stage import Stage

WORDS = {
    "sv": {
        "lists": "Listor",
        "badges": "Välj och skriv ut",
        "why": "Säg varför du behöver listan.",
        "reason": "Skyltar till torsdagen",
        "printed": "Skrev ut namnskyltar",
        "taken": "Tog med sig anmälningarna som fil",
        "whole": "Loggen är hel",
    },
    "en": {
        "lists": "Lists",
        "badges": "Choose and print",
        "why": "Say why you need the list.",
        "reason": "Badges for Thursday",
        "printed": "Printed name badges",
        "taken": "Took the registrations along as a file",
        "whole": "The log is whole",
    },
}


def prepare(stage: Stage) -> None:
    """A guarded event with three who come."""
    event = stage.make.event(key="the-circle", safety=Safety.GUARDED, title={"sv": "Cirkeln", "en": "The circle"})
    names = ("Åsa Örn", "Чынара Үлгүбаева", "=1+1")

    def come() -> None:
        for number, name in enumerate(names):
            register(event.id, NewRegistration(name=name, email=f"p{number}@example.org"), by=ANONYMOUS)

    stage.ask(come)


@pytest.mark.parametrize(
    ("lang", "size", "scripts"), [("sv", DESKTOP, True), ("en", PHONE, False)], ids=["sv-1280", "en-390-no-scripts"]
)
def test_a_guarded_events_badges_and_file_are_given_for_a_reason_that_is_logged(
    stage: Stage, lang: str, size: dict[str, int], scripts: bool
) -> None:
    words = WORDS[lang]
    prepare(stage)
    with stage.visit(size=size, scripts=scripts) as page:
        stage.sign_in(page, Role.ADMIN)
        page.goto(f"/{lang}/organise/events/the-circle/registrations")
        press(page.get_by_role("link", name=words["lists"], exact=True))
        press(page.locator("a[href$='/lists/badges']"))
        press(page.locator("main form.form [type=submit]"))
        expect(page.locator("main")).to_contain_text(words["why"])

        page.locator("[name=reason]").fill(words["reason"])
        page.locator("[name=sheet][value='10']").check()
        page.locator("[name=skip]").fill("2")
        press(page.locator("main form.form [type=submit]"))
        expect(page).to_have_url(re.compile("badges/print"))
        expect(page.locator(".label__large")).to_have_text(["=1+1", "Åsa", "Чынара"])
        expect(page.locator(".labels--10 > .label")).to_have_count(5)
        expect(page.get_by_role("main")).not_to_contain_text("Cirkeln" if lang == "sv" else "The circle")

        page.goto(f"/{lang}/organise/events/the-circle/lists/registrations")
        page.locator("[name=reason]").fill(words["reason"])
        page.locator("[name=format][value=csv]").check()
        with page.expect_download() as download:
            page.locator("main form.form [type=submit]").click()
        assert download.value.suggested_filename == "registrations.csv"
        rows = list(csv.reader(download.value.path().read_text("utf-8-sig").splitlines()))
        assert [row[1] for row in rows[1:]] == ["Åsa Örn", "Чынара Үлгүбаева", "'=1+1"]

        page.goto(f"/{lang}/organise/log?check=1")
        main = page.get_by_role("main")
        for said in (words["whole"], words["printed"], words["taken"], words["reason"]):
            expect(main).to_contain_text(said)
