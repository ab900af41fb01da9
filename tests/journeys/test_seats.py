"""Seats held for some, and a queue that offers them: what visitors read, who gets what, and what organizers can do."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from cag_events import clock
from cag_events.permissions import Role
from cag_events.registrations.services.queue import do_timed
from tests.journeys.browser import PHONE, press
from tests.journeys.stage import Stage, own_link

WORDS = {
    "sv": {
        "held": "1 plats är vikt för Studenter till ons 2 dec kl. 18.00.",
        "free": "1 av dem är ledig.",
        "only_held": "De platser som är lediga är vikta.",
        "place": "Din plats i kön: 1.",
        "next": "Du är näst på tur. De platser som är lediga är vikta för andra till",
        "subject": "Du erbjuds en plats",
        "offered": "Du är erbjuden en plats",
        "accept": "Ja, jag tar platsen",
        "seat": "Du har en plats",
        "waiting": "Du står i kö",
        "behind": "1 sällskap före dig väntar på samma platser.",
        "moved": "En arrangör har flyttat fram dig i kön.",
        "move": "Flytta",
        "head": "Först i kön",
        "why": "Säg varför, med några ord.",
    },
    "en": {
        "held": "1 seat is held for Students until Wed 2 Dec, 18:00.",
        "free": "1 of them is free.",
        "only_held": "The seats that are free are held.",
        "place": "Your place in the queue: 1.",
        "next": "You are next. The seats that are free are held for others until",
        "subject": "A seat is offered to you",
        "offered": "You are offered a seat",
        "accept": "Yes, I take the seat",
        "seat": "You have a seat",
        "waiting": "You are in the queue",
        "behind": "1 party before you waits for the same seats.",
        "moved": "An organizer has moved you forward in the queue.",
        "move": "Move",
        "head": "To the head of the queue",
        "why": "Say why, in a few words.",
    },
}


def register(stage: Stage, page: Page, name: str, lang: str, segment: str = "") -> str:
    """Register somebody; returns the address of their own page."""
    page.goto(f"/{lang}/events/held")
    stage.wait()
    page.locator(".register-form [name=name]").fill(name)
    page.locator(".register-form [name=email]").fill(f"{name.lower()}@example.org")
    page.locator(".register-form [name=segment]").select_option(segment)
    press(page.locator(".register-form [type=submit]"))
    expect(page).to_have_url(re.compile("/receipt"))
    return own_link(next(mail for mail in stage.deliver() if mail["To"] == f"{name.lower()}@example.org"))


@pytest.mark.parametrize(("lang", "scripts"), [("sv", True), ("en", False)], ids=["sv-scripts", "en-no-scripts"])
def test_held_seats_are_explained_and_offers_pass_from_one_to_the_next(stage: Stage, lang: str, scripts: bool) -> None:
    words = WORDS[lang]
    stage.make.segment("students")
    stage.make.event(
        key="held",
        capacity=2,
        ask=["segment"],
        pools=[{"segment": "students", "seats": 1, "online": False, "release_hours": 24}],
        queue={"filling": "offer", "hours": 24, "lapse": "end"},
    )

    with stage.visit(size=PHONE, scripts=scripts) as page:
        heading, main = page.get_by_role("heading", level=1), page.get_by_role("main")
        page.goto(f"/{lang}/events/held")
        expect(main).to_contain_text(words["held"])
        expect(main).to_contain_text(words["free"])
        anna = register(stage, page, "Anna", lang)
        page.goto(f"/{lang}/events/held")
        expect(main).to_contain_text(words["only_held"])

        bengt = register(stage, page, "Bengt", lang)
        page.goto(bengt)
        expect(main).to_contain_text(words["place"])
        expect(main).to_contain_text(words["next"])
        page.goto(register(stage, page, "Cecilia", lang, "students"))  # past Bengt, into the seat held for students
        expect(heading).to_have_text(words["seat"])
        dag = register(stage, page, "Dag", lang)
        page.goto(dag)
        expect(main).to_contain_text(words["behind"])

        page.goto(anna)
        page.locator("#withdraw > summary").click()
        press(page.locator("#withdraw [type=submit]"))
        page.locator("form:has([value=restore])").wait_for()
        offer = {mail["To"]: mail for mail in stage.deliver()}["bengt@example.org"]
        assert words["subject"] in str(offer["Subject"])
        for _look in range(2):  # to open the page decides nothing
            page.goto(own_link(offer))
            expect(heading).to_have_text(words["offered"])

        stage.wait(timedelta(hours=24))
        stage.ask(lambda: do_timed(clock.now()))
        stage.deliver()
        page.goto(bengt)
        expect(heading).to_have_text(words["waiting"])
        page.goto(dag)
        press(page.get_by_role("button", name=words["accept"]))
        expect(heading).to_have_text(words["seat"])


@pytest.mark.parametrize(("lang", "scripts"), [("sv", False), ("en", True)], ids=["sv-no-scripts", "en-scripts"])
def test_an_organizer_moves_somebody_with_a_reason_who_is_told_so(stage: Stage, lang: str, scripts: bool) -> None:
    words = WORDS[lang]
    stage.make.segment("students")
    stage.make.event(key="held", capacity=1, ask=["segment"])
    with stage.visit(size=PHONE, scripts=scripts) as page:
        for name in ("Anna", "Bengt", "Cecilia"):
            link = register(stage, page, name, lang)

        with stage.visit(scripts=scripts) as desk:
            stage.sign_in(desk, Role.ORGANIZER)
            desk.goto(f"/{lang}/organise/events/held/queue")
            last = desk.locator("tbody tr").last
            expect(last).to_contain_text("Cecilia")
            last.locator("summary").click()
            last.get_by_role("button", name=words["head"]).click()
            expect(desk.locator("[id=reason-error], .field__error").first).to_contain_text(words["why"])
            desk.locator("#reason").fill("Interprets for the panel")
            press(desk.locator("tr:has(#reason)").get_by_role("button", name=words["head"]))
            expect(desk.locator("tbody tr").first).to_contain_text("Cecilia")
            expect(desk.locator("tbody tr").first).to_contain_text("Interprets for the panel")

        page.goto(link)
        expect(page.get_by_role("main")).to_contain_text(words["place"])
        expect(page.get_by_role("main")).to_contain_text(words["moved"])
        expect(page.get_by_role("main")).not_to_contain_text("Interprets")
