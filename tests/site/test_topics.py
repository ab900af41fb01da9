"""Themes, campaigns, exhibitions, search, statements."""

from datetime import date

import pytest
from flask.testing import FlaskClient

from cag_events.domain.event import RegistrationMode, Safety
from cag_events.domain.retention import MAIL_DAYS, POSTPONED_DAYS, REGISTRATION_DAYS
from tests.making import Make
from tests.page import Page, page, statements, words


def titles(shown: Page) -> list[str]:
    """The titles of the list or cards, in order."""
    return [words(e) for e in shown.all("h3", class_="event__title")]


def make_exhibition(make: Make, title: str, first: date, last: date, **opening: object) -> None:
    """An exhibition with hours."""
    make.event(
        title={"sv": title},
        kind="exhibition",
        dates=[],
        run=(first, last),
        registration_mode=RegistrationMode.NONE,
        capacity=0,
        details={"exhibition": {"from": first.isoformat(), "to": last.isoformat(), "opening": [opening]}},
    )


def test_theme_page_shows_its_own_and_its_subtopics_events(make: Make, client: FlaskClient) -> None:
    env = make.theme("env", name={"sv": "Miljö"}, summary={"sv": "Vatten och jord."}, token="env")
    rivers = make.theme("rivers", name={"sv": "Floder"}, parent=env, token="")
    make.event(title={"sv": "Jord"}, themes=[env], starts="2026-12-01T18:00")
    make.event(title={"sv": "Älvar"}, themes=[rivers], starts="2026-12-02T18:00")
    make.event(title={"sv": "Annat"}, themes=[make.theme("other")])

    shown, below = page(client, "/sv/themes/env"), page(client, "/sv/themes/rivers")

    assert (shown.heading, titles(shown)) == ("Miljö", ["Jord", "Älvar"])
    assert (below.heading, titles(below)) == ("Floder", ["Älvar"])
    assert shown.links()["Floder"] == "/sv/themes/rivers"
    assert below.links()["Miljö"] == "/sv/themes/env"
    assert shown.links()["Följ i din kalender"] == "/sv/feeds?theme=env"
    assert shown.one("link", type="text/calendar").get("href") == "http://127.0.0.1:5000/feeds/themes/env.ics?lang=sv"


@pytest.mark.parametrize("path", ["/sv/themes/nope", "/sv/campaigns/nope"])
def test_unknown_topic_is_unknown(client: FlaskClient, path: str) -> None:
    page(client, path, 404)


def test_campaign_page_shows_its_events_those_that_are_over_too(make: Make, client: FlaskClient) -> None:
    drops = make.campaign(
        "drops", name={"sv": "Droppar"}, tagline={"sv": "Vatten för alla."}, purpose={"sv": "Fler ska *veta*."}
    )
    make.event(title={"sv": "Över"}, campaign=drops, starts="2026-11-10T18:00")
    make.event(title={"sv": "Kommer"}, campaign=drops)
    make.event(title={"sv": "Annat"})

    shown, listed = page(client, "/sv/campaigns/drops"), page(client, "/sv/campaigns")

    assert (shown.heading, titles(shown)) == ("Droppar", ["Över", "Kommer"])
    assert "Vatten för alla." in shown.main
    assert words(shown.one("em")) == "veta"
    assert listed.links()["Droppar"] == "/sv/campaigns/drops"


def test_exhibitions_say_whether_they_are_open_now(make: Make, client: FlaskClient) -> None:
    every_day = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
    november = date(2026, 11, 2), date(2026, 12, 6)
    make_exhibition(make, "Öppen", *november, days=every_day, start="08:00", end="17:00")
    make_exhibition(make, "Stängd", *november, days=["mon"], start="08:00", end="17:00")
    make_exhibition(make, "Senare", date(2027, 1, 1), date(2027, 2, 1), days=every_day, start="08:00", end="17:00")
    make_exhibition(make, "Förbi", date(2026, 10, 1), date(2026, 11, 20), days=every_day, start="08:00", end="17:00")

    shown = page(client, "/sv/exhibitions")

    assert titles(shown) == ["Öppen", "Stängd", "Senare"]
    assert [words(e) for e in shown.all("p", class_="event__state")] == [
        "Öppet nu till 17.00",
        "Öppnar mån 23 nov kl. 08.00",
    ]


@pytest.mark.parametrize(
    ("words_asked", "found"),
    [("brunn", ["Brunnar"]), ("BRUNNAR", ["Brunnar"]), ("кыргыз", ["Brunnar"]), ("får", ["Får"]), ("kastrull", [])],
)
def test_search_finds_beginnings_of_words_in_any_script(
    make: Make, client: FlaskClient, words_asked: str, found: list[str]
) -> None:
    make.event(title={"sv": "Brunnar"}, body={"sv": "På Кыргызстан."})
    make.event(title={"sv": "Får"})

    shown = page(client, f"/sv/search?q={words_asked}")

    assert titles(shown) == found
    assert shown.one("input", name="q").get("value") == words_asked
    assert shown.one("meta", name="robots").get("content") == "noindex"


@pytest.mark.parametrize("asked", ["", "%20", "!!!", "%22'%3C", "x" * 300, "a AND (", "* OR NEAR"])
def test_search_takes_any_words(make: Make, client: FlaskClient, asked: str) -> None:
    make.event()

    page(client, f"/sv/search?q={asked}")


def test_search_takes_the_same_few_statements_however_much_it_finds(make: Make, client: FlaskClient) -> None:
    make.event(title={"sv": "Brunnar"})
    one = statements(client, "/sv/search?q=brunnar")
    make.event(title={"sv": "Brunnar två"})
    make.event(title={"sv": "Brunnar tre"})

    assert (one, statements(client, "/sv/search?q=brunnar")) == (3, 3)


def test_search_is_limited_by_network_address(make: Make, client: FlaskClient) -> None:
    make.event()

    answers = [client.get("/sv/search?q=x").status_code for _ in range(61)]

    assert answers == [200] * 60 + [429]


@pytest.mark.parametrize("path", ["/sv/", "/sv/calendar/2026/12", "/sv/feeds"])
def test_search_in_the_programme_counts_as_a_search(client: FlaskClient, path: str) -> None:
    answers = [client.get(f"{path}?q=ord{number}").status_code for number in range(61)]

    assert answers == [200] * 60 + [429]
    assert client.get(path).status_code == 200


def test_privacy_page_says_what_this_installation_does(client: FlaskClient) -> None:
    shown = page(client, "/en/privacy")

    assert "This installation sends no mail" in shown.main
    assert "keeps these times by itself, every day" in shown.main
    assert f"{REGISTRATION_DAYS[Safety.OPEN]} days after the event" in shown.main
    assert f"at most {POSTPONED_DAYS} days from the old one" in shown.main
    assert f"{MAIL_DAYS} days after sending" in shown.main


def test_accessibility_page_names_the_version(client: FlaskClient) -> None:
    assert "version 0." in page(client, "/en/accessibility").main


@pytest.mark.parametrize("lang", ["sv", "en"])
@pytest.mark.parametrize(
    "path", ["", "campaigns", "exhibitions", "search", "privacy", "accessibility", "calendar/2026/11"]
)
def test_pages_stand_in_an_empty_installation(client: FlaskClient, lang: str, path: str) -> None:
    shown = page(client, f"/{lang}/{path}")

    assert shown.tree.get("lang") == lang
    assert shown.headers.getlist("Set-Cookie") == []


@pytest.mark.parametrize("path", ["/de/", "/xx/events/e", "/sv/nothing"])
def test_unknown_address_is_a_page_with_a_search(client: FlaskClient, path: str) -> None:
    shown = page(client, path, 404)

    assert [e.get("name") for e in shown.all("input", type="search")] == ["q"]
