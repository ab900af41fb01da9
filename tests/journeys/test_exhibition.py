"""A touring exhibition: moving a stop, refusing one that the crates cannot reach, counting with the phone."""

import re

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from cag_events.db import db
from cag_events.events.models import Event
from cag_events.events.services import make_pass
from cag_events.exhibitions.models import TourOverride, TourStop, VisitorCount
from cag_events.permissions import SYSTEM, Role
from tests.journeys.browser import DESKTOP, PHONE, press
from tests.journeys.stage import Stage

OPEN = "mellan-sjo-och-oken-umea"
WORDS = {
    "sv": {
        "later": "49 dagar senare",
        "follows": "42 dagar senare",
        "moved": "Flyttat.",
        "refused": "Lådorna hinner inte hit",
        "agreed": "avtalad",
        "no_net": "Inget nät",
    },
    "en": {
        "later": "49 days later",
        "follows": "42 days later",
        "moved": "Moved.",
        "refused": "The crates cannot be here in time",
        "agreed": "agreed",
        "no_net": "No net",
    },
}


def row_of(stage: Stage, key: str) -> str:
    return str(stage.ask(lambda: db.session.scalars(select(TourStop.row_id).where(TourStop.key == key)).one()))


def days_of(stage: Stage, key: str) -> str:
    return str(stage.ask(lambda: db.session.scalars(select(TourStop.opens_on).where(TourStop.key == key)).one()))


def move(page: Page, lang: str, row_id: str, opens_on: str, how: str) -> None:
    """Ask what moves."""
    page.goto(f"/{lang}/organise/stops/{row_id}/move")
    page.locator("#ask [name=opens_on]").fill(opens_on)
    page.locator(f"#ask [name=step][value='{how}']").check()
    press(page.locator("#ask [type=submit]"))
    page.locator("#chain").wait_for()


@pytest.mark.parametrize(
    ("lang", "size", "scripts"), [("sv", DESKTOP, True), ("en", PHONE, False)], ids=["sv-1280", "en-390-no-scripts"]
)
def test_an_organizer_moves_a_stop_and_sees_the_chain_before_it_moves(
    stage: Stage, lang: str, size: dict[str, int], scripts: bool
) -> None:
    words, almaty = WORDS[lang], row_of(stage, "almaty")
    with stage.visit(size=size, scripts=scripts) as page:
        stage.sign_in(page, Role.ORGANIZER)
        page.goto(f"/{lang}/organise/productions")
        press(page.get_by_role("link", name="Mellan sjö och öken" if lang == "sv" else "Between lake and desert"))
        press(page.get_by_role("link", name="Almaty"))
        move(page, lang, almaty, "2027-04-05", "7")
        chain = page.locator("#chain")
        expect(chain).to_contain_text(words["later"])
        expect(chain).to_contain_text("Uppsala")
        expect(chain).to_contain_text(words["follows"])
        assert days_of(stage, "uppsala") == "2027-04-19"  # nothing has moved yet

        press(page.locator("#move [type=submit]"))
        expect(page.locator("main, body").first).to_contain_text(words["moved"])
        assert days_of(stage, "almaty") == "2027-04-05"
        assert days_of(stage, "uppsala") > "2027-04-19"
        page.goto(f"/{lang}/events/mellan-sjo-och-oken-almaty")
        expect(page.get_by_role("main")).to_contain_text("2027")
        run = stage.ask(lambda: db.session.scalars(select(Event.run_from).where(Event.key.like("%almaty"))).one())
        assert str(run) == "2027-04-05"


@pytest.mark.parametrize("lang", ["sv", "en"])
def test_a_stop_that_the_crates_cannot_reach_is_refused_and_agreed_with_a_reason(stage: Stage, lang: str) -> None:
    words, uppsala = WORDS[lang], row_of(stage, "uppsala")
    with stage.visit(size=PHONE) as page:
        stage.sign_in(page, Role.ORGANIZER)
        page.goto(f"/{lang}/organise/stops/{uppsala}/edit")
        page.locator("[name=install_from]").fill("2027-03-29")  # the crates need until the fourth of April
        press(page.locator("form.facts-form [type=submit]"))
        page.locator(".stop-steps").wait_for()

        press(page.locator("form:has([name=status][value=agreed]) [type=submit]"))
        expect(page.locator("main")).to_contain_text(words["refused"])
        expect(page.locator("[aria-current=step]")).not_to_have_text(words["agreed"])
        page.locator("[name=reason]").fill("Bilen kör hela natten.")
        press(page.locator("form:has([name=reason]) [type=submit]"))

        expect(page.locator("[aria-current=step]")).to_have_text(words["agreed"])
        expect(page.locator("main")).to_contain_text("Bilen kör hela natten.")
    reasons = stage.ask(lambda: db.session.scalars(select(TourOverride.reason)).all())
    assert "Bilen kör hela natten." in reasons


def counter_link(stage: Stage, lang: str) -> str:
    def give() -> str:
        event_id = db.session.scalars(select(Event.id).where(Event.key == OPEN)).one()
        return make_pass(event_id, "counter", "foajén", by=SYSTEM)

    return f"/{lang}/counter/{stage.ask(give)}"


def counted(stage: Stage) -> int:
    query = select(VisitorCount.people).where(VisitorCount.day == "2026-11-23")
    return sum(stage.ask(lambda: db.session.scalars(query).all()))


@pytest.mark.parametrize(("lang", "scripts"), [("sv", True), ("en", False)], ids=["sv-scripts", "en-no-scripts"])
def test_a_helper_counts_with_the_phone(stage: Stage, lang: str, scripts: bool) -> None:
    with stage.visit(size=PHONE, scripts=scripts) as page:
        page.goto(counter_link(stage, lang))
        more = page.locator("form[data-press]:has([name=change][value='1']) button")
        less = page.locator("form[data-press]:has([name=change][value='-1']) button")
        total = page.locator("[data-total]")
        for number in range(3):
            more.first.click()
            expect(total).to_have_text(str(number + 1))
        more.nth(1).click()
        expect(total).to_have_text("4")
        less.first.click()
        expect(total).to_have_text("3")
        box = more.first.bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) >= 60
        if scripts:
            page.wait_for_function("() => Object.values(localStorage).every(kept => kept === '[]')")
        page.reload()
        expect(total).to_have_text("3")
    assert counted(stage) == 3


def test_presses_without_a_net_are_kept_and_sent_once(stage: Stage) -> None:
    with stage.visit(size=PHONE) as page:
        page.goto(counter_link(stage, "sv"))
        page.route(
            "**/counter/**", lambda route: route.abort() if route.request.method == "POST" else route.continue_()
        )
        more = page.locator("form[data-press]:has([name=change][value='1']) button").first
        for _ in range(5):
            more.click()
        expect(page.locator("[data-net]")).to_be_visible()
        expect(page.locator("[data-total]")).to_have_text("5")
        assert counted(stage) == 0
        page.unroute("**/counter/**")
        page.evaluate("dispatchEvent(new Event('online'))")
        page.wait_for_function("() => Object.values(localStorage).every(kept => kept === '[]')")
        expect(page.locator("[data-total]")).to_have_text("5")
    assert counted(stage) == 5


@pytest.mark.parametrize("lang", ["sv", "en"])
def test_crates_are_ticked_off_and_the_host_pack_and_tables_are_there(stage: Stage, lang: str) -> None:
    umea = row_of(stage, "umea")
    with stage.visit(size=PHONE) as page:
        stage.sign_in(page, Role.ORGANIZER)
        page.goto(f"/{lang}/organise/stops/{umea}")
        page.locator("form:has([name=crate][value='5']):has([name=end][value=arrived]) button").first.click()
        page.wait_for_url(re.compile("#leg-"))
        expect(page.locator("main")).to_contain_text("5 av 5" if lang == "sv" else "5 of 5")
        page.goto(f"/{lang}/organise/stops/{umea}/host-pack")
        expect(page.locator("article")).to_contain_text("Båten")
        with page.expect_download() as download:
            page.goto(f"/{lang}/organise/productions/mellan-sjo-och-oken")
            page.locator("details.menu summary").filter(has_text="Export").click()
            page.locator("a[href$='visitors.csv']").click()
        assert "mellan-sjo-och-oken" in download.value.suggested_filename
        lines = download.value.path().read_text("utf-8-sig").splitlines()
        counts = [line.split(",") for line in lines[1:]]
        assert sum(int(cells[8].strip('"')) for cells in counts if cells[9] == '"1"') == 1778 + 1319 + 123
