"""A role-play: wishes on a phone, an allocation changed by hand, a card to read, and an old link that is dead."""

import pytest
from playwright.sync_api import Page, expect

from cag_events.permissions import Role
from tests.journeys.browser import PHONE, press
from tests.journeys.stage import Stage, own_link, plain
from tests.roleplays.games import make_game, release

WORDS = {
    "sv": {
        "wishes": "Mina önskningar",
        "save": "Spara mina önskningar",
        "herders": "Herdarna",
        "media": "Radion",
        "run": "Räkna fram rollerna",
        "again": "Räkna en gång till",
        "approve": "Godkänn och dela ut rollerna",
        "given": "Rollerna är utdelade",
        "place": "Spara",
        "first": "Första önskan",
        "refused": "rollen har gått till någon annan",
        "ready": "Din roll är klar",
    },
    "en": {
        "wishes": "My wishes",
        "save": "Save my wishes",
        "herders": "The herders",
        "media": "The radio",
        "run": "Work out the roles",
        "again": "Work them out once more",
        "approve": "Approve and give out the roles",
        "given": "The roles are given",
        "place": "Save",
        "first": "First wish",
        "refused": "the role has moved to somebody else",
        "ready": "Your role is ready",
    },
}
EVENT = "/organise/events/the-river"


def register(stage: Stage, name: str, lang: str) -> str:
    """Register somebody; returns the address of their own page."""
    with stage.visit(size=PHONE) as page:
        page.goto(f"/{lang}/events/the-river")
        stage.wait()
        page.locator(".register-form [name=name]").fill(name)
        page.locator(".register-form [name=email]").fill(f"{name.split(maxsplit=1)[0].lower()}@example.org")
        page.locator(".register-form [type=submit]").click()
        page.wait_for_url("**/receipt**")
    return own_link(stage.deliver()[-1])


def wait_for_roles(stage: Stage, page: Page, lang: str, button: str) -> None:
    """Press the button, let the worker work, and look again."""
    press(page.get_by_role("button", name=button))
    expect(page.locator("progress")).to_be_visible()
    stage.deliver()
    page.goto(f"/{lang}{EVENT}/roles")


def card_link(text: str) -> str:
    """The address of the role card in a mail."""
    return (
        "/"
        + text.partition("/role-cards/")[0].rpartition("/")[2]
        + "/role-cards/"
        + (text.partition("/role-cards/")[2].split()[0])
    )


@pytest.mark.parametrize(("lang", "scripts"), [("sv", True), ("en", False)], ids=["sv-scripts", "en-no-scripts"])
def test_a_wish_becomes_a_role_whose_old_card_dies_when_it_moves(stage: Stage, lang: str, scripts: bool) -> None:
    words = WORDS[lang]
    stage.ask(lambda: release(make_game(key="the-river")))
    own = register(stage, "Ada Lind", lang)

    with stage.visit(size=PHONE, scripts=scripts) as page:  # she says what she would like
        page.goto(own)
        press(page.get_by_role("link", name=words["wishes"]))
        page.locator("[name=first]").select_option(label=words["herders"])
        page.locator("[name=second]").select_option(label=words["media"])
        press(page.get_by_role("button", name=words["save"]))
        expect(page).to_have_url(own)

    with stage.visit(scripts=scripts) as page:  # roles are worked out and given
        stage.sign_in(page, Role.ORGANIZER)
        page.goto(f"/{lang}{EVENT}/roles")
        wait_for_roles(stage, page, lang, words["run"])
        expect(page.locator("#cast")).to_contain_text(words["first"])
        press(page.get_by_role("button", name=words["approve"]))
        expect(page.get_by_role("main")).to_contain_text(words["given"])
    told = stage.deliver()[-1]
    card = card_link(plain(told))
    assert words["ready"] in str(told["Subject"])
    assert words["herders"] not in plain(told)

    with stage.visit(size=PHONE, scripts=scripts) as page:  # she reads her card
        page.goto(card)
        expect(page.get_by_role("main")).to_contain_text("canary-bridge")

    with stage.visit(scripts=scripts) as page:  # she is placed by hand, and all are worked out once more
        stage.sign_in(page, Role.ORGANIZER)
        page.goto(f"/{lang}{EVENT}/roles")
        press(page.get_by_role("link", name="Ada Lind"))
        page.locator("[name=role]").select_option(label=words["media"])
        press(page.get_by_role("button", name=words["place"], exact=True))
        page.goto(f"/{lang}{EVENT}/roles")
        press(page.locator("form[action$='/roles/reopen'] button"))
        wait_for_roles(stage, page, lang, words["again"])
        press(page.get_by_role("button", name=words["approve"]))
        expect(page.locator("#cast")).to_contain_text(words["media"])

    with stage.visit(size=PHONE, scripts=scripts) as page:  # the old link opens nothing
        answer = page.goto(card)
        assert answer is not None
        assert answer.status == 404
        assert "canary" not in page.content()

    with stage.visit(scripts=scripts) as page:  # and her game master sees that somebody tried
        stage.sign_in(page, Role.ADMIN)
        page.goto(f"/{lang}{EVENT}/facilitators")
        expect(page.locator("#looks")).to_contain_text(words["refused"])
        assert "canary" not in page.content()
