"""What the rich profile tells, and to whom not: people who may not be named, places and themes that are hidden."""

import pytest

from cag_events.domain.event import Mode, Safety, Visibility
from cag_events.feeds.options import Options
from cag_events.permissions import Role
from tests.factories import make_account, make_campaign, make_contact, make_event, make_theme, make_venue
from tests.feeds.reading import entries, fetch
from tests.feeds.test_mine import make_token, own, register

RICH = "/feeds/programme.ics?lang=en&profile=rich"
CANARY = "Kanarie"


def one_of(client, address=RICH):
    """The only entry of a feed."""
    (found,) = entries(client, address).values()
    return found


def test_rich_entry_tells_speakers_place_and_themes(app, client):
    with app.app_context():
        ada = make_contact("ada", name="Ada Testsson", named=True, title={"en": "Hydrologist"})
        bo = make_contact("bo", name="Bo Provman", named=True)
        environment = make_theme("environment")
        make_event(
            key="talk",
            title={"en": "Talk"},
            body={"en": "**Bold** <script>alert(1)</script> [page](https://example.org)"},
            themes=[environment, make_theme("water", parent=environment)],
            campaign=make_campaign("days"),
            people=[(ada, "speaker"), (bo, "coordinator")],
            venue=make_venue(key="house", name={"en": "The House"}, street="Gatan 1", city="Lund", lat=55.7, lon=13.2),
        )

    entry = one_of(client)

    people = [[line.text for line in part.properties[1:]] for part in entry.components("PARTICIPANT")]
    assert people == [["SPEAKER", "Ada Testsson", "Hydrologist"], ["ACTIVE", "Bo Provman", "Researcher"]]
    (place,) = entry.components("VLOCATION")
    assert place.one("NAME").text.startswith("The House")
    assert place.one("GEO").value == entry.one("GEO").value == "55.7;13.2"
    assert '"addressLocality": "Lund"' in place.one("STRUCTURED-DATA").text
    assert [line.text for line in entry.all("REFID")] == ["environment", "water", "days"]
    assert [line.value.rpartition("/en/")[2] for line in entry.all("CONCEPT")] == [
        "themes/environment",
        "themes/water",
    ]
    html = entry.one("STYLED-DESCRIPTION").text
    assert "<strong>Bold</strong>" in html
    assert "<script" not in html
    assert entry.one("LINK").value.endswith("/en/events/talk")


def test_rich_entry_names_people_and_venues_alike_in_every_entry_of_an_event_and_language(app, client):
    with app.app_context():
        ada = make_contact("ada", name="Ada Testsson", named=True)
        make_event(people=[(ada, "speaker")], dates=["2026-12-03T18:00", "2026-12-10T18:00"])

    found = [
        [part.one("UID").value for part in entry.parts]
        for lang in ("en", "sv")
        for entry in entries(client, f"/feeds/programme.ics?profile=rich&lang={lang}").values()
    ]

    assert len(found) == 4
    assert len({tuple(uids) for uids in found}) == 1


def test_rich_entry_names_nobody_who_may_not_be_named(app, client):
    with app.app_context():
        known = make_contact("ada", name="Ada Testsson", named=True)
        hidden = make_contact("eve", name=f"{CANARY} Eve", named=False, title={"en": f"{CANARY} title"})
        make_event(people=[(known, "speaker"), (hidden, "speaker")])

    octets = fetch(client, RICH).text.replace("\r\n ", "")

    assert octets.count("BEGIN:PARTICIPANT") == 1
    assert "Ada Testsson" in octets
    assert CANARY not in octets


@pytest.mark.parametrize(("level", "people"), [("public", 1), ("members", 0), ("registered", 0), ("team", 0)])
def test_rich_entry_names_people_only_as_far_as_the_event_tells_of_them(app, client, level, people):
    with app.app_context():
        ada = make_contact("ada", name=f"{CANARY} Ada", named=True)
        make_event(people=[(ada, "speaker")], levels={"people": level})

    octets = fetch(client, RICH).text

    assert octets.count("BEGIN:PARTICIPANT") == people
    assert octets.count(CANARY) == people


def test_rich_entry_of_a_careful_event_has_no_place(app, client):
    with app.app_context():
        venue = make_venue(name={"en": f"{CANARY} house"}, street=f"{CANARY} street", city="Lund", lat=55.7, lon=13.2)
        make_event(title={"en": "Careful"}, safety=Safety.CAREFUL, venue=venue)

    entry = one_of(client)

    assert entry.components("VLOCATION") == []
    assert entry.one("LOCATION").text == "Lund, Sweden"
    assert CANARY not in fetch(client, RICH).text


def test_rich_entry_without_a_map_has_no_point(app, client):
    with app.app_context():
        make_event(venue=make_venue(lat=55.7, lon=13.2), levels={"map": "registered"})

    (place,) = one_of(client).components("VLOCATION")

    assert place.all("GEO") == []


def test_rich_entry_of_a_guarded_event_is_as_neutral_as_the_plain_one(app, client):
    with app.app_context():
        eve = make_contact("eve", name=f"{CANARY} Eve", named=True)
        make_event(
            safety=Safety.GUARDED,
            title={"en": f"{CANARY} title"},
            body={"en": f"{CANARY} body"},
            themes=[make_theme("canary", name={"en": f"{CANARY} theme"})],
            people=[(eve, "speaker")],
        )

    rich = fetch(client, RICH).data.partition(b"BEGIN:VEVENT")[2]
    plain = fetch(client).data.partition(b"BEGIN:VEVENT")[2]

    assert rich == plain
    assert CANARY.encode() not in rich
    assert b"canary" not in rich


def test_rich_entry_of_something_online_has_no_place(app, client):
    with app.app_context():
        make_event(mode=Mode.ONLINE)

    assert one_of(client).components("VLOCATION") == []


def test_rich_own_feed_tells_members_what_members_may_know_and_the_public_nothing_of_it(app, client):
    with app.app_context():
        member = make_account(Role.MEMBER, language="en")
        ada = make_contact("ada", name="Ada Testsson", named=True)
        make_event(title={"en": "Inner"}, visibility=Visibility.MEMBERS, people=[(ada, "speaker")])
        make_event(title={"en": "Told"}, people=[(ada, "speaker")], levels={"people": "members"})
        rich = make_token(member, options=Options(rich=True))
        plain = make_token(member)

    found = own(client, rich)

    assert {title: len(entry.components("PARTICIPANT")) for title, entry in found.items()} == {"Inner": 1, "Told": 1}
    assert b"PARTICIPANT" not in fetch(client, f"/feeds/private/{plain}.ics").data
    assert b"Ada" not in fetch(client, RICH).data


def test_rich_own_feed_says_the_seat_in_the_text_of_an_entry_and_not_in_marks(app, client):
    with app.app_context():
        member = make_account(Role.MEMBER, language="en")
        register(member, make_event(title={"en": "Talk"}))
        token = make_token(member, options=Options(rich=True))

    entry = own(client, token)["Talk"]

    assert entry.all("STYLED-DESCRIPTION") == []
    assert len(entry.components("VLOCATION")) == 1
    assert entry.one("DESCRIPTION").parameters == {}
