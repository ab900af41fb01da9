"""Talks: a question from a phone to the moderator, the way into an online room, and a film under its licence."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect
from sqlalchemy import func, select

from cag_events import clock
from cag_events.db import db, transaction
from cag_events.domain import when
from cag_events.domain.event import Mode
from cag_events.domain.lifecycle import Status
from cag_events.door.models import HeadCount
from cag_events.events import records
from cag_events.events.models import Event
from cag_events.events.services import make_pass
from cag_events.permissions import ANONYMOUS, SYSTEM, Role
from cag_events.registrations.codes import join_token
from cag_events.registrations.models import Registration
from cag_events.registrations.services import NewRegistration, register
from cag_events.talks.models import JoinClick
from tests.factories import make_event
from tests.journeys.browser import PHONE, press
from tests.journeys.stage import MINUTE, Stage

LANGUAGES = pytest.mark.parametrize(
    ("lang", "scripts"), [("sv", True), ("en", False)], ids=["sv-scripts", "en-no-scripts"]
)
WORDS = {
    "sv": {
        "ask": "Skicka en fråga",
        "send": "Skicka frågan",
        "came": "Din fråga har kommit fram",
        "answered": "Besvarade (1)",
        "opens": "Rummet öppnar",
        "alias": "Gå gärna in under ett annat namn",
        "enter": "Gå in i rummet",
        "licence": "Ange vem som ger visningsrätten.",
        "reported": "Rapporterat",
        "done": "Det är rapporterat",
        "save": "Spara räkningen",
    },
    "en": {
        "ask": "Send a question",
        "send": "Send the question",
        "came": "Your question has come in",
        "answered": "Answered (1)",
        "opens": "The room opens",
        "alias": "Enter under another name if you like",
        "enter": "Enter the room",
        "licence": "Say who gives the licence.",
        "reported": "Reported",
        "done": "It is reported",
        "save": "Save the head count",
    },
}


@LANGUAGES
def test_a_question_from_a_phone_is_read_by_the_moderator(stage: Stage, lang: str, scripts: bool) -> None:
    words = WORDS[lang]

    def prepare() -> str:
        event = make_event(key="talk", details={"lecture": {"questions": "both"}})
        return make_pass(event.id, "moderator", "tablet", by=SYSTEM)

    token = stage.ask(prepare)
    with stage.visit(size=PHONE, scripts=scripts) as page:
        page.goto(f"/{lang}/events/talk")
        press(page.get_by_role("link", name=words["ask"]))
        stage.wait()
        page.locator("[name=text]").fill("Hur djup är sjön?")
        page.locator("[name=name]").fill("Nora")
        press(page.get_by_role("button", name=words["send"]))
        expect(page.get_by_role("heading", level=1)).to_have_text(words["came"])

    with stage.visit(size=PHONE, scripts=scripts) as page:
        page.goto(f"/{lang}/moderator/{token}")
        expect(page.get_by_role("main")).to_contain_text("Hur djup är sjön?")
        expect(page.get_by_role("main")).to_contain_text("Nora")
        press(page.locator("form:has([value=answered]) [type=submit]"))
        expect(page.get_by_role("heading", name=words["answered"])).to_be_visible()


@LANGUAGES
def test_the_online_room_opens_in_its_window_after_the_hint_and_counts_once(
    stage: Stage, lang: str, scripts: bool
) -> None:
    words = WORDS[lang]
    room = f"{stage.address.replace('127.0.0.1', 'localhost')}/{lang}/privacy"  # another site to the browser

    def prepare() -> str:
        starts = when.wall_of(clock.now() + timedelta(hours=2), "Europe/Stockholm").replace(second=0, microsecond=0)
        details = {"webinar": {"names": "alias", "opens_minutes": 20}}
        event = make_event(
            key="webb", kind="webinar", mode="online", starts=starts, ask=["alias"], closes_hours=0, details=details
        )
        with transaction():
            db.session.get_one(Event, event.id).online_url = room
            db.session.flush()
        made = register(event.id, NewRegistration(name="Nora", email=None, mode=Mode.ONLINE), by=ANONYMOUS)
        return join_token(db.session.get_one(Registration, made.registration_id).row_id)

    token = stage.ask(prepare)
    with stage.visit(size=PHONE, scripts=scripts) as page:
        page.goto(f"/{lang}/join/{token}")
        expect(page.get_by_role("main")).to_contain_text(words["opens"])
        expect(page.get_by_role("button", name=words["enter"])).to_have_count(0)
        stage.wait(105 * MINUTE)
        page.reload()
        expect(page.get_by_role("main")).to_contain_text(words["alias"])
        assert room not in page.content()

    context = stage.browser.new_context(base_url=stage.address, java_script_enabled=scripts, locale=lang)
    page = context.new_page()
    for _ in range(2):
        page.goto(f"/{lang}/join/{token}")
        page.get_by_role("button", name=words["enter"]).click()
        page.wait_for_url(room)
    context.close()

    def clicks() -> list[str]:
        query = select(Event.key).join(Registration, Registration.event_id == Event.id)
        return list(db.session.scalars(query.join(JoinClick).where(Event.key == "webb")))

    assert stage.ask(clicks) == ["webb"]


@LANGUAGES
def test_a_film_needs_its_licence_is_counted_and_reported(stage: Stage, lang: str, scripts: bool) -> None:
    words = WORDS[lang]

    def prepare(licence: dict[str, object]) -> None:
        details = {"film": {"title": {"en": "The stream", "sv": "Bäcken"}, "minutes": 60, "licence": licence}}
        with transaction():
            event = db.session.scalars(select(Event).where(Event.key == "bio")).one_or_none()
            if event is not None:
                event.details = details
                db.session.flush()
        if event is None:
            make_event(key="bio", kind="screening", details=details, status=Status.DRAFT, published_at=None)
            return
        with transaction():
            records.refresh([event.id])

    stage.ask(lambda: prepare({}))
    with stage.visit(scripts=scripts) as page:
        stage.sign_in(page, Role.ORGANIZER)
        publish = page.locator("main form button.button--primary").first
        page.goto(f"/{lang}/organise/events/bio/publish")
        expect(page.get_by_role("main")).to_contain_text(words["licence"])
        expect(publish).to_have_count(0)
        stage.ask(lambda: prepare({"holder": "Exempelfilm", "showings": 1, "report_audience": True}))
        page.goto(f"/{lang}/organise/events/bio/publish")
        press(publish)
    assert stage.ask(lambda: db.session.scalar(select(Event.status).where(Event.key == "bio"))) is Status.PUBLISHED

    stage.wait(timedelta(days=14))
    with stage.visit(size=PHONE, scripts=scripts) as page:
        stage.sign_in(page, Role.ORGANIZER)
        page.goto(f"/{lang}/organise/events/bio/heads")
        page.locator("[name='people-']").fill("71")
        press(page.get_by_role("button", name=words["save"]))
        page.goto(f"/{lang}/organise/events/bio/licence")
        expect(page.get_by_role("main")).to_contain_text("71")
        press(page.get_by_role("button", name=words["done"]))
        expect(page.get_by_role("main")).to_contain_text(words["reported"])
        file = page.request.get(f"/{lang}/organise/events/bio/licence.csv").text()
        assert '"Exempelfilm","71"' in file
    assert stage.ask(lambda: db.session.scalar(select(func.sum(HeadCount.people)).where(HeadCount.people == 71))) == 71


@LANGUAGES
def test_heads_are_counted_on_a_phone_by_a_link(stage: Stage, lang: str, scripts: bool) -> None:
    def prepare() -> str:
        starts = when.wall_of(clock.now(), "Europe/Stockholm").replace(second=0, microsecond=0)
        return make_pass(make_event(key="hall", starts=starts).id, "heads", "foyer", by=SYSTEM)

    token = stage.ask(prepare)
    with stage.visit(size=PHONE, scripts=scripts) as page:
        page.goto(f"/{lang}/heads/{token}")
        row = page.locator(".counter__row").last
        for change, total in (("5", "5"), ("1", "6"), ("-1", "5")):
            row.locator(f"button[value='{change}']").click()
            expect(page.locator("[data-counter-total]")).to_have_text(total)
        if scripts:
            page.wait_for_function("() => Object.values(localStorage).every(kept => kept === '[]')")
        page.reload()
        expect(page.locator("[data-counter-total]")).to_have_text("5")
