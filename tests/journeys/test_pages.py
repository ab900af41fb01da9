"""Every page in both languages, light and dark, narrow and wide: usable for everybody, well-formed, light, our own."""

import gzip
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

import pytest
from flask import Flask, request, request_started, template_rendered
from playwright.sync_api import Browser, Error, Page, Request, Response

from cag_events.permissions import Role
from tests.house.world import rules_of
from tests.journeys.browser import PHONE, WORDS, axe_faults, bring_axe, contrast_faults
from tests.journeys.door_pages import door_stops, door_token
from tests.journeys.hearing_pages import hearing_stops
from tests.journeys.import_pages import import_stops
from tests.journeys.message_pages import message_stops
from tests.journeys.pages import EVENT, Stop, break_a_page, member_stops, prepare, public_stops, team_stops
from tests.journeys.pages_conferences import conference_stops
from tests.journeys.people_pages import people_stops
from tests.journeys.reply_pages import reply_stops
from tests.journeys.roleplay_pages import roleplay_stops
from tests.journeys.seat_pages import seat_stops
from tests.journeys.stage import Stage
from tests.journeys.study_pages import study_stops
from tests.journeys.talk_pages import talk_stops
from tests.journeys.tour_pages import tour_stops
from tests.page import check

TEMPLATES = Path(__file__).parent.parent.parent / "cag_events" / "templates"
SEND = """([selector, typed]) => {
    const form = document.querySelector(selector);
    if (!form) throw new Error(`no form ${selector}`);
    for (const [name, value] of Object.entries(typed)) {
        for (const field of form.querySelectorAll(`[name="${name}"]`)) field.value = value;
    }
    form.submit();
}"""
TOO_WIDE = """() => document.documentElement.scrollWidth <= 320 ? [] : [...document.querySelectorAll('body *')]
    .filter(one => one.getBoundingClientRect().right > 321 && !one.closest('svg'))
    .map(one => `${one.tagName}.${one.className}`).slice(0, 4).concat('wider than 320 px')"""


ColorScheme = Literal["dark", "light"]
CONTRAST = ("color-contrast",)
MACHINES = re.compile(r"\.(ics|csv|md|xlsx|pdf|atom|json|txt|xml|svg|webmanifest)$|/healthz|/readyz|^/$")
KNOWN = {Role.MEMBER: "medlem@example.org", Role.ADMIN: "admin@example.org"}
NOT_OPENED = {
    *("/<lang>/organise/", "/<lang>/calendar/"),  # they lead on to a page that is
    "/<lang>/organise/conflicts",  # asked by scripts
}


@contextmanager
def watched(app: Flask) -> Iterator[tuple[list[str], set[str]]]:
    """Collect the templates that are rendered, the last one last, and the addresses that are asked for by GET."""
    templates: list[str] = []
    rules: set[str] = set()

    def render(_sender: Flask, template: Any, **_more: Any) -> None:
        templates.append(template.name)

    def start(_sender: Flask, **_more: Any) -> None:
        if request.url_rule is not None and request.method == "GET":
            rules.add(request.url_rule.rule)

    with template_rendered.connected_to(render, app), request_started.connected_to(start, app):
        yield templates, rules


def open_stop(stage: Stage, page: Page, stop: Stop, lang: str) -> Response:
    """Open a page, send its form if it has one; returns the last answer."""
    answer = page.goto(stop.address.format(lang=lang))
    if stop.form:
        stage.wait()
        with page.expect_navigation() as navigation:
            page.evaluate(SEND, [stop.form, stop.typed])
        answer = navigation.value
    assert answer is not None
    return answer


@dataclass
class Walk:
    """A walk over all pages in a language: in one colour on phones, in the other one on desks."""

    lang: str
    phone: ColorScheme
    desk: ColorScheme
    reads_all: bool  # whether axe reads each page with all its rules
    rendered: list[str]
    read: set[tuple[str, int]] = field(default_factory=set)
    colours: dict[str, set[str]] = field(default_factory=lambda: {"phone": set(), "desk": set()})

    def is_new(self, status: int) -> bool:
        """Whether the page that was rendered last is the first of its template and status; from now on it is not."""
        one = (self.rendered[-1], status)
        is_new = one not in self.read
        self.read.add(one)
        return is_new


def look(stage: Stage, page: Page, stop: Stop, walk: Walk) -> list[str]:
    """What is wrong with a page as it is seen.

    In Swedish axe reads every page on phones. English pages are made of the same elements: there it reads one page of
    each template, and of the others what words and colours decide. On desks, where the same words stand elsewhere, it
    reads one page of each template. A text in the colours of one that was read, on the same ground, is read.
    """
    page.set_viewport_size({"width": PHONE["width"], "height": 900})
    page.emulate_media(color_scheme=walk.phone)
    answer = open_stop(stage, page, stop, walk.lang)
    wrong = [] if answer.status == stop.status else [f"{answer.status} instead of {stop.status}"]
    is_new = walk.is_new(stop.status)
    if walk.reads_all:
        wrong += axe_faults(page)
    else:
        wrong += axe_faults(page, besides=CONTRAST) if is_new else axe_faults(page, WORDS)
        wrong += contrast_faults(page, walk.colours["phone"])
    wrong += malformed(answer)
    page.set_viewport_size({"width": 320, "height": 900})
    wrong += page.evaluate(TOO_WIDE)
    if is_new:
        page.set_viewport_size({"width": 1280, "height": 900})
        page.emulate_media(color_scheme=walk.desk)
        wrong += axe_faults(page, besides=CONTRAST) + contrast_faults(page, walk.colours["desk"])
    return wrong


def malformed(answer: Response) -> list[str]:
    """What a strict reader of HTML says."""
    try:
        check(answer.url, _Body(answer))
    except AssertionError as fault:
        return [str(fault)]
    return []


class _Body:
    """An answer as check() reads it."""

    def __init__(self, answer: Response) -> None:
        self.status_code, self.headers, self.text = answer.status, answer.headers, answer.text()


@pytest.mark.parametrize(
    ("lang", "phone", "desk", "reads_all"), [("sv", "light", "dark", True), ("en", "dark", "light", False)]
)
def test_every_page_is_for_everybody(
    stage: Stage, lang: str, phone: ColorScheme, desk: ColorScheme, reads_all: bool
) -> None:
    break_a_page(stage.app)
    found = prepare(stage)
    wrong: list[str] = []
    with watched(stage.app) as (templates, rules):
        walk = Walk(lang, phone, desk, reads_all, templates)
        for stops in (
            public_stops(found),
            member_stops(found),
            team_stops(found),
            roleplay_stops(stage),
            study_stops(stage),
            talk_stops(stage),
            door_stops(stage),
            import_stops(stage),
            people_stops(stage),
            seat_stops(stage),
            reply_stops(stage),
            message_stops(stage),
            tour_stops(stage),
            hearing_stops(stage),
            conference_stops(stage),
        ):
            with stage.visit(language=lang) as page:
                bring_axe(page)
                me = None
                for stop in stops:
                    if stop.who is not None and stop.who is not me:
                        me = stop.who
                        stage.sign_in(page, KNOWN.get(stop.who, stop.who))
                    try:
                        wrong += [f"{stop}: {fault}" for fault in look(stage, page, stop, walk)]
                    except Error as fault:
                        wrong.append(f"{stop}: {fault.message}")

    assert not wrong, "\n".join(wrong)
    assert pages() - set(templates) == set()
    assert {
        rule.rule for rule in rules_of(stage.app, "GET") if not MACHINES.search(rule.rule)
    } - rules - NOT_OPENED == set()


def pages() -> set[str]:
    """The templates that are pages, not the skeletons of others or parts of them."""
    found = {str(path.relative_to(TEMPLATES)) for path in TEMPLATES.rglob("*.html")}
    skeletons = {"workspace.html", "print.html", "roleplays/_own_page.html"}
    return {name for name in found if '{% extends "' in (TEMPLATES / name).read_text("utf-8")} - skeletons


def test_too_little_contrast_is_found_once_for_its_colours_on_their_ground(browser: Browser) -> None:
    page, read = browser.new_page(), set[str]()
    bring_axe(page)
    page.goto("about:blank")
    page.set_content("""<main style="background: white; color: #ccc">
        <p id="pale">Pale</p><p id="pale-too">Pale</p><p id="good" style="background: black">Good</p>
        <p id="dark" style="background: black; color: #222">Dark</p><p hidden style="color: #fff">Hidden</p>
    </main>""")

    assert contrast_faults(page, read) == ["color-contrast: #pale, #dark"]
    assert len(read) == 3  # the good one too
    assert contrast_faults(page, read) == []
    page.close()


@dataclass(frozen=True)
class Budget:
    """What a page may weigh at most (ux.md §9): kilobytes as sent with gzip, and requests."""

    html: int
    css: int
    js: int
    requests: int


PUBLIC = Budget(html=20, css=18, js=20, requests=8)
ASKING = Budget(html=20, css=18, js=20, requests=9)  # a script for questions that hang on others beside
BUILDER = Budget(html=20, css=18, js=20, requests=9)  # the code to scan beside
WORK = Budget(html=30, css=24, js=35, requests=12)
DOOR = Budget(html=10, css=18, js=40, requests=36)  # 14 until it is ready, the others when it stores them for later
CALENDAR = Budget(html=20, css=28, js=80, requests=12)  # a script of the library and three of ours beside
RARE_LETTERS = re.compile(r"/(latin-ext|cyrillic|cyrillic-ext)\.woff2")  # fetched where such letters stand, then kept
WEIGHED = {
    "/sv/": PUBLIC,
    "/en/?theme=gender&mode=online": PUBLIC,
    "/sv/calendar/2026/11": PUBLIC,
    f"/sv/events/{EVENT}": PUBLIC,
    "/sv/events/centralasiendagarna": ASKING,
    "/sv/campaigns/16-roster": PUBLIC,
    "/sv/themes/gender": PUBLIC,
    "/sv/feeds": BUILDER,
    "/sv/search?q=vatten": PUBLIC,
    "/sv/organise/today": WORK,
    f"/sv/organise/events/{EVENT}/edit": WORK,
    f"/sv/organise/events/{EVENT}/registrations": WORK,
    "/sv/organise/calendar": CALENDAR,
    "/sv/organise/calendar?view=week": CALENDAR,
}


def test_pages_stay_within_their_budgets(stage: Stage) -> None:
    heavy = []
    door = f"/door/{stage.ask(lambda: door_token(EVENT, 'Foajén'))}"
    for address, budget in {**WEIGHED, door: DOOR}.items():
        with stage.visit() as page:
            if "/organise/" in address:
                stage.sign_in(page, "admin@example.org")
            asked: list[Request] = []
            page.on("request", lambda request, asked=asked: asked.append(request))
            page.goto(address, wait_until="networkidle")
            heavy += [f"{address}: {over}" for over in excess(budget, asked)]

    assert heavy == []


def excess(budget: Budget, asked: list[Request]) -> list[str]:
    """What a page has too much of."""
    sent = [one for one in asked if one.url.startswith("http") and not RARE_LETTERS.search(one.url)]
    sizes = {
        kind: sum(zipped(request) for request in sent if request.resource_type == kind)
        for kind in ("document", "stylesheet", "script")
    }
    most = {"document": budget.html, "stylesheet": budget.css, "script": budget.js}
    over = [f"{kind} {size} of {most[kind] * 1024} bytes" for kind, size in sizes.items() if size > most[kind] * 1024]
    asked_for = ", ".join(urlsplit(one.url).path for one in sent)
    return over + ([f"{len(sent)} of {budget.requests} requests: {asked_for}"] if len(sent) > budget.requests else [])


def zipped(request: Request) -> int:
    """The size of an answer as gzip sends it."""
    answer = request.response()
    return len(gzip.compress(answer.body(), 6, mtime=0)) if answer else 0
