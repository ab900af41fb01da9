"""The door on a phone: by scanning, by typing, without a net, on two phones, without scripts, and from paper."""

import re
from pathlib import Path

import pytest
import segno
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import func, select

from cag_events.db import db
from cag_events.door import services
from cag_events.door.models import DoorAction
from cag_events.door.queries import list_devices, standing_of
from cag_events.events.queries import get_record
from cag_events.permissions import SYSTEM, Role
from cag_events.registrations.services import withdraw
from cag_events.registrations.tickets import ticket_of
from tests.door.given import come, part_of
from tests.factories import make_event, make_segment
from tests.journeys.browser import FLAGS, PHONE, axe_faults, chromium, press, visitor
from tests.journeys.stage import Stage

WORDS = {
    "sv": {
        "here": "Här",
        "welcome": "Välkommen",
        "already": "Redan inne",
        "gone": "Avanmäld",
        "find": "Sök",
        "door": "Dörr",
    },
    "en": {
        "here": "Here",
        "welcome": "Welcome",
        "already": "Already in",
        "gone": "Withdrawn",
        "find": "Find",
        "door": "Door",
    },
}
# Everything that is sent arrives, but the phone hears nothing of it.
LOSE = """() => {
    const real = window.fetch; window.losing = true; window.lost = 0;
    window.fetch = async (address, how) => {
        const answer = await real(address, how);
        if (!window.losing || !String(address).endsWith('/sync') || how.body === '[]') return answer;
        window.lost += JSON.parse(how.body).length > 1 ? 1 : 0;
        throw new TypeError('lost');
    };
}"""
NAMES = ("Åsa Testlund", "Нурай Үлгүбаев", "Bo Ek", "Ripa")


class Evening:
    """An event with people, and links to its door."""

    def __init__(self, stage: Stage, names: tuple[str, ...] = NAMES, party: int = 1) -> None:
        self.stage = stage
        with stage.app.app_context():
            make_segment("students")
            event = make_event(key="the-evening", guests=3, capacity=200)
            self.id, self.part = event.id, part_of(event)
            rows = [come(event, name, party=party) for name in names]
            self.ids = {name: row.id for name, row in zip(names, rows)}
            self.code = {name: row.code for name, row in zip(names, rows)}
            self.ticket = {name: ticket_of(row.row_id) for name, row in zip(names, rows)}

    def link(self, name: str = "Foajén", lang: str = "sv") -> str:
        """Give a phone a link."""
        with self.stage.app.app_context():
            token = services.make_link(self.id, self.part, name, by=SYSTEM)
        return f"/door/{token}?lang={lang}"

    def end(self, name: str) -> None:
        """End the link of a phone."""
        with self.stage.app.app_context():
            row = next(one for one in list_devices(self.id) if one.name == name)
            services.end_link(self.id, row.row_id, by=SYSTEM)

    def here(self) -> int:
        """How many with a seat are here, as the server knows it."""
        return int(self.stage.ask(lambda: standing_of(self.id, self.part).here))

    def walk_ins(self) -> dict[str, int]:
        """Who came without registering."""
        return dict(self.stage.ask(lambda: standing_of(self.id, self.part).walk_ins))

    def presses(self) -> int:
        """How many presses have arrived."""
        return int(self.stage.ask(lambda: db.session.scalar(select(func.count(DoorAction.id)))))


def open_phone(page: Page, link: str) -> None:
    """Open the door on a phone and wait until it knows who is expected and is kept for later."""
    page.goto(link)
    page.locator("[data-door][data-offline=ready]").wait_for()


def search(page: Page, words: str) -> None:
    """Type into the search field."""
    page.locator("#q").fill(words)


def tick(page: Page, words: str) -> None:
    """Find somebody and let them in."""
    search(page, words)
    page.locator("[data-list] li").first.get_by_role("button").first.click()


def all_sent(page: Page) -> None:
    """Wait until nothing waits to be sent."""
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.locator("[data-net]")).to_have_attribute("data-tone", "ok")


@pytest.mark.parametrize("lang", ["sv", "en"])
def test_phone_without_a_net_lets_people_in_and_hands_it_over_once(stage: Stage, lang: str) -> None:
    evening, words = Evening(stage), WORDS[lang]
    with stage.visit(size=PHONE) as page:
        open_phone(page, evening.link(lang=lang))
        expect(page.locator("[data-verdict]")).to_be_hidden()
        assert axe_faults(page) == []
        page.context.set_offline(True)

        tick(page, "asa")
        expect(page.locator("[data-verdict]")).to_contain_text("Åsa T.")
        expect(page.locator("[data-verdict]")).to_contain_text(words["welcome"])
        expect(page.locator("[data-verdict]")).to_have_attribute("data-tone", "ok")
        tick(page, "нурай")
        page.locator("[data-walk=students] button").last.click()
        page.locator("[data-walk=students] button").last.click()
        expect(page.locator("[data-here-count]")).to_have_text("2")
        assert axe_faults(page) == []
        assert (evening.here(), evening.presses()) == (0, 0)

        page.reload()  # the page opens without a net, with what was pressed
        expect(page.locator("[data-here-count]")).to_have_text("2")
        expect(page.locator("[data-walk=students] [data-number]")).to_have_text("2")
        search(page, "asa")
        expect(page.locator("[data-list]")).to_contain_text(words["here"])

        page.context.set_offline(False)
        all_sent(page)
        assert (evening.here(), evening.walk_ins(), evening.presses()) == (2, {"students": 2}, 4)
        page.keyboard.press("Tab")
        page.locator("h1").click()
        page.keyboard.press("/")
        expect(page.locator("#q")).to_be_focused()


def test_answer_that_is_lost_is_asked_for_again_and_counts_once(stage: Stage) -> None:
    evening = Evening(stage)
    with stage.visit(size=PHONE) as page:
        open_phone(page, evening.link())
        page.evaluate(LOSE)
        tick(page, "bo e")
        page.locator("[data-walk=''] button").last.click()
        expect(page.locator("[data-net]")).to_have_attribute("data-tone", "warn")
        page.wait_for_function("() => window.lost > 0")
        assert (evening.here(), evening.walk_ins(), evening.presses()) == (1, {"": 1}, 2)  # the server has it
        page.evaluate("() => { window.losing = false }")
        all_sent(page)
        expect(page.locator("[data-here-count]")).to_have_text("1")
    assert (evening.here(), evening.walk_ins(), evening.presses()) == (1, {"": 1}, 2)


def test_two_phones_without_a_net_let_the_same_party_in_and_the_second_hears_of_it(stage: Stage) -> None:
    evening = Evening(stage, party=2)
    with stage.visit(size=PHONE) as foyer, stage.visit(size=PHONE) as stairs:
        for page, name in ((foyer, "Foajén"), (stairs, "Trappan")):
            open_phone(page, evening.link(name))
            page.context.set_offline(True)
            search(page, "ripa")
            page.locator("[data-list] li button").nth(1).click()
            expect(page.locator("[data-verdict]")).to_have_attribute("data-tone", "ok")
        for page in (foyer, stairs):
            page.context.set_offline(False)
            all_sent(page)
        expect(stairs.locator("[data-verdict]")).to_have_attribute("data-tone", "warn")
        expect(stairs.locator("[data-verdict]")).to_contain_text("Foajén")
        expect(stairs.locator("[data-log-list] li")).to_have_count(2)
        expect(stairs.locator("[data-here-count]")).to_have_text("2")
        assert (evening.here(), evening.presses()) == (2, 2)

        foyer.locator("[data-undo]").click()
        all_sent(foyer)
        assert evening.here() == 0


def test_press_about_somebody_who_withdrew_meanwhile_is_shown_and_kept(stage: Stage) -> None:
    evening = Evening(stage)
    with stage.visit(size=PHONE) as page:
        open_phone(page, evening.link())
        page.context.set_offline(True)
        with stage.app.app_context():
            withdraw(evening.ids["Bo Ek"])
        tick(page, "bo e")
        page.context.set_offline(False)
        page.evaluate("dispatchEvent(new Event('online'))")
        expect(page.locator("[data-refused]")).to_contain_text(f"Bo E. {evening.code['Bo Ek']}")
        expect(page.locator("[data-refused]")).to_contain_text(WORDS["sv"]["gone"])
        page.reload()
        expect(page.locator("[data-refused]")).to_contain_text(WORDS["sv"]["gone"])
    assert evening.here() == 0


def test_ended_link_empties_the_phone(stage: Stage) -> None:
    evening = Evening(stage)
    context = stage.browser.new_context(base_url=stage.address, viewport=PHONE)  # hears 404, as no other visitor may
    page = context.new_page()
    open_phone(page, evening.link())
    kept = page.evaluate(
        """async () => { const [{name}] = await indexedDB.databases(); const open = indexedDB.open(name);
        await new Promise(done => open.onsuccess = done);
        const all = open.result.transaction('kept').objectStore('kept').getAll();
        await new Promise(done => all.onsuccess = done); open.result.close();
        return all.result.map(one => new TextDecoder('latin1').decode(one.sealed ?? one)).join(' ') }"""
    )
    assert len(kept) > 100
    assert [word for word in ("Åsa", "Testlund", "Bo E.", evening.code["Bo Ek"]) if word in kept] == []
    evening.end("Foajén")
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.locator("[data-verdict]")).to_contain_text("Dörren är stängd")
    expect(page.locator("#q")).to_be_disabled()
    page.wait_for_function("async () => (await indexedDB.databases()).length === 0")
    assert axe_faults(page) == []

    open_phone(page, evening.link("Trappan"))  # a closed page is emptied by the worker
    evening.end("Trappan")
    assert page.reload().status == 404
    page.wait_for_function("async () => (await indexedDB.databases()).length === 0")
    page.wait_for_function(
        "async () => !(await (await caches.open('door-1')).keys()).some(k => k.url.includes('/door/'))"
    )
    context.close()


@pytest.mark.parametrize("lang", ["sv", "en"])
def test_door_works_without_scripts(stage: Stage, lang: str) -> None:
    evening, words = Evening(stage, party=2), WORDS[lang]
    with stage.visit(size=PHONE, scripts=False) as page:
        page.goto(evening.link(lang=lang))
        page.locator("#q").fill("bo e")
        press(page.get_by_role("button", name=words["find"]))
        press(page.locator(".door__guest button").nth(1))
        expect(page.get_by_role("main")).to_contain_text(words["welcome"])
        expect(page.locator(".door__count strong")).to_have_text("2")
        press(page.locator(".door__guest button").last)
        expect(page.locator(".door__count strong")).to_have_text("0")
        page.locator("[data-walk=students] button").last.click()
        expect(page.locator("[data-walk=students] .door__number")).to_have_text("1")
    assert (evening.here(), evening.walk_ins()) == (0, {"students": 1})


@pytest.mark.parametrize("lang", ["sv", "en"])
def test_tickets_are_scanned_with_the_camera_also_without_a_net(
    stage: Stage, browser: Browser, tmp_path: Path, lang: str
) -> None:
    evening, words, picture = Evening(stage), WORDS[lang], tmp_path / "camera.y4m"
    draw(evening.ticket["Bo Ek"], picture)
    flags = ["--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream"]
    camera = browser.browser_type.launch(
        executable_path=chromium(), args=[*FLAGS, *flags, f"--use-file-for-fake-video-capture={picture}"]
    )
    with visitor(camera, stage.address, size=PHONE) as page:
        open_phone(page, evening.link(lang=lang))
        page.context.set_offline(True)
        page.locator("h1").click()
        page.keyboard.press("Space")
        verdict = page.locator("[data-verdict]")
        expect(verdict).to_contain_text("Bo E.")
        expect(verdict).to_contain_text(words["welcome"])
        assert axe_faults(page) == []
        page.locator("[data-scan]").click()
        page.locator("[data-scan]").click()  # the same ticket again
        expect(verdict).to_contain_text(words["already"])
        expect(verdict).to_have_attribute("data-tone", "warn")
        page.locator("[data-scan]").click()
        page.locator("h1").click()
        page.keyboard.press("z")
        expect(page.locator("[data-here-count]")).to_have_text("0")
        page.context.set_offline(False)
        all_sent(page)
    camera.close()
    assert (evening.here(), evening.presses()) == (0, 3)


@pytest.mark.parametrize("lang", ["sv", "en"])
def test_strange_ticket_and_refused_camera_are_said(stage: Stage, browser: Browser, tmp_path: Path, lang: str) -> None:
    evening, picture = Evening(stage), tmp_path / "camera.y4m"
    draw("https://example.org/something-else", picture)
    flags = ["--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream"]
    camera = browser.browser_type.launch(
        executable_path=chromium(), args=[*FLAGS, *flags, f"--use-file-for-fake-video-capture={picture}"]
    )
    with visitor(camera, stage.address, size=PHONE) as page:
        open_phone(page, evening.link(lang=lang))
        page.locator("[data-scan]").click()
        expect(page.locator("[data-verdict]")).to_have_attribute("data-tone", "error")
    camera.close()
    with stage.visit(size=PHONE) as page:  # this one has no camera
        open_phone(page, evening.link("Trappan", lang=lang))
        page.locator("[data-scan]").click()
        expect(page.locator("[data-camera-hint]")).to_contain_text({"sv": "Sök på namnet", "en": "Search"}[lang])
        expect(page.locator("#q")).to_be_focused()
        search(page, evening.code["Ripa"].lower())
        page.keyboard.press("Enter")
        expect(page.locator("[data-here-count]")).to_have_text("1")
        all_sent(page)
    assert evening.here() == 1


def draw(text: str, path: Path) -> None:
    """Write a film of a QR code: one grey picture of 640 × 480, again and again, as YUV4MPEG2."""
    matrix = list(segno.make(text, error="m").matrix_iter(scale=6, border=4))
    width, height = 640, 480
    left, top = (width - len(matrix[0])) // 2, (height - len(matrix)) // 2
    grey = bytearray(b"\xb4" * (width * height))
    for y, row in enumerate(matrix):
        for x, is_dark in enumerate(row):
            grey[(top + y) * width + left + x] = 16 if is_dark else 235
    frame = b"FRAME\n" + bytes(grey) + b"\x80" * (width * height // 2)
    path.write_bytes(f"YUV4MPEG2 W{width} H{height} F10:1 Ip A1:1 C420jpeg\n".encode() + frame * 10)


def test_arrivals_are_typed_in_from_paper_by_keyboard_alone(stage: Stage) -> None:
    names = tuple(f"{first} {last}" for first in ("Anna", "Bo", "Cilla", "Dag", "Eva") for last in "KLMNOPQR")
    evening = Evening(stage, names=names)
    with stage.visit() as page:
        stage.sign_in(page, Role.ORGANIZER)
        page.goto(f"/sv/organise/events/the-evening/door/type-in?occurrence={evening.part}")
        field = page.locator("#type")
        expect(field).to_be_focused()
        pressed = 0
        for code in evening.code.values():
            for letter in code[:4]:
                page.keyboard.press(letter)
            first = page.locator("[data-found] li").first
            if code not in first.inner_text():  # two codes begin with the same four letters
                for letter in code[4:]:
                    page.keyboard.press(letter)
                    pressed += 1
            page.keyboard.press("Enter")
            pressed += 5
            expect(page.locator("[data-said]")).to_contain_text(code)
        assert pressed <= 40 * 5 + 10
        expect(page.locator("[data-log] li")).to_have_count(40)
        page.keyboard.press("Control+z")
        expect(page.locator("[data-log] li")).to_have_count(39)
        page.wait_for_function("() => Object.values(sessionStorage).every(kept => kept === '[]')")
        assert axe_faults(page) == []
    assert evening.here() == 39


def test_paper_is_typed_in_without_scripts_and_wrong_codes_stay(stage: Stage) -> None:
    evening = Evening(stage)
    with stage.visit(scripts=False) as page:
        stage.sign_in(page, Role.ORGANIZER)
        page.goto("/en/organise/events/the-evening/door/paper")
        expect(page.get_by_role("main")).to_contain_text("Åsa T.")
        expect(page.get_by_role("main")).not_to_contain_text("Testlund")
        page.goto("/en/organise/events/the-evening/door/type-in")
        page.locator("[name=codes]").fill(f"{evening.code['Bo Ek']}, zzzzz1\n{evening.code['Ripa'].lower()}")
        press(page.locator("#by-list [type=submit]"))
        expect(page.locator("[name=codes]")).to_have_value("ZZZZZ1")
    assert evening.here() == 2


@pytest.mark.parametrize("lang", ["sv", "en"])
def test_organizer_gives_a_phone_a_link_sees_how_it_does_and_ends_it(stage: Stage, lang: str) -> None:
    evening, words = Evening(stage), WORDS[lang]
    with stage.visit() as desk, stage.visit(size=PHONE) as phone:
        stage.sign_in(desk, Role.ORGANIZER)
        desk.goto(f"/{lang}/organise/events/the-evening/edit")
        press(desk.get_by_role("link", name=words["door"], exact=True))
        desk.locator("[name=name]").fill("Foajén")
        press(desk.locator("form:has([name=name]) [type=submit]"))
        link = desk.locator("#door-address").input_value()
        assert re.fullmatch(rf"{stage.address}/door/[\w-]{{43}}\?lang={lang}", link)
        assert axe_faults(desk) == []
        open_phone(phone, link.removeprefix(stage.address))
        tick(phone, "ripa")
        all_sent(phone)
        desk.goto(f"/{lang}/organise/events/the-evening/door")
        expect(desk.locator("#door-address")).to_have_count(0)
        expect(desk.get_by_role("main")).to_contain_text("1 / 4")
        expect(desk.get_by_role("main")).to_contain_text(evening.code["Ripa"])
        press(desk.locator("form[action*='/door/links/'] button"))
        phone.goto("about:blank")
    with stage.app.app_context():
        assert list_devices(get_record(evening.id).id) == []
