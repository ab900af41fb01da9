"""Orvar signs in, schedules a lecture of his own and publishes it; a visitor finds it."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.browser import PHONE, press
from tests.journeys.stage import Count, Stage, counted

PASSWORD = "cag-demo-2026"
WORDS = {
    "sv": {"sign_in": "Logga in", "title": "Vatten över gränser", "publish": "Publicera", "published": "Publicerat"},
    "en": {"sign_in": "Sign in", "title": "Water across borders", "publish": "Publish", "published": "Published"},
}
FIVE = {  # kind, title, when, where, theme
    "kind": lambda page: page.locator("[name=kind][value=lecture]").check(),
    "title": lambda page: page.locator("[name=title-sv]").fill("Vatten över gränser"),
    "when": lambda page: (
        page.locator("[name=occurrences-0-day]").fill("2026-12-10"),
        page.locator("[name=occurrences-0-start]").fill("18:00"),
    ),
    "where": lambda page: page.locator("[name=place]").select_option("abf-stockholm/sal-4"),
    "theme": lambda page: page.locator("[name=themes][value=environment]").check(),
}


def sign_in(page: Page, lang: str) -> None:
    """Sign in by the form."""
    page.goto(f"/{lang}/organise/today")
    page.locator("[name=email]").fill("info.samordnare@example.org")
    page.locator("[name=password]").fill(PASSWORD)
    press(page.get_by_role("main").get_by_role("button", name=WORDS[lang]["sign_in"]))
    expect(page).to_have_url(re.compile("/organise/today$"))


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
@pytest.mark.parametrize("lang", ["sv", "en"])
def test_an_organizer_publishes_a_lecture_with_five_answers_on_one_page(stage: Stage, lang: str, scripts: bool) -> None:
    words = WORDS[lang]
    with stage.visit(scripts=scripts) as page:
        sign_in(page, lang)
        work = counted(page)
        press(page.get_by_role("main").locator("a[href$='/organise/events/new']").first)
        for answer in FIVE.values():
            answer(page)
        press(page.get_by_role("button", name=words["publish"], exact=True))
        expect(page.get_by_role("main")).to_contain_text(words["published"])
        assert work == Count(pages=1, submits=1)
        page.goto(f"/{lang}/organise/calendar?view=list&month=2026-12")
    with stage.visit(size=PHONE, scripts=scripts, language=lang) as page:
        page.goto(f"/{lang}/?theme=environment&from=2026-12-10&to=2026-12-10")
        press(page.get_by_role("link", name="Vatten över gränser"))
        expect(page.get_by_role("heading", level=1)).to_have_text("Vatten över gränser")
        expect(page.get_by_role("main")).to_contain_text("Sal 4")
        expect(page.locator(".register-form")).to_have_count(1)


@pytest.mark.parametrize(
    ("left_out", "field"), [("title", "title"), ("when", "occurrences"), ("where", "place"), ("theme", "themes")]
)
def test_a_lecture_without_one_of_the_five_is_not_published_and_keeps_the_others(
    stage: Stage, left_out: str, field: str
) -> None:
    with stage.visit() as page:
        stage.sign_in(page, "info.samordnare@example.org")
        page.goto("/sv/organise/events/new")
        for name, answer in FIVE.items():
            if name != left_out:
                answer(page)
        press(page.get_by_role("button", name="Publicera", exact=True))
        links = page.locator("#error-summary a, .checklist__list--must a").evaluate_all(
            "links => links.map(link => link.getAttribute('href'))"
        )
        assert [link.rpartition("#")[2].partition("-")[0] for link in links] == [field]
        page.goto("/sv/?from=2026-12-10&to=2026-12-10")
        expect(page.get_by_role("link", name="Vatten över gränser")).to_have_count(0)
