"""The event page: what a visitor needs, and the form."""

from datetime import date, datetime
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from cag_events.accounts.models import Account
from cag_events.db import db, transaction
from cag_events.domain.event import RegistrationMode, Safety, Visibility
from cag_events.domain.lifecycle import Status
from cag_events.events.models import EventOldKey
from cag_events.kinds import KINDS, write_details
from cag_events.permissions import Role
from tests.factories import sign_in
from tests.making import Make
from tests.page import check, page, statements, words
from tests.registrations.wishes import send


def facts(shown: Any) -> dict[str, str]:
    """The rows of the page's head: what, and its words."""
    return {words(row[0]): words(row[1]) for row in shown.all("div", class_="facts__row")}


def section(shown: Any, name: str) -> str:
    """The words of a section by the id of its heading."""
    return words(shown.one("section", aria_labelledby=f"{name}-title"))


def test_event_page_says_what_a_visitor_needs(make: Make, client: FlaskClient) -> None:
    venue = make.venue(
        name={"sv": "Folkets hus", "en": "People's House"},
        travel={"sv": "Tåg till Triangeln."},
        access={"step_free": True, "lift": False, "checked": "2026-09-01"},
        city="Malmö",
    )
    speaker = make.contact("aida", name="Aida Testova", name_local="Аида", title={"sv": "Forskare"})
    make.event(
        key="brunnar",
        title={"sv": "Brunnar", "en": "Wells"},
        venue=venue,
        mode="hybrid",
        online_capacity=30,
        people=[(speaker, "speaker")],
        partners=[make.partner("novi", name="Novi Ritm", country="KG")],
        segments=[make.segment("students", name={"sv": "Studenter"})],
        languages=["en", "ky"],
        interpreting=[{"to": "sv", "how": "simultaneous"}, {"to": "swl", "how": "sign"}],
        agenda=[
            {"minutes": 15, "title": {"sv": "Välkomna"}},
            {"minutes": 75, "title": {"sv": "Samtal"}, "who": ["aida"]},
        ],
        content_note={"sv": "Handlar om våld."},
        photo_policy="ask",
        food="snack",
        recording="never",
        min_age=16,
        starts="2026-12-03T18:00",
        minutes=90,
    )

    shown = page(client, "/sv/events/brunnar")

    assert shown.heading == "Brunnar"
    assert facts(shown) == {
        "När": "torsdag 3 december 2026 klockan 18.00 till 19.30 (CET) · 23.00 till 00.30 i Bisjkek",
        "Var": "Folkets hus, Stora salen, Malmö, Sverige · även online",
        "Språk": "Engelska och kirgiziska · tolkas till svenska · tolkas till svenskt teckenspråk",
        "Platser": "80 platser kvar Anmälan stänger torsdag 3 december 2026 klockan 17.00",
    }
    assert section(shown, "agenda") == "Program 18.00–18.15 Välkomna 18.15–19.30 Samtal Aida Testova"
    assert section(shown, "people") == "Medverkande Aida Testova Аида Talare · Forskare"
    assert "Provgatan 1" in section(shown, "place")
    assert "Tåg till Triangeln." in section(shown, "place")
    assert section(shown, "access").startswith(
        "Tillgänglighet Stegfri entré: ja Hiss: nej Tillgänglig toalett: okänt Hörslinga: okänt Vilorum: okänt"
        " Kontrollerat 1 september 2026."
    )
    assert [words(e) for e in shown.one("section", aria_labelledby="practical-title").iter("li")] == [
        "Från 16 år",
        "Vi bjuder på kaffe, te och något litet att äta.",
        "Vi frågar innan vi tar eller publicerar en bild på dig.",
        "Evenemanget spelas inte in.",
    ]
    assert section(shown, "partners") == "Tillsammans med Novi Ritm"
    assert section(shown, "segments") == "Särskilt för Studenter"
    assert "Handlar om våld." in shown.main


def test_event_page_links_to_a_map_and_loads_none(make: Make, client: FlaskClient) -> None:
    make.event(key="e", venue=make.venue(lat=59.3385, lon=18.0596, accuracy_m=150))

    shown = page(client, "/sv/events/e")
    link = next(e for e in shown.all("a") if words(e).startswith("Visa på karta"))

    assert link.get("href") == ("https://www.openstreetmap.org/?mlat=59.33850&mlon=18.05960#map=17/59.33850/18.05960")
    assert link.get("rel") == "noopener noreferrer nofollow"
    loaded = [e.get("src") or "" for tag in ("img", "script", "iframe") for e in shown.all(tag)]
    assert [source for source in loaded if not source.startswith("/static/") and source] == []


def test_event_page_lists_all_dates_of_a_series(make: Make, client: FlaskClient) -> None:
    make.event(key="cirkel", dates=["2026-11-04T18:00", "2026-11-25T18:00", "2026-12-09T18:00"], minutes=60)

    shown = page(client, "/sv/events/cirkel")

    assert [words(e) for e in shown.all("li", class_="dates__item")] == [
        "onsdag 4 november 2026 klockan 18.00 till 19.00 har varit",
        "onsdag 25 november 2026 klockan 18.00 till 19.00",
        "onsdag 9 december 2026 klockan 18.00 till 19.00",
    ]
    assert facts(shown)["När"].startswith("Nästa: onsdag 25 november 2026")


def test_event_page_says_when_an_exhibition_stands(make: Make, client: FlaskClient) -> None:
    make.event(
        key="tavlor",
        kind="exhibition",
        dates=[],
        run=(date(2026, 11, 2), date(2026, 12, 6)),
        registration_mode=RegistrationMode.NONE,
        capacity=0,
    )

    assert facts(page(client, "/sv/events/tavlor"))["När"] == "måndag 2 november till söndag 6 december 2026"


@pytest.mark.parametrize(
    ("status", "says"),
    [(Status.CANCELLED, "Evenemanget är inställt Sjukdom."), (Status.POSTPONED, "Evenemanget är uppskjutet")],
)
def test_event_page_says_first_what_happened_to_it(make: Make, client: FlaskClient, status: Status, says: str) -> None:
    reason = {"sv": "Sjukdom."} if status is Status.CANCELLED else {}
    make.event(key="e", status=status, cancel_reason=reason)

    shown = page(client, "/sv/events/e")

    assert words(shown.all("div", class_="banner")[0]).startswith(says)
    assert shown.all("form", class_="register-form") == []


def test_event_page_says_that_it_is_over(make: Make, client: FlaskClient) -> None:
    make.event(key="e", starts="2026-10-01T18:00")

    shown = page(client, "/sv/events/e")

    assert "Evenemanget är över" in shown.main
    assert shown.all("form", class_="register-form") == []


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"registration_mode": RegistrationMode.NONE, "capacity": 0}, "Det är bara att komma."),
        ({"opens_days": 5}, "Anmälan öppnar lördag 28 november 2026 klockan 18.00"),
        ({"closes_hours": 24 * 20}, "Anmälan"),
        ({"registration_mode": RegistrationMode.INVITE}, "Anmälan"),
    ],
)
def test_event_page_says_why_there_is_no_form(
    make: Make, client: FlaskClient, values: dict[str, Any], says: str
) -> None:
    make.event(key="e", **values)

    shown = page(client, "/sv/events/e")

    assert says in section(shown, "register")
    assert shown.all("form", class_="register-form") == []


def test_members_register_where_only_they_may(make: Make, client: FlaskClient) -> None:
    make.event(key="e", registration_mode=RegistrationMode.MEMBERS)

    stranger = page(client, "/sv/events/e")
    sign_in(client, Role.MEMBER)
    member = page(client, "/sv/events/e")

    assert len(stranger.all("form", class_="register-form")) == 0
    assert "Logga in" in section(stranger, "register")
    assert len(member.all("form", class_="register-form")) == 1
    assert member.headers["Cache-Control"] == "no-store"


def test_members_event_is_unknown_to_strangers(make: Make, client: FlaskClient) -> None:
    make.event(key="e", visibility=Visibility.MEMBERS, title={"sv": "Medlemskväll"})

    page(client, "/sv/events/e", 404)
    sign_in(client, Role.MEMBER)

    assert page(client, "/sv/events/e").heading == "Medlemskväll"


def test_registering_leads_to_the_receipt(make: Make, client: FlaskClient) -> None:
    make.event(key="e", title={"sv": "Brunnar"}, ask=[])

    answer = send(client, "/sv/events/e", name="Ripa", email="ripa@example.org")
    receipt = page(client, answer.headers["Location"])

    assert (answer.status_code, answer.headers["Location"]) == (303, "/sv/events/e/receipt?outcome=seat")
    assert receipt.heading == "Du är anmäld"
    assert receipt.one("meta", name="robots").get("content") == "noindex"
    assert "/events/e.ics?lang=sv" in receipt.links().values()


def test_registering_keeps_what_was_typed_when_something_is_wrong(make: Make, client: FlaskClient) -> None:
    make.event(key="e")

    answer = send(client, "/sv/events/e", name="Нурай Үлгү", email="no address")
    shown = check("/sv/events/e", answer)

    assert answer.status_code == 422
    assert shown.one("input", name="name").get("value") == "Нурай Үлгү"
    assert shown.one("input", name="email").get("aria-invalid") == "true"
    assert shown.one("div", class_="summary").get("tabindex") == "-1"


@pytest.mark.parametrize("outcome", ["seat", "queue", "approval", "<b>", ""])
def test_receipt_takes_any_outcome_and_tells_nobody_who_came(make: Make, client: FlaskClient, outcome: str) -> None:
    make.event(key="e")

    shown = page(client, f"/sv/events/e/receipt?outcome={outcome}")

    assert "<b>" not in shown.html


def test_old_key_leads_to_the_new_one(app: Flask, make: Make, client: FlaskClient) -> None:
    made = make.event(key="new")
    with app.app_context(), transaction():
        db.session.add(EventOldKey(key="old", event_id=made.id))

    answer = client.get("/en/events/old")

    assert (answer.status_code, answer.headers["Location"]) == (301, "/en/events/new")


@pytest.mark.parametrize(
    "hidden", [{"visibility": Visibility.PRIVATE}, {"visibility": Visibility.MEMBERS}, {"status": Status.DRAFT}]
)
def test_old_key_of_a_hidden_event_tells_nothing(
    app: Flask, make: Make, client: FlaskClient, hidden: dict[str, Any]
) -> None:
    made = make.event(key="new", **hidden)
    with app.app_context(), transaction():
        db.session.add(EventOldKey(key="old", event_id=made.id))

    answer = client.get("/en/events/old")

    assert (answer.status_code, answer.headers.get("Location")) == (404, None)


def test_old_key_of_a_members_event_leads_members_to_the_new_one(app: Flask, make: Make, client: FlaskClient) -> None:
    made = make.event(key="new", visibility=Visibility.MEMBERS)
    with app.app_context(), transaction():
        db.session.add(EventOldKey(key="old", event_id=made.id))
    sign_in(client, Role.MEMBER)

    answer = client.get("/en/events/old")

    assert (answer.status_code, answer.headers["Location"]) == (301, "/en/events/new")
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("path", ["/sv/events/nope", "/sv/events/nope/receipt"])
def test_unknown_event_is_a_page_that_helps(client: FlaskClient, path: str) -> None:
    assert page(client, path, 404).title


def test_draft_is_unknown_also_to_those_who_wrote_it(make: Make, client: FlaskClient) -> None:
    make.event(key="e", status=Status.DRAFT)
    sign_in(client, Role.ORGANIZER)

    page(client, "/sv/events/e", 404)


def test_structured_data_describes_the_event(make: Make, client: FlaskClient) -> None:
    make.event(
        key="e",
        title={"sv": "Brunnar </script>"},
        summary={"sv": "Om vatten."},
        mode="hybrid",
        venue=make.venue(name={"sv": "Huset"}, city="Malmö"),
        languages=["sv"],
        starts="2026-12-03T18:00",
        minutes=90,
    )

    about = page(client, "/sv/events/e").structured

    assert about["@context"] == "https://schema.org"
    assert about["name"] == "Brunnar </script>"
    assert (about["startDate"], about["endDate"]) == ("2026-12-03T18:00+01:00", "2026-12-03T19:30+01:00")
    assert about["eventStatus"] == "https://schema.org/EventScheduled"
    assert about["eventAttendanceMode"] == "https://schema.org/MixedEventAttendanceMode"
    assert about["url"] == "http://127.0.0.1:5000/sv/events/e"
    assert about["location"] == [
        {
            "@type": "Place",
            "name": "Huset",
            "address": {
                "@type": "PostalAddress",
                "streetAddress": "Provgatan 1",
                "postalCode": "111 11",
                "addressLocality": "Malmö",
                "addressCountry": "SE",
            },
            "geo": {"@type": "GeoCoordinates", "latitude": 59.33, "longitude": 18.06},
        },
        {"@type": "VirtualLocation", "url": "http://127.0.0.1:5000/sv/events/e"},
    ]


@pytest.mark.parametrize("status", [Status.CANCELLED, Status.POSTPONED])
def test_structured_data_tells_that_it_does_not_happen(make: Make, client: FlaskClient, status: Status) -> None:
    make.event(key="e", status=status)

    about = page(client, "/sv/events/e").structured

    assert about["eventStatus"] == f"https://schema.org/Event{status.value.capitalize()}"


def test_event_page_says_its_languages_to_search_engines(make: Make, client: FlaskClient) -> None:
    make.event(key="e", title={"sv": "Brunnar"}, summary={"sv": "Om *vatten*."})

    shown = page(client, "/sv/events/e?utm_source=x")
    others = {e.get("hreflang"): e.get("href") for e in shown.all("link", rel="alternate") if e.get("hreflang")}

    assert shown.one("link", rel="canonical").get("href") == "http://127.0.0.1:5000/sv/events/e"
    assert others["en"].split("?")[0] == "http://127.0.0.1:5000/en/events/e"
    assert shown.one("meta", property="og:title").get("content") == "Brunnar"
    assert shown.one("meta", property="og:description").get("content") == "Om vatten."


def test_hostile_words_stay_words(make: Make, client: FlaskClient) -> None:
    evil = "<script>alert(1)</script><img src=x onerror=alert(1)>"
    speaker = make.contact("x", name=evil, title={"sv": evil})
    make.event(
        key="e",
        title={"sv": evil},
        summary={"sv": evil},
        body={"sv": evil + " [x](javascript:alert(1))"},
        content_note={"sv": evil},
        people=[(speaker, "speaker")],
        agenda=[{"minutes": 10, "title": {"sv": evil}}],
        venue=make.venue(name={"sv": evil}, city=evil, street=evil, travel={"sv": evil}),
    )

    for path in ("/sv/events/e", "/sv/", "/sv/calendar/2026/12", "/sv/search?q=script"):
        shown = page(client, path)

        assert [e for e in shown.all("script") if "alert" in (e.text or "") and e.get("type") is None] == []
        assert shown.all("img") == []
        assert [e for e in shown.all("a") if (e.get("href") or "").startswith("javascript")] == []


def test_event_page_takes_the_same_few_statements_however_much_there_is(make: Make, client: FlaskClient) -> None:
    theme = make.theme()
    make.event(key="e", themes=[theme], ask=["segment"], segments=[make.segment()])
    one = statements(client, "/sv/events/e")
    for day in (4, 5, 6):
        make.event(themes=[theme], starts=f"2026-12-{day:02d}T18:00", people=[(make.contact(), "speaker")])

    assert (one, statements(client, "/sv/events/e")) == (2, 2)


@pytest.mark.parametrize("slug", KINDS)
def test_event_page_of_every_kind_takes_two_statements_once_it_was_printed(
    make: Make, client: FlaskClient, slug: str
) -> None:
    make.event(key="e", kind=slug, details=write_details(slug, KINDS[slug].sample))
    first = statements(client, "/sv/events/e")

    assert (first <= 8, statements(client, "/sv/events/e")) == (True, 2)


def test_related_events_share_a_theme_and_are_to_come(make: Make, client: FlaskClient) -> None:
    water = make.theme("water")
    make.event(key="e", themes=[water])
    make.event(themes=[water], title={"sv": "Sjöar"})
    make.event(themes=[make.theme("other")], title={"sv": "Annat"})
    make.event(themes=[water], title={"sv": "Förbi"}, starts="2026-10-01T18:00")
    make.event(themes=[water], title={"sv": "Skyddat"}, safety=Safety.GUARDED)

    shown = page(client, "/sv/events/e")

    assert [words(e) for e in shown.all("h3", class_="event__title")] == ["Sjöar"]


def test_unlisted_event_is_shown_to_whoever_has_the_address_and_to_no_robot(make: Make, client: FlaskClient) -> None:
    make.event(key="e", visibility=Visibility.UNLISTED, title={"sv": "Brunnar"})

    shown = page(client, "/sv/events/e")

    assert shown.heading == "Brunnar"
    assert shown.one("meta", name="robots").get("content") == "noindex"
    assert shown.structured is None
    assert [address for address in shown.links().values() if address.endswith(".ics")] == []


def test_event_of_the_small_hours_tells_one_day(make: Make, client: FlaskClient) -> None:
    make.event(key="e", starts=datetime(2026, 12, 31, 21), minutes=300)

    assert facts(page(client, "/sv/events/e"))["När"] == "torsdag 31 december 2026 klockan 21.00 till 02.00"


def test_accounts_that_see_more_see_the_same_public_page(make: Make, client: FlaskClient) -> None:
    make.event(key="e", safety=Safety.CAREFUL, venue=make.venue(street="Hemliga gatan 3"))
    before = client.get("/sv/events/e").text
    account: Account = sign_in(client, Role.ADMIN)

    assert "Hemliga gatan" not in client.get("/sv/events/e").text
    assert "Hemliga gatan" not in before
    assert account.role is Role.ADMIN


def test_poster_says_what_when_where_and_the_way_to_the_page(make: Make, client: FlaskClient) -> None:
    make.event(key="e", title={"sv": "Brunnar"}, starts="2026-12-03T18:00", minutes=90)

    shown = page(client, "/sv/events/e/poster")

    assert shown.heading == "Brunnar"
    assert "torsdag 3 december 2026 klockan 18.00 till 19.30" in shown.main
    assert "127.0.0.1:5000/sv/events/e" in shown.main
    assert (shown.one("img").get("src") or "").startswith("data:image/svg+xml")
    assert page(client, "/sv/events/e").links()["Skriv ut en affisch"] == "/sv/events/e/poster"


@pytest.mark.parametrize(
    "values",
    [{"safety": Safety.GUARDED}, {"visibility": Visibility.UNLISTED}, {"status": Status.DRAFT}],
    ids=["guarded", "unlisted", "draft"],
)
def test_poster_is_made_only_of_what_everybody_may_find(
    make: Make, client: FlaskClient, values: dict[str, Any]
) -> None:
    make.event(key="e", **values)

    page(client, "/sv/events/e/poster", 404)


def test_register_button_of_a_phone_stands_where_there_is_a_form(make: Make, client: FlaskClient) -> None:
    make.event(key="open")
    make.event(key="over", starts="2026-10-01T18:00")

    assert len(page(client, "/sv/events/open").all("p", class_="sticky-action")) == 1
    assert len(page(client, "/sv/events/over").all("p", class_="sticky-action")) == 0
