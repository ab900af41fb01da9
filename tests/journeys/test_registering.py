"""Nora registers from her phone, changes her mind, takes it back; presses twice, goes back, has two tabs open."""

import re

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import func, select

from cag_events.db import db
from cag_events.registrations.models import Registration
from tests.calendars import read_strictly
from tests.journeys.browser import PHONE
from tests.journeys.stage import MINUTE, Count, Stage, calendar_part, counted, own_link, plain

EVENT = "vald-ar-inte-tradition"
BOTH = pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
WORDS = {
    "sv": {
        "register": "Anmäl mig",
        "seat": "Du har en plats. Välkommen!",
        "subject": "Du är anmäld: Våld är inte tradition: rörelsen mot brudrov, ons 25 nov 18.00",
        "withdrawn": "Du har avbokat",
        "status": "Du har en plats",
    },
    "en": {
        "register": "Register",
        "seat": "You have a seat. Welcome!",
        "subject": "You are registered: Violence is not tradition: the movement against bride kidnapping, "
        "Wed 25 Nov 18:00",
        "withdrawn": "You have withdrawn",
        "status": "You have a seat",
    },
}


def fill(page: Page, name: str = "Nora Exempelsson", email: str = "nora@example.org") -> None:
    """Fill in what the form asks for."""
    page.locator(".register-form [name=name]").fill(name)
    page.locator(".register-form [name=email]").fill(email)


def press(page: Page) -> None:
    """Press the form's button."""
    page.locator(".register-form [type=submit]").click()


def registrations(stage: Stage) -> int:
    """How many registrations there are."""
    number: int = stage.ask(lambda: db.session.scalar(select(func.count(Registration.id))))
    return number


@BOTH
@pytest.mark.parametrize("lang", ["sv", "en"])
def test_a_visitor_registers_on_one_page_changes_withdraws_and_takes_it_back(
    stage: Stage, lang: str, scripts: bool
) -> None:
    words = WORDS[lang]
    with stage.visit(size=PHONE, scripts=scripts) as page:
        main, heading = page.get_by_role("main"), page.get_by_role("heading", level=1)
        work = counted(page)
        page.goto(f"/{lang}/events/{EVENT}")
        required = page.locator(".register-form [required]").count()
        stage.wait()
        fill(page)
        page.get_by_role("button", name=words["register"]).click()
        expect(main).to_contain_text(words["seat"])
        assert (required, work) == (2, Count(pages=1, submits=1))
        assert "nora" not in main.inner_text().lower()  # whoever looks over the shoulder learns nothing

        (mail,) = stage.deliver()
        assert (mail["To"], mail["Subject"]) == ("nora@example.org", words["subject"])
        calendar = read_strictly(calendar_part(mail) or b"")
        assert calendar.one("METHOD").value == "REQUEST"

        page.goto(own_link(mail))
        expect(heading).to_have_text(words["status"])
        page.locator("#change > summary").click()
        page.locator("#change [name=name]").fill("Nora Provgren")
        page.locator("#change [type=submit]").click()
        expect(page.locator(".own-registration")).to_contain_text("Nora Provgren")

        page.locator("#withdraw > summary").click()
        page.locator("#withdraw [type=submit]").click()
        expect(heading).to_have_text(words["withdrawn"])
        page.locator("form:has([value=restore]) [type=submit]").click()
        expect(heading).to_have_text(words["status"])


def test_the_way_back_is_open_for_ten_minutes(stage: Stage) -> None:
    with stage.visit(size=PHONE) as page:
        page.goto(f"/sv/events/{EVENT}")
        stage.wait()
        fill(page)
        press(page)
        page.wait_for_url("**/receipt**")
        page.goto(own_link(stage.deliver()[0]))
        page.locator("#withdraw > summary").click()
        page.locator("#withdraw [type=submit]").click()
        undo = page.locator("form:has([value=restore])")
        expect(undo).to_have_count(1)
        stage.wait(11 * MINUTE)
        page.reload()

        expect(undo).to_have_count(0)


@BOTH
def test_a_double_press_makes_one_registration(stage: Stage, scripts: bool) -> None:
    before = registrations(stage)
    with stage.visit(size=PHONE, scripts=scripts) as page:
        page.goto(f"/sv/events/{EVENT}")
        stage.wait()
        fill(page)
        page.locator(".register-form [type=submit]").dblclick()
        expect(page).to_have_url(re.compile("/receipt"))  # the second press breaks off the first one's way there

    assert (registrations(stage) - before, len(stage.deliver())) == (1, 1)


def test_two_tabs_make_one_registration_and_say_the_same(stage: Stage) -> None:
    before = registrations(stage)
    with stage.visit(size=PHONE) as page:
        other = page.context.new_page()
        for tab in (page, other):
            tab.goto(f"/sv/events/{EVENT}")
        stage.wait()
        said = []
        for tab in (page, other):
            fill(tab)
            press(tab)
            tab.wait_for_url("**/receipt**")
            said.append(tab.get_by_role("main").inner_text())

    mails = stage.deliver()
    assert (registrations(stage) - before, said[0]) == (1, said[1])
    assert {mail["To"] for mail in mails} == {"nora@example.org"}


@BOTH
def test_going_back_after_registering_and_sending_again_makes_one_registration(stage: Stage, scripts: bool) -> None:
    before = registrations(stage)
    with stage.visit(size=PHONE, scripts=scripts) as page:
        page.goto(f"/sv/events/{EVENT}")
        stage.wait()
        fill(page)
        press(page)
        page.wait_for_url("**/receipt**")
        page.go_back()
        stage.wait()
        fill(page)
        press(page)
        page.wait_for_url("**/receipt**")
        page.reload()  # nothing is sent again

    assert registrations(stage) - before == 1


def test_a_form_sent_at_once_asks_for_one_more_press_and_loses_nothing(stage: Stage) -> None:
    with stage.visit(size=PHONE) as page:
        page.goto(f"/sv/events/{EVENT}")
        fill(page)
        press(page)
        expect(page.locator("#error-summary")).to_contain_text("Tryck på knappen en gång till")
        assert page.locator("[name=email]").input_value() == "nora@example.org"
        press(page)
        page.wait_for_url("**/receipt**")


def test_what_is_typed_stays_in_the_tab_until_it_is_sent(stage: Stage) -> None:
    with stage.visit(size=PHONE) as page:
        page.goto(f"/sv/events/{EVENT}")
        stage.wait()
        fill(page)
        page.goto("/sv/privacy")
        page.go_back()
        page.reload()
        kept = page.locator("[name=email]").input_value()
        stage.wait()
        press(page)
        page.wait_for_url("**/receipt**")
        page.goto(f"/sv/events/{EVENT}")

        assert (kept, page.locator("[name=email]").input_value()) == ("nora@example.org", "")


def test_the_link_comes_again_to_who_lost_it_and_the_answer_is_the_same_for_all(stage: Stage) -> None:
    with stage.visit(size=PHONE) as page:
        page.goto(f"/sv/events/{EVENT}")
        stage.wait()
        fill(page)
        press(page)
        page.wait_for_url("**/receipt**")
        first = own_link(stage.deliver()[0])
        said = []
        for email in ("nora@example.org", "nobody@example.org"):
            page.goto("/sv/registrations")
            stage.wait()
            page.locator("[name=mail-email]").fill(email)
            with page.expect_navigation():
                page.locator("form:has([name=mail-email]) [type=submit]").click()
            said.append(page.get_by_role("main").inner_text())

    (mail,) = stage.deliver()
    assert (said[0], mail["To"]) == (said[1], "nora@example.org")
    assert own_link(mail) != first
    assert "Våld är inte tradition" in plain(mail)
