"""A member's own feed: made, shown once, fetched, given a new address, ended; what it holds for whom."""

import re
from datetime import timedelta

import pytest

from cag_events import clock, keyring
from cag_events.accounts.services import change_by_email, set_language
from cag_events.db import db, transaction
from cag_events.domain.event import Mode, Safety, Visibility
from cag_events.domain.lifecycle import Status as EventStatus
from cag_events.domain.seats import Status
from cag_events.events import records
from cag_events.events.models import Event
from cag_events.feeds.models import PrivateFeed
from cag_events.feeds.services import NewFeed, follow, make_feed
from cag_events.permissions import Actor, Role
from cag_events.registrations.codes import join_token
from cag_events.registrations.mail.invites import sequence_of
from cag_events.registrations.models import Registration, RegistrationOccurrence
from cag_events.registrations.services import make_link
from tests.calendars import read_strictly, read_vobject
from tests.conftest import NOW
from tests.factories import make_account, make_event, make_theme, post, sign_in
from tests.feeds.reading import fetch, version


def make_token(account, **values) -> str:
    """Make an own feed of somebody and return its token."""
    new = NewFeed(**{"name": "Mine", **values})
    token = make_feed(new, by=Actor(account.id, account.role))[1]
    db.session.refresh(account)
    return token


def register(account, event, status: Status = Status.CONFIRMED, **values) -> Registration:
    """Register an account's address for all occurrences of an event."""
    with transaction():
        row = Registration(
            event_id=event.id,
            code=keyring.new_token()[:6],
            status=status,
            party=1,
            mode=values.pop("mode", Mode.ONSITE),
            language="en",
            email_index=keyring.blind_index(account.email),
            registered_at=clock.now(),
            joined_at=clock.now(),
            confirmed_at=clock.now() if status is Status.CONFIRMED else None,
            **values,
        )
        db.session.add(row)
        db.session.flush()
        db.session.add_all(
            RegistrationOccurrence(registration_id=row.id, occurrence_id=occurrence.id)
            for occurrence in event.occurrences
        )
    db.session.refresh(row)
    return row


def own(client, token: str):
    """The entries of an own feed by title."""
    response = fetch(client, f"/feeds/private/{token}.ics")
    assert response.status_code == 200, response.text
    return {entry.one("SUMMARY").text: entry for entry in read_strictly(response.data).components("VEVENT")}


def test_own_feed_holds_members_events_and_the_chosen_themes(any_app):
    with any_app.app_context():
        member = make_account(Role.MEMBER, language="en")
        gender, water = make_theme("gender"), make_theme("environment")
        make_event(title={"en": "Public"}, themes=[gender])
        make_event(title={"en": "Members"}, themes=[gender], visibility=Visibility.MEMBERS)
        make_event(title={"en": "Other"}, themes=[water])
        make_event(title={"en": "Private"}, themes=[gender], visibility=Visibility.PRIVATE)
        token = make_token(member, filters={"theme": ["gender"]})

    assert sorted(own(any_app.test_client(), token)) == ["Members", "Public"]


def test_own_feed_shows_registrations_by_their_status(app, client):
    with app.app_context():
        member = make_account(Role.MEMBER, language="en")
        for status in Status:
            event = make_event(title={"en": status.value}, visibility=Visibility.UNLISTED)
            register(member, event, status)
        register(make_account(Role.MEMBER), make_event(title={"en": "Somebody else's"}, visibility=Visibility.PRIVATE))
        token = make_token(member)

    found = own(client, token)

    assert {title: (e.one("STATUS").value, e.one("TRANSP").value) for title, e in found.items()} == {
        "pending": ("TENTATIVE", "TRANSPARENT"),
        "waitlisted": ("TENTATIVE", "TRANSPARENT"),
        "offered": ("TENTATIVE", "TRANSPARENT"),
        "confirmed": ("CONFIRMED", "OPAQUE"),
    }
    assert found["waitlisted"].one("DESCRIPTION").text.startswith("You are on the waiting list.\n")


def test_own_feed_gives_the_way_in_online_to_the_confirmed_alone_a_day_before(app, client):
    with app.app_context():
        member = make_account(Role.MEMBER, language="en")
        rows = {}
        for title, mode, status, safety in (
            ("online", Mode.ONLINE, Status.CONFIRMED, Safety.OPEN),
            ("queue", Mode.ONLINE, Status.WAITLISTED, Safety.OPEN),
            ("room", Mode.ONSITE, Status.CONFIRMED, Safety.OPEN),
            ("Lecture", Mode.ONLINE, Status.CONFIRMED, Safety.GUARDED),
        ):
            event = make_event(title={"en": title}, mode=mode, safety=safety, visibility=Visibility.UNLISTED)
            rows[title] = register(member, event, status, mode=mode).row_id
        token = make_token(member)
        link = f"http://127.0.0.1:5000/en/join/{join_token(rows['online'])}"

    early = own(client, token)["online"]
    with clock.fixed(NOW.replace(month=12, day=3, hour=8)):
        found = own(client, token)

    assert early.all("CONFERENCE") == []
    assert "/join/" not in early.one("DESCRIPTION").text + early.one("LOCATION").text
    assert version(found["online"]) == version(early) + 1
    assert found["online"].one("CONFERENCE").value == link
    assert found["online"].one("LOCATION").text == link
    assert found["online"].one("DESCRIPTION").text.startswith(f"Join: {link}\n")
    assert [title for title in ("queue", "room", "Lecture") if found[title].all("CONFERENCE")] == []
    assert found["Lecture"].one("DESCRIPTION").text == "The details are on your page. You have its link by mail."
    assert found["Lecture"].all("LOCATION") == []


def test_own_feed_shows_a_careful_place_a_day_before_and_then_raises_its_version(app, client):
    with app.app_context():
        member = make_account(Role.MEMBER, language="en")
        register(member, make_event(title={"en": "Careful"}, safety=Safety.CAREFUL))
        token = make_token(member)

    early = own(client, token)["Careful"]
    with clock.fixed(NOW.replace(month=12, day=3, hour=8)):
        late = own(client, token)["Careful"]

    assert early.one("LOCATION").text == "Stockholm, Sweden"
    assert late.one("LOCATION").text.startswith("The House")
    assert version(late) == version(early) + 1
    assert late.one("LAST-MODIFIED").value == "20261202T170000Z"


def test_own_feed_never_goes_back_in_version_when_a_seat_is_given_up(app, client):
    with app.app_context():
        member = make_account(Role.MEMBER, language="en")
        registration_id = register(member, make_event(title={"en": "Talk"}), revision=3).id
        token = make_token(member)
    before = own(client, token)["Talk"]

    with app.app_context(), transaction():
        row = db.session.get(Registration, registration_id)
        row.status, row.revision, row.withdrawn_at = Status.WITHDRAWN, 4, clock.now() + timedelta(minutes=1)
    after = own(client, token)["Talk"]

    assert version(after) > version(before)
    assert after.one("TRANSP").value == "TRANSPARENT"
    assert after.one("LAST-MODIFIED").value > before.one("LAST-MODIFIED").value


def test_own_feed_has_the_version_that_mails_and_the_own_file_have(app, client):
    with app.app_context():
        member = make_account(Role.MEMBER, language="en")
        event = make_event(title={"en": "Water"}, version=5)
        uid = event.occurrences[0].uid
        registration = register(member, event, revision=2)
        token = make_token(member)
        told = sequence_of(uid, 5, 2)
        with transaction():
            link = make_link(registration.id)

    file = read_strictly(client.get(f"/en/registrations/{link}.ics").data).components("VEVENT")

    assert [version(own(client, token)["Water"]), version(file[0]), told] == [7, 7, 7]


def test_own_feed_keeps_a_tombstone_of_a_withdrawn_event(app, client):
    with app.app_context():
        member = make_account(Role.MEMBER, language="en")
        event = make_event(title={"en": "Secret"}, visibility=Visibility.PRIVATE)
        register(member, event)
        token = make_token(member)
        assert list(own(client, token)) == ["Secret"]
        with transaction():
            db.session.get(Event, event.id).status = EventStatus.DRAFT
            records.refresh([event.id])

    assert list(own(client, token)) == ["Event withdrawn"]


def test_own_feed_carries_the_chosen_alarm_and_instants_that_another_parser_reads(app, client):
    with app.app_context():
        member = make_account(Role.MEMBER, language="en")
        register(member, make_event(title={"en": "Talk"}))
        make_event(title={"en": "Off"}, status=EventStatus.CANCELLED)
        token = make_token(member, alarms=[60])
    found = own(client, token)

    alarms = {title: [part.one("TRIGGER").value for part in entry.parts] for title, entry in found.items()}
    assert alarms == {"Talk": ["-PT60M"], "Off": []}
    octets = fetch(client, f"/feeds/private/{token}.ics").data
    assert {start.isoformat() for start, _ in read_vobject(octets).values()} == {"2026-12-03T17:00:00+00:00"}


def test_own_feed_is_private_and_its_address_stands_nowhere_in_it(app, client, capsys):
    with app.app_context():
        token = make_token(make_account(Role.MEMBER))
        make_event()
    address = f"/feeds/private/{token}.ics"

    first = fetch(client, address, User_Agent="Google-Calendar-Importer")
    again = fetch(client, address, if_none_match=first.headers["ETag"])
    head = client.head(address)

    assert first.headers["Cache-Control"] == "private, no-cache"
    assert first.headers["X-Robots-Tag"] == "noindex"
    assert first.headers["Referrer-Policy"] == "no-referrer"
    assert "Access-Control-Allow-Origin" not in first.headers
    assert "Set-Cookie" not in first.headers
    assert (again.status_code, again.data) == (304, b"")
    assert {k: v for k, v in head.headers if k != "X-Request-Id"} == {
        k: v for k, v in first.headers if k != "X-Request-Id"
    }
    assert token not in first.text
    assert token not in capsys.readouterr().out
    with app.app_context():
        feed = db.session.query(PrivateFeed).one()
        assert (feed.last_client, feed.last_used_on) == ("", NOW.date())
        assert token not in repr(feed.__dict__)


def test_own_feed_answers_410_once_it_has_a_new_address_or_its_owner_is_gone(app, client):
    with app.app_context():
        member = make_account(Role.MEMBER)
        token = make_token(member)
    sign_in(client, member)
    page = client.get("/en/me/feeds").text
    row_id = re.search(r"/en/me/feeds/([\w-]{22})/rotate", page)[1]

    answer = post(client, f"/en/me/feeds/{row_id}/rotate", {}, page="/en/me/feeds")
    shown = client.get(answer.headers["Location"]).text
    new = re.search(r"/feeds/private/([\w-]{43})\.ics", shown)[1]

    assert answer.status_code == 303
    old = fetch(client, f"/feeds/private/{token}.ics")
    assert (old.status_code, old.headers["Cache-Control"]) == (410, "no-store")
    assert fetch(client, f"/feeds/private/{new}.ics").status_code == 200
    assert fetch(client, f"/feeds/private/{new[:-1]}.ics").status_code == 404
    assert new not in client.get(answer.headers["Location"]).text
    with app.app_context(), transaction():
        db.session.merge(member).is_disabled = True
    assert fetch(client, f"/feeds/private/{new}.ics").status_code == 410


def test_member_makes_changes_and_ends_a_feed(app, client):
    with app.app_context():
        make_theme("gender")
        member = make_account(Role.MEMBER)
        follow(["gender", "nothing"], by=Actor(member.id, Role.MEMBER))
        db.session.refresh(member)
    sign_in(client, member)
    page = client.get("/en/me/feeds").text
    assert re.search(r'value="gender"[^>]*checked', page)

    made = post(client, "/en/me/feeds", {"name": "Mine", "theme": "gender", "alarm": "60"})
    one = made.headers["Location"]
    token = re.search(r"/feeds/private/([\w-]{43})\.ics", client.get(one).text)[1]
    changed = post(client, one, {"name": "Other", "with_registrations": "y"})
    bad = post(client, one, {"name": ""})

    assert (made.status_code, changed.status_code, bad.status_code) == (303, 303, 422)
    with app.app_context():
        feed = db.session.query(PrivateFeed).one()
        assert (feed.name, feed.filters, feed.with_registrations, feed.alarms) == ("Other", {}, True, [])
    ended = post(client, f"{one}/end", {}, page=one)
    assert ended.status_code == 303
    assert fetch(client, f"/feeds/private/{token}.ics").status_code == 410
    assert client.get(one).status_code == 404


def test_member_follows_themes(app, client):
    with app.app_context():
        make_theme("gender"), make_theme("environment")
    sign_in(client, Role.MEMBER)

    answer = post(client, "/en/me/following", {"theme": ["environment"]})
    page = client.get("/en/me/following").text

    assert answer.status_code == 303
    assert [key for key in ("gender", "environment") if re.search(rf'value="{key}"[^>]*checked', page)] == [
        "environment"
    ]


def test_feeds_of_others_are_not_there(app, client):
    with app.app_context():
        make_token(make_account(Role.MEMBER))
        row_id = db.session.query(PrivateFeed).one().row_id
    sign_in(client, Role.MEMBER)

    answers = [
        client.get(f"/en/me/feeds/{row_id}"),
        post(client, f"/en/me/feeds/{row_id}/end", {}, page="/en/me/feeds"),
    ]

    assert [answer.status_code for answer in answers] == [404, 404]


@pytest.mark.parametrize("path", ["/en/me/feeds", "/en/me/following"])
def test_own_feeds_ask_strangers_to_sign_in(app, client, path):
    answer = client.get(path)

    assert (answer.status_code, answer.headers["Location"].split("?")[0]) == (303, "/en/account/login")


def test_own_feed_stays_ended_when_its_disabled_owner_is_let_in_again(app_ctx, client) -> None:
    account = make_account(Role.MEMBER)
    token = make_token(account)
    before = client.get(f"/feeds/private/{token}.ics").status_code

    change_by_email(account.email, is_disabled=True)
    change_by_email(account.email, is_disabled=False)

    assert (before, client.get(f"/feeds/private/{token}.ics").status_code) == (200, 410)


def test_feed_without_a_language_is_told_anew_when_its_owner_chooses_another(app, client):
    with app.app_context():
        account = make_account(Role.MEMBER, language="sv")
        event = make_event(title={"sv": "Kvällen", "en": "The evening"})
        follows, fixed = (make_token(account, with_registrations=True, language=lang) for lang in ("", "sv"))
        register(account, event)

    def told(token):
        (block,) = read_strictly(fetch(client, f"/feeds/private/{token}.ics").data).components("VEVENT")
        return block.one("SUMMARY").text, block.one("LAST-MODIFIED").value

    before = told(follows), told(fixed)
    with clock.fixed(NOW + timedelta(hours=1)), app.app_context():
        set_language(account.id, "en")
        set_language(account.id, "en")
        after = told(follows), told(fixed)

    assert [summary for summary, _at in before] == ["Kvällen", "Kvällen"]
    assert [summary for summary, _at in after] == ["The evening", "Kvällen"]
    assert after[0][1] > before[0][1]
    assert after[1] == before[1]
