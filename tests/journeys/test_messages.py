"""A day is moved: held, undone, told after ten minutes; who has not answered after two days; a message to some."""

from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from cag_events.permissions import ANONYMOUS, Role
from cag_events.registrations.services import NewRegistration, register
from tests.factories import make_event
from tests.journeys.browser import PHONE, press
from tests.journeys.stage import Stage, plain

WORDS = {
    "sv": {
        "tell": "Spara och berätta",
        "waits": "Ett mejl om din ändring väntar",
        "see": "Se det, ångra eller skicka nu",
        "undo": "Ångra ändringen",
        "undone": "Ångrat. Evenemanget är som det var",
        "before": "Tidigare: ",
        "now": "Nu: ",
        "question": "Kommer du fortfarande?",
        "yes": "Ja, jag kommer",
        "silent": "1 anmälan har inte svarat om de kommer",
        "again": "Fråga dem igen",
        "asked": "1 anmälan får frågan.",
        "preview": "Förhandsgranska",
        "send": "Skicka om tio minuter",
        "stop": "Stoppa det",
    },
    "en": {
        "tell": "Save and tell them",
        "waits": "A mail about your change waits",
        "see": "See it, undo it or send it now",
        "undo": "Undo the change",
        "undone": "Undone. The event is what it was",
        "before": "Previously: ",
        "now": "Now: ",
        "question": "Are you still coming?",
        "yes": "Yes, I come",
        "silent": "1 registration has not answered whether they come",
        "again": "Ask them again",
        "asked": "1 registration is asked.",
        "preview": "Preview",
        "send": "Send it in ten minutes",
        "stop": "Stop it",
    },
}
LANGUAGES = pytest.mark.parametrize(
    ("lang", "scripts"), [("sv", True), ("en", False)], ids=["sv-scripts", "en-no-scripts"]
)


def open_evening(stage: Stage, lang: str) -> None:
    """Make an event with two people in the served demo; their confirmations are sent."""

    def make() -> None:
        title = {"sv": "Kvällen", "en": "The evening"}
        event = make_event(key="evening", title=title, starts="2026-12-10T18:00", registration_mode="open")
        for name in ("Ada", "Bea"):
            new = NewRegistration(name=name, email=f"{name.lower()}@example.org", language=lang)
            register(event.id, new, by=ANONYMOUS)

    stage.ask(make)
    stage.deliver()


def move(page: Page, lang: str, day: str) -> None:
    """Give the event another day in the editor, and say that people are to be told."""
    page.goto(f"/{lang}/organise/events/evening/edit")
    page.locator("[name=occurrences-0-day]").fill(day)
    press(page.locator("#editor button[value=save]").last)
    press(page.get_by_role("button", name=WORDS[lang]["tell"]))
    expect(page.get_by_text(WORDS[lang]["waits"])).to_be_visible()


@LANGUAGES
def test_a_moved_day_is_undone_then_told_and_silence_is_reported(stage: Stage, lang: str, scripts: bool) -> None:
    words = WORDS[lang]
    open_evening(stage, lang)
    with stage.visit(scripts=scripts, language=lang) as page:
        stage.sign_in(page, Role.ORGANIZER)
        move(page, lang, "2026-12-17")
        press(page.get_by_role("link", name=words["see"]))
        expect(page.locator(".held")).to_contain_text("17")
        press(page.get_by_role("button", name=words["undo"]))
        expect(page.get_by_role("status").first).to_contain_text(words["undone"])
        stage.release()
        undone = stage.deliver()

        move(page, lang, "2026-12-18")
        early = stage.deliver()
        stage.release()
        told = [plain(mail) for mail in stage.deliver()]

    assert (undone, early, len(told)) == ([], [], 2)
    assert all(words["before"] in text and words["now"] in text for text in told)
    assert all(words["question"] in text and "/coming" in text for text in told)
    link = next(word for word in told[0].split() if word.endswith("/coming"))
    with stage.visit(scripts=scripts, language=lang, size=PHONE) as page:
        page.goto(link.replace(link.split("/registrations/")[0], f"{stage.address}/{lang}"))
        press(page.get_by_role("button", name=words["yes"]))
        expect(page.get_by_role("status").first).to_be_visible()
    stage.wait(timedelta(hours=48))
    with stage.visit(scripts=scripts, language=lang) as page:
        stage.sign_in(page, Role.ORGANIZER)
        page.goto(f"/{lang}/organise/today")
        expect(page.get_by_role("main")).to_contain_text(words["silent"])
        page.goto(f"/{lang}/organise/events/evening/messages")
        expect(page.locator("#coming")).to_contain_text("Bea")
        expect(page.locator("#coming")).not_to_contain_text("Ada")
        press(page.get_by_role("button", name=words["again"]))
        expect(page.get_by_role("status").first).to_contain_text(words["asked"])
    assert [mail["To"] for mail in stage.deliver()] == ["bea@example.org"]
