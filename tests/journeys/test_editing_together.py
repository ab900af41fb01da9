"""Two organizers edit the same event: the second one gets both versions and chooses; nothing typed is lost."""

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.browser import press
from tests.journeys.stage import Stage

EVENT = "kafe-till-kommun"
EDITOR = f"/sv/organise/events/{EVENT}/edit"
TEXT = "Min långa text om unga i Osj, som det tog en timme att skriva. Көчө, мурас – 🙂"


def open_part(page: Page, name: str) -> None:
    """Open a part of the editor."""
    page.locator(f"#part-{name} > summary").click()


def save(page: Page) -> None:
    """Save by the button below."""
    press(page.locator(".save-bar [type=submit][value=save]"))


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_the_second_of_two_who_save_merges_and_loses_nothing(stage: Stage, scripts: bool) -> None:
    with stage.visit(scripts=scripts) as orvar, stage.visit(scripts=scripts) as omurbek:
        stage.sign_in(orvar, "info.samordnare@example.org")
        stage.sign_in(omurbek, "projekt.osh@example.org")
        for page in (orvar, omurbek):
            page.goto(EDITOR)
            open_part(page, "texts")
        orvar.locator("[name=title-sv]").fill("Från kafé till fullmäktige")
        orvar.locator("[name=summary-sv]").fill("Orvars sammanfattning.")
        save(orvar)
        expect(orvar.get_by_role("heading", level=1)).to_contain_text("fullmäktige")
        omurbek.locator("[name=title-sv]").fill("Från kafé till makt")
        omurbek.locator("[name=body-sv]").fill(TEXT)
        save(omurbek)

        expect(omurbek.get_by_role("heading", level=1)).to_have_text("Någon annan har sparat under tiden")
        main = omurbek.get_by_role("main")
        for text in (
            "Från kafé till fullmäktige",
            "Från kafé till makt",
            TEXT,
            "Orvars sammanfattning.",
            "Orvar Organisatör",
        ):
            expect(main).to_contain_text(text)
        expect(main.locator(".merge:has(.badge)")).to_have_count(1)
        omurbek.locator("[name=pick_title][value=theirs]").check()
        press(omurbek.locator("form:has([name=pick_title]) [type=submit]"))
        kept = [omurbek.locator(f"[name={name}]").input_value() for name in ("title-sv", "summary-sv", "body-sv")]
        assert kept == ["Från kafé till fullmäktige", "Orvars sammanfattning.", TEXT]

        orvar.goto(f"/sv/organise/events/{EVENT}/history")
        expect(orvar.get_by_role("main")).to_contain_text("Омурбек Уюштуруучу")
        orvar.goto(f"/sv/events/{EVENT}")
        expect(orvar.get_by_role("main")).to_contain_text(TEXT)


def test_somebody_who_saves_a_third_version_meanwhile_is_not_overwritten_either(stage: Stage) -> None:
    with stage.visit() as one, stage.visit() as two:
        stage.sign_in(one, "info.samordnare@example.org")
        stage.sign_in(two, "projekt.osh@example.org")
        for page in (one, two):
            page.goto(EDITOR)
        for title, page in (("Första", one), ("Andra", two)):
            page.locator("[name=title-sv]").fill(title)
            save(page)
        expect(two.locator("[name=pick_title]")).to_have_count(2)
        one.goto(EDITOR)
        one.locator("[name=title-sv]").fill("Tredje")
        save(one)
        expect(one.get_by_role("heading", level=1)).to_have_text("Tredje")
        press(two.locator("form:has([name=pick_title]) [type=submit]"))

        expect(two.get_by_role("main")).to_contain_text("Tredje")
        expect(two.locator("[name=pick_title]")).to_have_count(2)
        two.locator("[name=pick_title][value=mine]").check()
        press(two.locator("form:has([name=pick_title]) [type=submit]"))
        expect(two.get_by_role("heading", level=1)).to_have_text("Andra")


def test_what_was_typed_stands_in_the_form_again_after_having_been_signed_out(stage: Stage) -> None:
    with stage.visit() as page:
        stage.sign_in(page, "info.samordnare@example.org")
        page.goto(EDITOR)
        open_part(page, "texts")
        page.locator("[name=body-sv]").fill(TEXT)
        page.context.clear_cookies()
        save(page)

        expect(page.get_by_role("heading", level=1)).to_have_text("Du har loggats ut")
        press(page.get_by_role("link", name="Logga in igen"))
        page.locator("[name=email]").fill("info.samordnare@example.org")
        page.locator("[name=password]").fill("cag-demo-2026")
        press(page.locator("main button[type=submit]"))
        assert page.locator("[name=body-sv]").input_value() == TEXT
        save(page)

        page.reload()
        assert page.locator("[name=body-sv]").input_value() == TEXT
        assert page.evaluate("Object.keys(sessionStorage).filter(key => key.startsWith('keep:'))") == []
