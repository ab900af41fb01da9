"""An office is invited by one line: it says no and changes its mind; an assistant answers; somebody else comes."""

import re

import pytest
from playwright.sync_api import expect

from cag_events.domain.event import Visibility
from cag_events.permissions import Role
from tests.factories import make_event
from tests.journeys.browser import PHONE, press
from tests.journeys.stage import Stage, plain


@pytest.mark.parametrize(("lang", "scripts"), [("sv", True), ("en", False)], ids=["sv-scripts", "en-no-scripts"])
def test_an_office_is_invited_says_no_and_then_sends_somebody(stage: Stage, lang: str, scripts: bool) -> None:
    stage.ask(lambda: make_event(key="by-invitation", registration_mode="invite", visibility=Visibility.PRIVATE).id)
    invite = f"/{lang}/organise/events/by-invitation/registrations/invite"
    with stage.visit(scripts=scripts, language=lang) as page:
        stage.sign_in(page, Role.ORGANIZER)
        page.goto(invite)
        page.locator("[name=lines]").fill("Kulturkontoret <kultur@example.org>")
        page.locator("[name=note]").fill("Vi hoppas på er.")
        press(page.locator("form:has([name=lines]) [type=submit]"))
        expect(page.get_by_role("main")).to_contain_text("kultur@example.org")
    (mail,) = stage.deliver()
    assert (mail["To"], "Vi hoppas på er." in plain(mail)) == ("kultur@example.org", True)
    path = next(word for word in plain(mail).split() if "/invitations/" in word).partition("/invitations/")[2]

    with stage.visit(size=PHONE, scripts=scripts, language=lang) as page:
        page.goto(f"/{lang}/invitations/{path}")
        press(page.locator("#decline [type=submit]"))
        expect(page.locator("#decline")).to_have_count(0)
        stage.wait()
        page.locator("[name=who][value=substitute]").check()
        page.locator(".register-form [name=name]").fill("Vikarie Exempel")
        page.locator(".register-form [name=email]").fill("vikarie@example.org")
        press(page.locator(".register-form [type=submit]"))
        expect(page).to_have_url(re.compile("/receipt"))

    assert {mail["To"] for mail in stage.deliver()} == {"kultur@example.org", "vikarie@example.org"}
