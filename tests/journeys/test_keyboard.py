"""A top task with the keys alone: from the programme to a registration, the focus seen all the way."""

import re

import pytest
from playwright.sync_api import Page

from tests.journeys.browser import DESKTOP, PHONE
from tests.journeys.stage import Stage

FOCUS = """() => {
    const field = document.activeElement;
    const box = field.getBoundingClientRect();
    const label = field.labels?.length ? field.labels[0] : field;
    const rings = [field, label, field.closest('.option') ?? field, field.closest('.check') ?? field]
        .flatMap(one => [getComputedStyle(one), getComputedStyle(one, '::after')])
        .some(style => (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2)
            || style.boxShadow !== 'none');
    const x = Math.min(Math.max(box.left + box.width / 2, 0), innerWidth - 1);
    const y = Math.min(Math.max(box.top + box.height / 2, 0), innerHeight - 1);
    const top = document.elementFromPoint(x, y);
    const isSeen = box.bottom > 0 && box.top < innerHeight
        && (top === field || field.contains(top) || top?.contains(field) || label.contains(top));
    return {name: field.name || '', tag: field.tagName, type: field.type || '', rings, isSeen,
        text: (field.innerText || field.ariaLabel || '').trim()};
}"""


def tab_to(page: Page, wanted: str, *, key: str = "Tab", most: int = 160) -> None:
    """Press Tab until the focus is on the link or field wanted; fails on any stop that cannot be seen."""
    for _ in range(most):
        page.keyboard.press(key)
        stop = page.evaluate(FOCUS)
        if stop["tag"] == "BODY":
            continue
        assert stop["rings"], f"no ring around {stop}"
        assert stop["isSeen"], f"hidden: {stop}"
        if re.search(wanted, stop["name"] or stop["text"]):
            return
    raise AssertionError(f"no {wanted} within {most} stops")


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["390", "1280"])
def test_a_visitor_registers_with_the_keys_alone(stage: Stage, size: dict[str, int]) -> None:
    with stage.visit(size=size) as page:
        page.goto("/sv/")
        page.keyboard.press("Tab")
        assert page.evaluate(FOCUS)["text"] == "Hoppa till innehållet"
        page.keyboard.press("Enter")
        tab_to(page, "Våld är inte tradition")
        page.keyboard.press("Enter")
        page.wait_for_url("**/events/vald-ar-inte-tradition")
        tab_to(page, "^Anmäl mig$")
        page.keyboard.press("Enter")  # to the form
        tab_to(page, "^mode$")
        page.keyboard.press("ArrowDown")
        tab_to(page, "^name$")
        page.keyboard.type("Nora")
        tab_to(page, "^email$")
        page.keyboard.type("nora@example.org")
        tab_to(page, "^consent_contact$")
        page.keyboard.press("Space")
        stage.wait()
        tab_to(page, "^Anmäl mig$")
        page.keyboard.press("Enter")
        page.wait_for_url("**/receipt**")

        assert page.evaluate("document.activeElement.tagName") == "H1"
    (mail,) = stage.deliver()
    assert mail["To"] == "nora@example.org"


def test_an_organizer_plans_with_the_keys_alone(stage: Stage) -> None:
    with stage.visit() as page:
        stage.sign_in(page, "info.samordnare@example.org")
        page.goto("/sv/organise/today")
        page.keyboard.press("n")
        page.wait_for_url("**/events/new")
        tab_to(page, "^title-sv$")
        page.keyboard.type("Vatten över gränser")
        tab_to(page, "^occurrences-0-day$")
        page.keyboard.type("12102026")  # as the browser's own language, English, has it
        tab_to(page, "^occurrences-0-start$")
        page.keyboard.type("0600PM")
        tab_to(page, "^place$")
        page.keyboard.type("ABF")
        tab_to(page, "^themes$")
        page.keyboard.press("Space")
        page.keyboard.press("Enter")  # saves, as in any form
        page.wait_for_url("**/vatten-over-granser/edit")

        assert page.get_by_role("heading", level=1).inner_text() == "Vatten över gränser"
