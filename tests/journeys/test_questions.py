"""An event asks questions of its own: an organizer writes one, somebody answers what concerns them, and changes it."""

import re

import pytest
from playwright.sync_api import Page, expect

from cag_events.permissions import Role
from tests.journeys.browser import PHONE, axe_faults, press
from tests.journeys.stage import Stage, own_link, plain

QUESTIONS = [
    {"key": "meal", "label": {"sv": "Äter du med oss?", "en": "Will you eat with us?"}, "answer": "yes_no"},
    {
        "key": "dish",
        "label": {"sv": "Vilken rätt?", "en": "Which dish?"},
        "answer": "choice",
        "required": True,
        "decides": True,
        "options": [
            {"key": "fish", "label": {"sv": "Fisk", "en": "Fish"}},
            {"key": "beans", "label": {"sv": "Bönor", "en": "Beans"}},
        ],
        "when": {"question": "meal", "answer": "yes"},
    },
]
WORDS = {
    "sv": {
        "only": "Bara om du svarar ”Ja” på ”Äter du med oss?”.",
        "missing": "Svara på frågan.",
        "wanted": "Varifrån reser du?",
        "again": "Arrangören prövar igen",
        "changed": "Du har ändrat: Vilken rätt?",
    },
    "en": {
        "only": "Only if you answer “Yes” to “Will you eat with us?”.",
        "missing": "Answer this question.",
        "wanted": "Where do you travel from?",
        "again": "The organizer looks again",
        "changed": "You have changed: Which dish?",
    },
}


def decide(stage: Stage, lang: str, scripts: bool) -> None:
    """Say yes to everybody who waits."""
    with stage.visit(scripts=scripts) as page:
        stage.sign_in(page, Role.ORGANIZER)
        page.goto(f"/{lang}/organise/events/asking/approvals")
        page.get_by_role("checkbox").check()
        press(page.locator("[name=do][value=approve]"))
        expect(page.get_by_role("checkbox")).to_have_count(0)


def send_form(page: Page) -> None:
    """Press the button of the registration form."""
    press(page.locator(".register-form [type=submit]"))


@pytest.mark.parametrize(("lang", "scripts"), [("sv", True), ("en", False)], ids=["sv-scripts", "en-no-scripts"])
def test_question_is_written_asked_answered_and_answered_anew(stage: Stage, lang: str, scripts: bool) -> None:
    words = WORDS[lang]
    stage.make.event(key="asking", questions=QUESTIONS, registration_mode="approval", capacity=5)
    with stage.visit(scripts=scripts, size=PHONE) as page:
        stage.sign_in(page, Role.ORGANIZER)
        page.goto(f"/{lang}/organise/events/asking/registrations/questions/new")
        page.locator("[name=answer][value=text]").check()
        page.locator(f"[name=label-{lang}]").fill(words["wanted"])
        assert not scripts or axe_faults(page) == []  # axe is a script
        press(page.locator("main [type=submit][value=save]:not(.sr-only)"))
        expect(page.locator(".question-list__one")).to_have_count(3)

    with stage.visit(size=PHONE, scripts=scripts) as page:
        page.goto(f"/{lang}/events/asking")
        stage.wait()
        dish = page.locator(".own-questions__one:has([name=question_dish])")
        expect(dish).to_be_visible(visible=not scripts)
        page.locator("[name=name]").first.fill("Ada")
        page.locator("[name=email]").first.fill("ada@example.org")
        page.locator("[name=question_meal][value=yes]").check()
        expect(dish).to_be_visible()
        expect(dish).to_contain_text(words["only"])
        assert not scripts or axe_faults(page) == []  # axe is a script
        send_form(page)
        expect(dish).to_contain_text(words["missing"])
        expect(page.locator("[name=question_meal][value=yes]")).to_be_checked()
        page.locator("[name=question_dish][value=fish]").check()
        stage.wait()
        send_form(page)
        expect(page).to_have_url(re.compile("/receipt"))
    stage.deliver()
    decide(stage, lang, scripts)
    link = own_link(stage.deliver()[-1])

    with stage.visit(size=PHONE, scripts=scripts) as page:
        page.goto(link)
        page.locator("#change > summary").click()
        expect(page.locator("[name=question_dish][value=fish]")).to_be_checked()
        page.locator("[name=question_dish][value=beans]").check()
        press(page.locator("#change form:has([value=save]) [type=submit]"))
        expect(page.get_by_role("main")).to_contain_text(words["again"])
        assert not scripts or axe_faults(page) == []  # axe is a script
    mail = plain(stage.deliver()[-1])
    assert words["changed"] in mail
    assert ("Bönor" in mail, "Beans" in mail) == (False, False)
    decide(stage, lang, scripts)
    with stage.visit(size=PHONE, scripts=scripts) as page:
        page.goto(link)
        expect(page.get_by_role("main")).not_to_contain_text(words["again"])
