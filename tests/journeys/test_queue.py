"""A full event: the third in line waits, a seat is freed, the next one gets it and a mail."""

import pytest
from playwright.sync_api import expect

from tests.journeys.browser import PHONE, press
from tests.journeys.stage import Stage, own_link, plain

WORDS = {
    "sv": {
        "button": "Ställ mig i kö",
        "queued": "Alla platser är tagna, så du står i kö.",
        "waiting": "Du står i kö",
        "seat": "Du har en plats",
        "place": "Din plats i kön: 1.",
        "promoted": "Du har fått en plats",
    },
    "en": {
        "button": "Put me in the queue",
        "queued": "All seats are taken, so you stand in the queue.",
        "waiting": "You are in the queue",
        "seat": "You have a seat",
        "place": "Your place in the queue: 1.",
        "promoted": "You have got a seat",
    },
}


def register(stage: Stage, name: str, lang: str, scripts: bool) -> str:
    """Register a person as a visitor of their own; returns what the receipt says."""
    with stage.visit(size=PHONE, scripts=scripts) as page:
        page.goto(f"/{lang}/events/small")
        stage.wait()
        page.locator(".register-form [name=name]").fill(name)
        page.locator(".register-form [name=email]").fill(f"{name.lower()}@example.org")
        page.locator(".register-form [type=submit]").click()
        page.wait_for_url("**/receipt**")
        return page.get_by_role("main").inner_text()


@pytest.mark.parametrize(("lang", "scripts"), [("sv", True), ("en", False)], ids=["sv-scripts", "en-no-scripts"])
def test_a_freed_seat_goes_to_the_next_in_line_who_gets_a_mail(stage: Stage, lang: str, scripts: bool) -> None:
    words = WORDS[lang]
    stage.make.event(key="small", capacity=2, waitlist=True)
    for name in ("Anna", "Bengt"):
        register(stage, name, lang, scripts)
    links = {mail["To"]: own_link(mail) for mail in stage.deliver()}

    with stage.visit(size=PHONE, scripts=scripts) as page:
        page.goto(f"/{lang}/events/small")
        expect(page.get_by_role("button", name=words["button"])).to_be_visible()
    said = [register(stage, name, lang, scripts) for name in ("Cecilia", "Dag")]
    links |= {mail["To"]: own_link(mail) for mail in stage.deliver()}
    assert [words["queued"] in text for text in said] == [True, True]

    with stage.visit(size=PHONE, scripts=scripts) as page:
        heading = page.get_by_role("heading", level=1)
        page.goto(links["cecilia@example.org"])
        expect(heading).to_have_text(words["waiting"])
        expect(page.get_by_role("main")).to_contain_text(words["place"])
        page.goto(links["anna@example.org"])
        page.locator("#withdraw > summary").click()
        press(page.locator("#withdraw [type=submit]"))
        page.locator("form:has([value=restore])").wait_for()

        mails = {mail["To"]: mail for mail in stage.deliver()}
        assert sorted(mails) == ["anna@example.org", "cecilia@example.org"]
        assert mails["cecilia@example.org"]["Subject"].startswith(words["promoted"])
        assert own_link(mails["cecilia@example.org"]) in plain(mails["cecilia@example.org"])
        for name, status in (("cecilia", words["seat"]), ("dag", words["waiting"]), ("bengt", words["seat"])):
            page.goto(links[f"{name}@example.org"])
            expect(heading).to_have_text(status)

        page.goto(links["anna@example.org"])  # too late: the seat is somebody else's
        press(page.locator("form:has([value=restore]) [type=submit]"))
        expect(heading).to_have_text(words["waiting"])


def test_two_who_press_at_the_same_time_for_the_last_seat_are_told_apart(stage: Stage) -> None:
    stage.make.event(key="small", capacity=1, waitlist=True)
    with stage.visit() as one, stage.visit() as other:
        for page, name in ((one, "Anna"), (other, "Bengt")):
            page.goto("/sv/events/small")
            page.locator(".register-form [name=name]").fill(name)
            page.locator(".register-form [name=email]").fill(f"{name.lower()}@example.org")
        stage.wait()
        said = []
        for page in (one, other):  # both pages still say that there is a seat
            page.locator(".register-form [type=submit]").click()
            page.wait_for_url("**/receipt**")
            said.append(page.get_by_role("main").inner_text())

    assert ["Du har en plats" in text for text in said] == [True, False]
    assert WORDS["sv"]["queued"] in said[1]
