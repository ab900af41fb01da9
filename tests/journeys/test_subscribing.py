"""Kerstin follows a theme in her own calendar; what is published, moved and ended reaches it."""

import re
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, expect

from tests.calendars import Component, read_strictly, read_vobject
from tests.journeys.browser import press
from tests.journeys.stage import Stage, calendar_part, plain

MEMBER = "medlem@example.org"
ORGANIZER = "info.samordnare@example.org"
TITLE = "Vatten över gränser"
BOTH = pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])


def publish_lecture(stage: Stage, page: Page) -> None:
    """Publish a lecture about the environment, as its organizer."""
    stage.sign_in(page, ORGANIZER)
    page.goto("/sv/organise/events/new")
    page.locator("[name=title-sv]").fill(TITLE)
    page.locator("[name=occurrences-0-day]").fill("2026-12-10")
    page.locator("[name=occurrences-0-start]").fill("18:00")
    page.locator("[name=place]").select_option("abf-stockholm/sal-4")
    page.locator("[name=themes][value=environment]").check()
    page.get_by_role("button", name="Publicera", exact=True).click()
    page.wait_for_url("**/vatten-over-granser/edit")


def lecture_in(octets: bytes) -> Component:
    """The lecture's entry in a feed."""
    found = read_strictly(octets).components("VEVENT")
    return next(entry for entry in found if entry.one("SUMMARY").text.endswith(TITLE))


def stands_in(octets: bytes) -> bool:
    """Tell whether the lecture is in a feed."""
    return any(entry.one("SUMMARY").text.endswith(TITLE) for entry in read_strictly(octets).components("VEVENT"))


def copied_address(page: Page, *, scripts: bool) -> str:
    """The address on the page: copied by its button, or marked and read where there are no scripts."""
    if not scripts:
        return page.locator("#feed-address").input_value()
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.locator("[data-copy-button]").click()
    expect(page.locator("[data-copy-status]")).not_to_be_empty()
    return str(page.evaluate("navigator.clipboard.readText()"))


@BOTH
def test_a_followed_theme_brings_a_new_lecture(stage: Stage, scripts: bool) -> None:
    with stage.visit(scripts=scripts) as page:
        page.goto("/sv/")
        places = page.get_by_role("contentinfo").or_(page.get_by_role("main"))
        press(places.get_by_role("link", name=re.compile("Prenumerera")).first)
        press(page.get_by_role("list", name="Tema").get_by_role("link", name=re.compile("Miljö")))
        address = copied_address(page, scripts=scripts)
        assert page.get_by_role("link", name="Öppna i kalendern").get_attribute("href") == "webcal" + address[4:]
    before = stage.fetch(address)
    with stage.visit(scripts=scripts) as page:
        publish_lecture(stage, page)
    after = stage.fetch(address)

    assert (stands_in(before.octets), stands_in(after.octets)) == (False, True)
    start = datetime(2026, 12, 10, 18, tzinfo=ZoneInfo("Europe/Stockholm"))
    uid = lecture_in(after.octets).one("UID").value
    assert read_vobject(after.octets)[uid][0] == start
    again = stage.fetch(address)
    assert (again.octets, stage.fetch(address, if_none_match=again.headers["ETag"]).status) == (after.octets, 304)


def make_private_feed(stage: Stage, page: Page, theme: str) -> None:
    """Make a feed of one's own for a theme; the page that shows its address is open then."""
    stage.sign_in(page, MEMBER)
    page.goto("/sv/me/feeds")
    for box in page.locator("[name=theme]").all():
        box.set_checked(box.get_attribute("value") == theme)
    press(page.get_by_role("button", name="Skapa adressen"))
    page.locator("#feed-address").wait_for()


@BOTH
def test_an_own_feed_is_shown_once_brings_the_lecture_and_ends(stage: Stage, scripts: bool) -> None:
    with stage.visit(scripts=scripts) as page:
        make_private_feed(stage, page, "environment")
        address = copied_address(page, scripts=scripts)
        page.reload()
        expect(page.locator("#feed-address")).to_have_count(0)
        before = stage.fetch(address)
        with stage.visit(scripts=scripts) as organizer:
            publish_lecture(stage, organizer)
        after = stage.fetch(address)
        assert (stands_in(before.octets), stands_in(after.octets)) == (False, True)
        assert after.headers["X-Robots-Tag"] == "noindex"

        page.goto("/sv/me/feeds")
        press(page.get_by_role("button", name="Avsluta"))
        expect(page.get_by_role("main")).to_contain_text("Flödet är avslutat")
        assert stage.fetch(address).status == 410


def move_by_a_week(stage: Stage, page: Page) -> str:
    """Move the lecture; returns what the page asks before it is saved."""
    stage.sign_in(page, ORGANIZER)
    page.goto("/sv/organise/events/vatten-over-granser/edit")
    page.locator("[name=occurrences-0-day]").fill("2026-12-17")
    press(page.get_by_role("button", name="Spara", exact=True).last)
    question = page.locator(".banner--warn").inner_text()
    press(page.locator(".banner--warn [type=submit]"))
    expect(page.locator(".banner--warn")).to_have_count(0)
    return question


@BOTH
def test_a_moved_lecture_moves_in_every_feed_and_is_told_with_before_and_after(stage: Stage, scripts: bool) -> None:
    with stage.visit(scripts=scripts) as page:
        publish_lecture(stage, page)
    with stage.visit(scripts=scripts) as page:
        make_private_feed(stage, page, "environment")
        addresses = [copied_address(page, scripts=scripts), "/feeds/themes/environment.ics", "/feeds/programme.ics"]
    with stage.visit(scripts=scripts) as page:
        page.goto("/sv/events/vatten-over-granser")
        stage.wait()
        page.locator(".register-form [name=name]").fill("Kerstin")
        page.locator(".register-form [name=email]").fill("kerstin@example.org")
        page.locator(".register-form [type=submit]").click()
        page.wait_for_url("**/receipt**")
    (confirmation,) = stage.deliver()
    before = [lecture_in(stage.fetch(address).octets) for address in addresses]

    with stage.visit(scripts=scripts) as page:
        question = move_by_a_week(stage, page)
    assert stage.deliver() == []
    stage.release()
    (mail,) = stage.deliver()
    after = [stage.fetch(address).octets for address in addresses]

    assert "1 anmälan får ett mejl" in question
    assert mail["To"] == "kerstin@example.org"
    said = plain(mail)
    assert said.index("10 dec") < said.index("17 dec")
    start = datetime(2026, 12, 17, 18, tzinfo=ZoneInfo("Europe/Stockholm"))
    for octets, then in zip(after, before):
        now = lecture_in(octets)
        assert now.one("UID").value == then.one("UID").value
        assert int(now.one("SEQUENCE").value) > int(then.one("SEQUENCE").value)
        assert read_vobject(octets)[now.one("UID").value][0] == start
    invited, moved = (read_strictly(calendar_part(one) or b"").components("VEVENT")[0] for one in (confirmation, mail))
    assert moved.one("UID").value == invited.one("UID").value == before[1].one("UID").value
    assert int(moved.one("SEQUENCE").value) > int(invited.one("SEQUENCE").value)


@BOTH
def test_a_choice_becomes_an_own_feed_whose_page_says_that_it_was_fetched(stage: Stage, scripts: bool) -> None:
    with stage.visit(scripts=scripts) as page:
        stage.sign_in(page, MEMBER)
        page.goto("/sv/feeds?theme=environment&hours=1")
        press(page.get_by_role("button", name="Gör det till mitt eget flöde"))
        page.locator("#feed-address").wait_for()
        address = copied_address(page, scripts=scripts)
        expect(page.locator("#fetched")).to_contain_text("Inte hämtat än")
        first = page.locator(".feed-entry__title").first.inner_text()

        octets = stage.fetch(address).octets
        page.reload()

        expect(page.locator("#fetched")).to_contain_text("Hämtas")
        expect(page.locator("#fetched table")).to_contain_text("på 1 av 7 dagar")
        assert first in [entry.one("SUMMARY").text for entry in read_strictly(octets).components("VEVENT")]
        expect(page.locator("[name=hours]")).to_be_checked()
        page.locator("[name=alarm][value='60']").check()
        page.locator("[name=without_cancelled]").check()
        press(page.get_by_role("button", name="Spara"))
        expect(page.locator("[name=alarm][value='60']")).to_be_checked()
        assert b"TRIGGER:-PT60M" in stage.fetch(address).octets
