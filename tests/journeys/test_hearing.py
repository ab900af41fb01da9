"""A hearing: a submission from a phone to the record, the chair's phone, promises, its rule, its files."""

import re
from datetime import date

import pytest
from playwright.sync_api import expect

from cag_events.domain.hearing import Level, Slot
from cag_events.domain.lifecycle import Status
from cag_events.hearings import services
from cag_events.hearings.queries import list_slots
from cag_events.hearings.record import Record
from cag_events.hearings.services import NewCommitment
from cag_events.permissions import SYSTEM, Role
from tests.hearings.given import make_hearing, pass_for, slot_of
from tests.journeys.browser import PHONE, press
from tests.journeys.stage import MINUTE, Stage

LANGUAGES = pytest.mark.parametrize(
    ("lang", "scripts"), [("sv", True), ("en", False)], ids=["sv-scripts", "en-no-scripts"]
)
WORDS = {
    "sv": {
        "write": "Skriv till hearingen",
        "send": "Skicka",
        "got": "Vi har fått din inlaga",
        "clear": "Släpp den",
        "publish": "Publicera redovisningen",
        "nameless": "Utan namn",
        "call": "Kalla fram Anna",
        "start": "Starta klockan",
        "next": "Stoppa och kalla fram nästa",
        "overdue": "Lovat men inte hållet",
        "chair": "Exakt en i panelen leder hearingen",
    },
    "en": {
        "write": "Write to the hearing",
        "send": "Send",
        "got": "We have got your submission",
        "clear": "Clear it",
        "publish": "Publish the record",
        "nameless": "Without a name",
        "call": "Call Anna",
        "start": "Start the clock",
        "next": "Stop, and call the next",
        "overdue": "Promised and not kept",
        "chair": "Exactly one of the panel chairs the hearing",
    },
}


@LANGUAGES
def test_a_submission_without_a_name_comes_from_a_phone_to_the_record(stage: Stage, lang: str, scripts: bool) -> None:
    words = WORDS[lang]
    event_id = stage.ask(lambda: make_hearing(details={"submissions": {"welcome": True, "delay_days": 0}}).id)
    stage.ask(lambda: services.save_record(event_id, Record(summary={lang: "Vi lyssnade"}), version=0, by=SYSTEM))

    with stage.visit(size=PHONE, scripts=scripts) as page:
        page.goto(f"/{lang}/events/hearing")
        press(page.get_by_role("link", name=words["write"]))
        page.locator("[name=text]").fill("Jag vågade inte säga det högt.")
        page.locator(f"[value={Level.ANONYMOUS}]").check()
        page.locator("[name=name]").fill("Zzhemlig")
        stage.wait()
        press(page.get_by_role("button", name=words["send"]))
        expect(page.get_by_role("heading", level=1)).to_have_text(words["got"])

    with stage.visit(scripts=scripts) as page:
        stage.sign_in(page, Role.ORGANIZER)
        page.goto(f"/{lang}/organise/events/hearing/submissions")
        press(page.locator("#waiting tbody a"))
        press(page.get_by_role("button", name=words["clear"]))
        page.goto(f"/{lang}/organise/events/hearing/record/publish")
        expect(page.locator("#list")).to_contain_text(words["nameless"])
        press(page.get_by_role("button", name=words["publish"]))

    with stage.visit(size=PHONE, scripts=scripts) as page:
        page.goto(f"/{lang}/events/hearing/record")
        expect(page.get_by_role("main")).to_contain_text("Jag vågade inte säga det högt.")
        expect(page.locator("#submissions")).to_contain_text(words["nameless"])
        expect(page.get_by_role("main")).not_to_contain_text("Zzhemlig")
    exported = stage.fetch(f"/{lang}/events/hearing/record")
    assert "Zzhemlig" not in exported.text


@LANGUAGES
def test_the_chair_calls_two_speakers_from_a_phone(stage: Stage, lang: str, scripts: bool) -> None:
    words = WORDS[lang]

    def prepare() -> tuple[int, str]:
        event = make_hearing()
        for name in ("Anna", "Bengt"):
            slot_of(event.id, name, approve=True)
        return event.id, pass_for(event.id, "chair")

    event_id, token = stage.ask(prepare)
    with stage.visit(size=PHONE, scripts=scripts) as page:
        page.goto(f"/{lang}/chair/{token}")
        page.get_by_role("button", name=words["call"]).click()
        page.get_by_role("button", name=words["start"]).click()
        expect(page.locator(".caller__name")).to_have_text("Anna")
        left = page.locator("[data-countdown-left]")
        expect(left).to_be_visible() if scripts else expect(left).to_be_hidden()
        expect(page.locator(".caller__times")).to_be_visible()
        stage.wait(3 * MINUTE)
        page.get_by_role("button", name=words["next"]).click()
        expect(page.locator(".caller__name")).to_have_text("Bengt")

    assert stage.ask(lambda: {row.called: row.status for row in list_slots(event_id)}) == {
        "Anna": Slot.SPOKEN,
        "Bengt": Slot.CALLED,
    }


@LANGUAGES
def test_an_overdue_promise_stands_on_today_and_in_the_file(stage: Stage, lang: str, scripts: bool) -> None:
    def prepare() -> None:
        event = make_hearing(starts="2026-10-01T13:00")
        new = NewCommitment(
            what={"sv": "Svara på brevet"},
            promised_by={"sv": "Departementet"},
            due_on=date(2026, 11, 1),
            is_cleared=True,
        )
        services.save_commitment(event.id, None, new, by=SYSTEM)
        services.save_record(event.id, Record(summary={"sv": "Kort"}), version=0, by=SYSTEM)
        services.publish_record(event.id, by=SYSTEM)

    stage.ask(prepare)
    with stage.visit(scripts=scripts) as page:
        stage.sign_in(page, Role.EDITOR)
        page.goto(f"/{lang}/organise/today")
        press(page.get_by_role("link", name=f"{WORDS[lang]['overdue']}: Svara på brevet"))
        expect(page).to_have_url(re.compile("/commitments/[^/]+$"))
        page.goto(f"/{lang}/organise/commitments?show=overdue")
        expect(page.get_by_role("link", name="Svara på brevet")).to_be_visible()

    file = stage.fetch(f"/{lang}/events/hearing/commitments.csv").text
    assert [line.split(",")[1:4] for line in file.splitlines()[1:]] == [
        ['"Departementet"', '"Svara på brevet"', '"2026-11-01"']
    ]


@LANGUAGES
def test_a_hearing_with_two_chairs_is_not_published(stage: Stage, lang: str, scripts: bool) -> None:
    seats = [{"function": {"sv": "Ledamot", "en": "Member"}, "chair": True}] * 2
    stage.ask(lambda: make_hearing(status=Status.DRAFT, details={"panel": seats}).id)
    with stage.visit(scripts=scripts) as page:
        stage.sign_in(page, Role.ORGANIZER)
        page.goto(f"/{lang}/organise/events/hearing/publish")
        expect(page.get_by_role("main")).to_contain_text(WORDS[lang]["chair"])
