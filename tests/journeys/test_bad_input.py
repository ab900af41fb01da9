"""What people type wrongly: the answer stands at the field, in their language, and nothing that was typed is lost."""

from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Page

from tests.journeys.browser import PHONE, press
from tests.journeys.stage import Stage

ODD = '<script>alert(1)</script> & "Көчө" Нурай O\'Brien 🙂 &amp; ЁӨҮ'
HUGE = "å" * 1_200
TYPED = {  # what is right beside it, and has to be there still
    "title-sv": ODD,
    "summary-en": "A summary <b>that took an hour</b>",
    "occurrences-0-day": "2026-12-10",
    "occurrences-0-start": "18:00",
    "place": "abf-stockholm/sal-4",
}


@dataclass(frozen=True)
class Case:
    """What is typed, and what is answered, in Swedish and in English, by field."""

    typed: dict[str, str]
    sv: dict[str, str] = field(default_factory=dict)
    en: dict[str, str] = field(default_factory=dict)


REGISTERING = {
    "empty": Case(
        {"name": "", "email": ""},
        {"name": "Ange ett namn. Ett alias går bra.", "email": "Ange en e-postadress."},
        {"name": "Enter a name. It may be a pseudonym.", "email": "Enter an e-mail address."},
    ),
    "no address": Case(
        {"name": ODD, "email": "nora.example.org"},
        {"email": "Ange en e-postadress, till exempel namn@example.org."},
        {"email": "Enter an e-mail address, for example name@example.org."},
    ),
    "too long": Case(
        {"name": "Нурай 🙂", "email": "nora@example.org", "needs": HUGE},
        {"needs": "Högst 1000 tecken, tack. Det här är 1200."},
        {"needs": "At most 1000 characters, please; this is 1200."},
    ),
}
PLANNING = {
    "no such day": Case(
        {"occurrences-0-day": "2027-02-30"},
        {"occurrences-0-day": "Ange ett datum, till exempel 2026-12-03."},
        {"occurrences-0-day": "Enter a date, for example 2026-12-03."},
    ),
    "no such time": Case(
        {"occurrences-0-day": "2027-03-28", "occurrences-0-start": "02:30"},
        {
            "occurrences-0-start": "Klockslaget 02.30 finns inte den 28 mars 2027, då sommartiden börjar. "
            "Välj före 02.00 eller från 03.00."
        },
        {
            "occurrences-0-start": "02:30 does not exist on 28 Mar 2027, since clocks go forward. "
            "Choose before 02:00 or from 03:00."
        },
    ),
    "words for numbers": Case(
        {"capacity": "fyrtio"},
        {"capacity": "Ange ett helt tal från 0 till 100000."},
        {"capacity": "Enter a whole number from 0 to 100000."},
    ),
    "ends before it begins": Case(
        {"occurrences-0-end": "17:00"},
        {"occurrences-0-end": "Slutet måste vara efter starten. Om det slutar en annan dag, ange den dagen också."},
        {"occurrences-0-end": "The end must be after the start. If it ends on another day, give that day too."},
    ),
    "no title": Case(
        {"title-sv": ""},
        {"title-sv": "Ge evenemanget en titel på minst ett språk."},
        {"title-sv": "Give the event a title in at least one language."},
    ),
    "too long": Case(
        {"title-en": HUGE},
        {"title-en": "Högst 200 tecken, tack. Det här är 1200."},
        {"title-en": "At most 200 characters, please; this is 1200."},
    ),
}


def put(page: Page, name: str, value: str) -> None:
    """Put a value where a browser that knows less would let one type it."""
    page.locator(f"form.form [name={name}]").first.evaluate(
        """(field, value) => {
            if (field.tagName === 'INPUT') field.type = 'text';
            field.removeAttribute('maxlength');
            field.value = value;
        }""",
        value,
    )


def kept(page: Page, names: list[str]) -> dict[str, str]:
    """What the page gives back in fields; a field for dates shows nothing of a day that does not exist, but has it."""
    return {
        name: str(
            page.locator(f"form.form [name={name}]").first.evaluate(
                "field => field.tagName === 'INPUT' ? field.getAttribute('value') : field.value"
            )
        )
        for name in names
    }


def answers(page: Page) -> dict[str, str]:
    """What is said at the fields, by the field's name; fails unless each is tied to its field and in the summary."""
    said: dict[str, str] = page.evaluate(
        """() => Object.fromEntries([...document.querySelectorAll('.field__error')].map(error => {
            const name = error.id.replace(/-error$/, '');
            const field = document.getElementById(name);
            const told = field.matches('fieldset') || document.querySelector(`[aria-describedby~="${error.id}"]`);
            const linked = document.querySelector(`#error-summary a[href^="#${name}"]`);
            return [name, told && linked ? error.innerText.trim() : `not tied: ${error.innerText}`];
        }))"""
    )
    return said


@pytest.mark.parametrize("name", REGISTERING)
@pytest.mark.parametrize("lang", ["sv", "en"])
def test_a_wrong_registration_is_answered_at_its_field_and_kept(stage: Stage, lang: str, name: str) -> None:
    case = REGISTERING[name]
    with stage.visit(size=PHONE) as page:
        page.goto(f"/{lang}/events/vald-ar-inte-tradition")
        stage.wait()
        for field_name, value in case.typed.items():
            put(page, field_name, value)
        answer = press(page.locator(".register-form [type=submit]"))

        assert (answer.status, answers(page)) == (422, getattr(case, lang))
        assert kept(page, list(case.typed)) == case.typed
        assert page.evaluate("document.activeElement.id") == "error-summary"


@pytest.mark.parametrize("name", PLANNING)
@pytest.mark.parametrize("lang", ["sv", "en"])
def test_a_wrong_plan_is_answered_at_its_field_and_kept(stage: Stage, lang: str, name: str) -> None:
    case = PLANNING[name]
    typed = {**TYPED, **case.typed}
    with stage.visit() as page:
        stage.sign_in(page, "info.samordnare@example.org")
        page.goto(f"/{lang}/organise/events/new")
        page.locator("[name=themes][value=environment]").check()
        for field_name, value in typed.items():
            put(page, field_name, value)
        answer = press(page.locator(".save-bar [value=save]"))
        assert (answer.status, answers(page)) == (422, getattr(case, lang))
        assert kept(page, list(typed)) == typed
        assert page.locator("[name=themes][value=environment]").is_checked()
        assert page.evaluate("document.activeElement.id") == "error-summary"
