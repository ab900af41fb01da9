"""The core of it once more on PostgreSQL: publish, register, hand a seat on, follow the feed."""

import re
import uuid
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import expect

from cag_events.permissions import Role
from tests.calendars import read_strictly
from tests.conftest import _address, _dispose, _on_server
from tests.journeys.browser import PHONE, press
from tests.journeys.stage import Stage, own_link


@pytest.fixture
def stage(raise_stage: Callable[[str], Stage], postgres_template: tuple[str, str]) -> Iterator[Stage]:
    """An organisation with a venue and a theme, served from PostgreSQL."""
    server, template = postgres_template
    name = f"cag_{uuid.uuid4().hex[:12]}"
    _on_server(server, f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    stage = raise_stage(_address(server, name))
    yield stage
    _dispose(stage.app)
    _on_server(server, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@pytest.mark.postgres
def test_publishing_registering_promoting_and_following_on_postgresql(stage: Stage) -> None:
    stage.make.organisation()
    stage.make.venue(key="house")
    stage.make.theme("water", name={"sv": "Vatten", "en": "Water"})
    with stage.visit() as page:
        stage.sign_in(page, Role.ORGANIZER)
        page.goto("/sv/organise/events/new")
        page.locator("[name=title-sv]").fill("Vatten över gränser")
        page.locator("[name=occurrences-0-day]").fill("2026-12-10")
        page.locator("[name=occurrences-0-start]").fill("18:00")
        page.locator("[name=place]").select_option("house/hall")
        page.locator("[name=themes][value=water]").check()
        page.locator("#part-registration > summary").click()
        page.locator("[name=capacity]").fill("1")
        press(page.get_by_role("button", name="Publicera", exact=True))
        expect(page).to_have_url(re.compile("/vatten-over-granser/edit"))

    said = []
    for name in ("anna", "bengt"):
        with stage.visit(size=PHONE) as page:
            page.goto("/sv/events/vatten-over-granser")
            stage.wait()
            page.locator(".register-form [name=name]").fill(name)
            page.locator(".register-form [name=email]").fill(f"{name}@example.org")
            press(page.locator(".register-form [type=submit]"))
            expect(page).to_have_url(re.compile("/receipt"))
            said.append(page.get_by_role("main").inner_text())
    links = {mail["To"]: own_link(mail) for mail in stage.deliver()}
    assert ["Du har en plats" in text for text in said] == [True, False]

    with stage.visit(size=PHONE) as page:
        page.goto(links["anna@example.org"])
        page.locator("#withdraw > summary").click()
        press(page.locator("#withdraw [type=submit]"))
        page.locator("form:has([value=restore])").wait_for()
        page.goto(links["bengt@example.org"])
        assert page.get_by_role("heading", level=1).inner_text() == "Du har en plats"
        page.goto("/sv/?q=gränser")
        assert page.get_by_role("link", name="Vatten över gränser").count() == 1

    assert sorted(mail["To"] for mail in stage.deliver()) == ["anna@example.org", "bengt@example.org"]
    feed = read_strictly(stage.fetch("/feeds/themes/water.ics").octets)
    assert [entry.one("SUMMARY").text for entry in feed.components("VEVENT")] == ["Vatten över gränser"]
