"""A study circle: its leader marks a meeting on a phone by a link, the meter says what is missing, lists go out."""

import csv
import io

import pytest
from playwright.sync_api import Page, Route, expect

from cag_events import clock
from cag_events.domain.event import EventRecord
from cag_events.events.queries import find_record
from cag_events.events.services import make_pass
from cag_events.permissions import SYSTEM, Role
from cag_events.registrations.services import NewRegistration, add
from cag_events.studies.extension import LEADER
from cag_events.studies.queries import sheet_of
from tests.factories import make_contact, make_event, make_partner
from tests.journeys.browser import PHONE, press
from tests.journeys.stage import Stage, counted

WORDS = {
    "sv": {
        "all": "Alla är här",
        "save": "Spara närvaron",
        "missing": "1 studietimme saknas",
        "list": "Närvarolista",
        "number": "Personnummer",
        "count": "3 här",
    },
    "en": {
        "all": "All are here",
        "save": "Save attendance",
        "missing": "1 study hour is missing",
        "list": "Attendance list",
        "number": "Identity number",
        "count": "3 here",
    },
}
STUDY = {
    "form": "studiecirkel",
    "association": "circle-folk",
    "number": "C-1",
    "leader": "circle-leader",
    "leader_approval": "L-1",
    "study_hours_per_meeting": 3,
    "min_age": 13,
    "plan": {"en": "1 The map"},
}


def make_circle() -> str:
    """A circle of three meetings, the last one today and an hour shorter; returns the leader's token."""
    event = make_event(
        key="circle",
        kind="study_session",
        dates=["2026-11-07T09:00", "2026-11-14T09:00", "2026-11-21T09:00"],
        minutes=135,
        capacity=12,
        details={"study": STUDY},
        people=[(make_contact("circle-leader", name="Gerd Ledare"), "leader")],
        partners=[make_partner("circle-folk", name="Folkets förbund")],
    )
    for name in ("Ada Canary", "Bo Canary", "Eva Canary"):
        add(event.id, NewRegistration(name=name, email=f"{name.split()[0]}@example.org"), by=SYSTEM)
    return make_pass(event.id, LEADER, "the leader's phone", by=SYSTEM)


def record() -> EventRecord:
    """The circle as it is now."""
    found = find_record("circle")
    assert found is not None
    return found


def participants(stage: Stage) -> list[int]:
    """How many came to each meeting."""
    return [row.participants for row in stage.ask(lambda: sheet_of(record(), clock.now())).meetings]


@pytest.mark.parametrize(("lang", "scripts"), [("sv", True), ("en", False)], ids=["sv-scripts", "en-no-scripts"])
def test_leader_takes_attendance_on_a_phone_and_the_meter_says_what_is_missing(
    stage: Stage, lang: str, scripts: bool
) -> None:
    words = WORDS[lang]
    token = stage.ask(make_circle)
    with stage.visit(size=PHONE, scripts=scripts) as page:
        for number in (1, 2):
            page.goto(f"/{lang}/leader/{token}?meeting={number}")
            work = counted(page)
            everybody = page.get_by_role("button", name=words["all"])
            if scripts:
                everybody.click()
                expect(page.locator("[data-status]")).to_have_text("Sparat")
                assert (work.pages, work.submits) == (0, 0)
            else:
                press(everybody)
                assert work.submits == 1
        page.goto(f"/{lang}/leader/{token}")  # today's meeting is chosen
        expect(page.get_by_role("main")).not_to_contain_text("Canary")
        page.locator(".take__people label").nth(0).click()
        page.locator(".take__form .disclosure summary").click()
        page.locator("[name=minutes]").fill("90")
        press(page.get_by_role("button", name=words["save"]))
        expect(page.locator("#meter")).to_contain_text(words["missing"])

    assert participants(stage) == [3, 3, 1]


def test_taps_wait_for_the_network_and_are_sent_when_it_is_back(stage: Stage) -> None:
    token = stage.ask(make_circle)
    with stage.visit(size=PHONE) as page:
        page.goto(f"/sv/leader/{token}")
        page.route("**/leader/*", _fail_to_send)
        page.locator(".take__people label").nth(0).click()
        expect(page.locator("[data-status]")).to_contain_text("väntar på nätet")
        assert participants(stage) == [0, 0, 0]
        page.unroute("**/leader/*")
        page.evaluate("dispatchEvent(new Event('online'))")
        expect(page.locator("[data-status]")).to_have_text("Sparat")

    assert participants(stage) == [0, 0, 1]


def _fail_to_send(route: Route) -> None:
    """Answer as a proxy does that reaches nobody."""
    if route.request.method == "POST":
        route.abort("internetdisconnected")
    else:
        route.continue_()


def test_two_phones_at_one_meeting_keep_each_others_marks(stage: Stage) -> None:
    token = stage.ask(make_circle)
    with stage.visit(size=PHONE, scripts=False) as one, stage.visit(size=PHONE, scripts=False) as other:
        for page in (one, other):
            page.goto(f"/sv/leader/{token}")
        for page, place in ((one, 0), (other, 2)):
            page.locator(".take__people label").nth(place).click()
            press(page.get_by_role("button", name="Spara närvaron"))

    assert participants(stage) == [0, 0, 2]


@pytest.mark.parametrize("lang", ["sv", "en"])
def test_organizer_prints_the_list_and_takes_the_hours_along(stage: Stage, lang: str) -> None:
    stage.ask(make_circle)
    with stage.visit() as page:
        stage.sign_in(page, Role.ORGANIZER)
        page.goto(f"/{lang}/organise/events/circle/study")
        expect(page.locator("#matrix tbody tr")).to_have_count(3)
        page.locator(".page-head .menu summary").click()
        press(page.get_by_role("link", name=WORDS[lang]["list"]))
        expect(page.locator("thead")).to_contain_text(WORDS[lang]["number"])
        assert _identity_cells(page) == [""] * 7
        page.go_back()
        page.locator(".page-head .menu summary").click()
        with page.expect_download() as download:
            page.get_by_role("link", name="CSV").click()
        text = download.value.path().read_text("utf-8-sig")

    rows = list(csv.reader(io.StringIO(text)))
    assert [len(rows), rows[1][1], rows[1][6]] == [4, "C-1", "2026-11-07"]
    assert "Canary" not in text


def _identity_cells(page: Page) -> list[str]:
    return [str(text).strip() for text in page.locator("tbody tr td:nth-child(3)").all_inner_texts()]
