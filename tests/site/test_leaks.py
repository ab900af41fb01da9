"""No public page tells what its reader may not know; each is tried beside something that it does tell."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from cag_events.domain.event import Safety, Visibility
from cag_events.domain.lifecycle import Status
from tests.making import Make
from tests.page import page, words

CANARY = "Zzkanarie"
PAGES = (
    "/{lang}/",
    "/{lang}/?theme=open-theme",
    "/{lang}/?kind=lecture",
    "/{lang}/?to=2027-12-31",
    "/{lang}/calendar/2026/12",
    "/{lang}/themes/open-theme",
    "/{lang}/campaigns",
    "/{lang}/campaigns/open-campaign",
    "/{lang}/exhibitions",
    "/{lang}/search",
    "/{lang}/search?q=zzkanarie",
    "/{lang}/search?q=zz",
    "/{lang}/privacy",
    "/{lang}/accessibility",
    "/{lang}/events/open",
    "/{lang}/events/open/receipt",
    "/{lang}/events/canary",
    "/{lang}/events/canary/receipt",
    "/sitemap.xml",
    "/robots.txt",
    "/feeds/programme.atom",
    "/feeds/programme.json",
    "/feeds/programme.ics",
    "/feeds/programme.ics?lang={lang}&profile=rich",
    "/feeds/programme.ics?lang={lang}&profile=rich&hours=1&cancelled=0",
    "/feeds/programme.ics?lang={lang}&theme=open-theme&profile=rich",
    "/feeds/themes/open-theme.ics?lang={lang}&profile=rich",
    "/feeds/campaigns/open-campaign.ics?lang={lang}&profile=rich",
    "/events/canary.ics",
    "/events/canary.ics?lang={lang}&profile=rich",
    "/events/canary.ics?lang={lang}&hours=1",
    "/{lang}/feeds",
    "/{lang}/feeds?theme=open-theme&profile=rich",
)


def secret(word: str) -> dict[str, str]:
    """A text that must not be seen."""
    return {"sv": f"{CANARY} {word}", "en": f"{CANARY} {word}"}


def make_canary(make: Make, **values: Any) -> None:
    """An event all of whose words are canaries, beside an open one with the same campaign."""
    theme = make.theme("open-theme", name={"sv": "Öppet tema"})
    campaign = make.campaign("open-campaign", name={"sv": "Öppen kampanj"})
    make.event(key="open", title={"sv": "Öppet evenemang"}, themes=[theme], campaign=campaign)
    venue = make.venue(
        name=secret("lokal"), street=f"{CANARY} gata", lat=55.12345, lon=13.54321, travel=secret("resväg")
    )
    make.event(
        **{
            "key": "canary",
            "title": secret("titel"),
            "summary": secret("sammanfattning"),
            "body": secret("text"),
            "content_note": secret("notis"),
            "access_note": secret("tillgänglighet"),
            "agenda": [{"minutes": 10, "title": secret("programpunkt")}],
            "themes": [theme],
            "campaign": campaign,
            "venue": venue,
            "people": [(make.contact(name=f"{CANARY} Person", title=secret("yrke")), "speaker")],
            "partners": [make.partner(name=f"{CANARY} Partner")],
            "languages": ["tg"],
            "platform": f"{CANARY} plattform",
            "mode": "hybrid",
            "online_capacity": 20,
            **values,
        }
    )


def crawl(client: FlaskClient) -> dict[str, str]:
    """Every public page with what it answers."""
    paths = [path.format(lang=lang) for path in PAGES for lang in ("sv", "en")]
    return {path: client.get(path).text for path in dict.fromkeys(paths)}


@pytest.mark.parametrize(
    "values",
    [
        {"status": Status.DRAFT},
        {"visibility": Visibility.PRIVATE},
        {"visibility": Visibility.MEMBERS},
        {"safety": Safety.GUARDED},
        {"safety": Safety.GUARDED, "visibility": Visibility.UNLISTED},
        {"safety": Safety.GUARDED, "status": Status.CANCELLED, "cancel_reason": secret("skäl")},
    ],
    ids=["draft", "private", "members", "guarded", "guarded-unlisted", "guarded-cancelled"],
)
def test_no_public_page_tells_anything_of_what_is_not_public(
    make: Make, client: FlaskClient, values: dict[str, Any]
) -> None:
    make_canary(make, **values)

    told = crawl(client)

    assert [path for path, text in told.items() if CANARY in text and "q=" not in path] == []
    assert [path for path, text in told.items() if f"{CANARY} " in text] == []
    assert [path for path, text in told.items() if "55.12" in text or "13.54" in text] == []
    assert [path for path, text in told.items() if "tadzjikiska" in text or "Tajik" in text] == []


def test_no_public_page_lists_what_is_unlisted(make: Make, client: FlaskClient) -> None:
    make_canary(make, visibility=Visibility.UNLISTED)

    told = crawl(client)

    assert [path for path, text in told.items() if f"{CANARY} " in text and "/events/canary.ics" not in path] == [
        "/sv/events/canary",
        "/en/events/canary",
        "/sv/events/canary/receipt",
        "/en/events/canary/receipt",
    ]


def test_careful_event_tells_its_town_and_those_who_agreed(make: Make, client: FlaskClient) -> None:
    venue = make.venue(name={"sv": "Hemliga huset"}, street="Hemliga gatan 3", city="Lund", lat=55.12345, lon=13.54321)
    named = make.contact(name="Öppna Testova", named=True)
    unnamed = make.contact(name="Dolda Testova", named=None)
    make.event(key="e", safety=Safety.CAREFUL, venue=venue, people=[(named, "speaker"), (unnamed, "speaker")])

    paths = ("/sv/", "/sv/events/e", "/feeds/programme.ics", "/feeds/programme.json")
    told = "".join(client.get(path).text for path in paths)

    assert "Lund" in told
    assert "Öppna Testova" in told
    assert [word for word in ("Hemliga", "Dolda", "55.12", "13.54") if word in told] == []


def test_filters_cannot_prove_what_a_guarded_event_is_about(make: Make, client: FlaskClient) -> None:
    make_canary(make, safety=Safety.GUARDED)
    make.event(themes=[make.theme("other", name={"sv": "Annat"})])

    shown = page(client, "/sv/")

    assert [words(e) for e in shown.all("a", class_="chip--theme")] == ["Öppet tema 1", "Annat 1"]
    assert "language=tg" not in shown.html
    assert "canary" not in client.get("/sv/?theme=open-theme").text
    assert "canary" not in client.get("/sv/?campaign=open-campaign").text


def test_open_event_is_told_by_the_same_pages(make: Make, client: FlaskClient) -> None:
    make_canary(make)

    told = [path for path, text in crawl(client).items() if f"{CANARY} titel" in text]

    assert {"/sv/", "/sv/calendar/2026/12", "/sv/themes/open-theme", "/sv/campaigns/open-campaign"} <= set(told)
    assert {"/sv/search?q=zzkanarie", "/sv/events/canary", "/feeds/programme.json"} <= set(told)
