"""Versions of a programme: what visitors see, when it changes, and what keeps it from being published."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from cag_events.conferences.clashes import clashes_of
from cag_events.conferences.items import programme_of
from cag_events.conferences.queries import items_known, list_versions
from cag_events.conferences.services import publish_programme
from cag_events.db import db
from cag_events.domain.errors import NotAllowed, Refused
from cag_events.domain.lifecycle import Status
from cag_events.events import gate
from cag_events.events.models import Event
from cag_events.events.queries import get_record
from cag_events.events.services import publish_event, withdraw_event
from cag_events.kinds import details_of
from cag_events.permissions import ANONYMOUS, SYSTEM, Role
from tests.conferences.stage import GAME, TALK, edit, make_conference
from tests.conftest import NOW
from tests.events.editing import open_form
from tests.factories import make_contact, make_event, make_venue, post, sign_in


def shown(event_id: int) -> dict[str, str]:
    """When each item begins, as visitors see it."""
    return {item.key: item.start for item in programme_of(get_record(event_id)).programme}


def held(event_id: int) -> dict[str, str]:
    """When each item begins, as the editor holds it."""
    return {item.key: item.start for item in details_of(get_record(event_id)).programme}


def test_a_published_conference_has_its_first_version_by_itself(app_ctx: Flask) -> None:
    event = make_conference()

    assert [version.number for version in list_versions(event)] == [1]


def test_a_draft_has_no_version_and_other_kinds_have_none(app_ctx: Flask) -> None:
    draft, lecture = make_conference(status=Status.DRAFT, published_at=None), make_event()

    assert list_versions(draft) == []
    assert list_versions(lecture.id) == []


def test_editing_changes_nothing_for_visitors_until_a_version_is_published(app_ctx: Flask) -> None:
    event = make_conference(TALK, GAME)

    edit(event, talk={"start": "11:00", "end": "11:45"})

    assert (shown(event)["talk"], held(event)["talk"]) == ("10:30", "11:00")
    assert publish_programme(event, {"en": "Later"}, seen=1, by=SYSTEM) == 2
    assert (shown(event)["talk"], held(event)["talk"]) == ("11:00", "11:00")


def test_a_draft_is_seen_as_its_editor_holds_it(app_ctx: Flask) -> None:
    event = make_conference(TALK)
    withdraw_event(event, version=db.session.get_one(Event, event).version, by=SYSTEM)

    edit(event, talk={"start": "11:00", "end": "11:45"})

    assert shown(event) == {"talk": "11:00"}


def test_publishing_the_event_again_publishes_its_programme_with_it(app_ctx: Flask) -> None:
    event = make_conference(TALK)
    withdraw_event(event, version=db.session.get_one(Event, event).version, by=SYSTEM)
    edit(event, talk={"start": "11:00", "end": "11:45"})

    publish_event(event, version=db.session.get_one(Event, event, populate_existing=True).version, by=SYSTEM)

    assert [version.number for version in list_versions(event)] == [2, 1]
    assert shown(event) == {"talk": "11:00"}


def test_publish_programme_refuses_what_the_gate_refuses(app_ctx: Flask) -> None:
    event = make_conference(TALK, GAME)
    edit(event, game={"room": "hall"})

    with pytest.raises(Refused) as refused:
        publish_programme(event, {}, seen=1, by=SYSTEM)

    assert refused.value.code == "conference.not_ready"
    assert [version.number for version in list_versions(event)] == [1]


def test_publish_programme_refuses_nothing_new_old_knowledge_and_strangers(app_ctx: Flask) -> None:
    event = make_conference(TALK)

    with pytest.raises(Refused) as same:
        publish_programme(event, {}, seen=1, by=SYSTEM)
    edit(event, talk={"end": "11:45"})
    with pytest.raises(Refused) as stale:
        publish_programme(event, {}, seen=0, by=SYSTEM)
    with pytest.raises(NotAllowed):
        publish_programme(event, {}, seen=1, by=ANONYMOUS)

    assert (same.value.code, stale.value.code) == ("conference.same", "conference.stale")


def test_calendars_learn_of_a_change_when_it_is_published(app_ctx: Flask) -> None:
    event = make_conference(TALK, GAME)
    first = {key: (row.uid, row.sequence) for key, row in items_known(event).items()}

    edit(event, talk={"end": "11:45"}, game=None)
    before = {key: (row.uid, row.sequence) for key, row in items_known(event).items()}
    publish_programme(event, {}, seen=1, by=SYSTEM)

    after = {key: (row.uid, row.sequence, row.is_gone) for key, row in items_known(event).items()}
    assert before == first
    assert after == {"talk": (first["talk"][0], 1, False), "game": (first["game"][0], 1, True)}


def test_public_page_of_changes_tells_before_and_after(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        event = make_conference(TALK, GAME, key="days")
        edit(event, talk={"start": "11:00", "end": "12:00", "room": "cave"}, game={"cancelled": True})
        publish_programme(event, {"en": "Ada comes later."}, seen=1, by=SYSTEM)

    page = client.get("/en/events/days/changes")

    text = " ".join(page.text.split())
    assert page.status_code == 200
    assert "Ada comes later." in text
    assert "Sat 5 Dec 10:30–11:30" in text
    assert "Sat 5 Dec 11:00–12:00" in text
    assert "Grottan" in text
    assert client.get("/en/events/days").text.count("/en/events/days/changes") == 1


def test_public_page_of_changes_names_nobody_who_may_not_be_named(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        people = [
            (make_contact("ada", name="Ada Testsson", named=True), "speaker"),
            (make_contact("eve", name="Eve Hemlig", named=False), "speaker"),
        ]
        event = make_conference(TALK, key="days", people=people)
        edit(event, talk={"who": ["ada", "eve"], "end": "12:00"})
        publish_programme(event, {}, seen=1, by=SYSTEM)
        edit(event, talk={"who": ["eve"]})
        publish_programme(event, {}, seen=2, by=SYSTEM)

    text = client.get("/en/events/days/changes").text

    assert "Ada Testsson" in text
    assert "Hemlig" not in text


@pytest.mark.parametrize(
    "hidden", [{"safety": "guarded"}, {"visibility": "private"}, {"levels": {"programme": "registered"}}]
)
def test_public_page_of_changes_is_not_there_for_those_who_may_not_see_the_programme(
    app: Flask, client: FlaskClient, hidden: dict[str, object]
) -> None:
    with app.app_context():
        make_conference(TALK, key="days", **hidden)

    assert client.get("/en/events/days/changes").status_code == 404


def test_workspace_shows_what_waits_and_publishes_it(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        event_id = make_conference(TALK, GAME, key="days")
        edit(event_id, talk={"end": "12:00"})
    sign_in(client, Role.ORGANIZER)
    path = "/en/organise/events/days/programme"

    before = client.get(path).text
    answer = post(client, path, {"seen": "1", "note_en": "Longer."})

    assert "1 change that visitors do not see" in before
    assert answer.status_code == 303
    with app.app_context():
        assert list_versions(event_id)[0].note == {"en": "Longer."}
    assert "change that visitors do not see" not in client.get(path).text


def test_workspace_refuses_to_publish_a_clash_and_says_which(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        event_id = make_conference(TALK, GAME, key="days")
        edit(event_id, game={"room": "hall"})
    sign_in(client, Role.ORGANIZER)
    path = "/en/organise/events/days/programme"

    page = client.get(path).text

    assert "“Punkt talk” and “Punkt game” are in the same room at the same time." in page
    assert "note_en" not in page


def test_gate_holds_items_against_other_published_events(app_ctx: Flask) -> None:
    ada = make_contact("ada", name="Ada Testsson")
    venue = make_venue()
    hall = venue.rooms[0].id
    event = make_conference(TALK, people=[(ada, "speaker")], venue=venue)
    make_event(starts="2026-12-05T11:00", minutes=60, venue=venue, room_id=hall, title={"sv": "Annat"})
    make_event(starts="2026-12-05T11:15", minutes=60, people=[(ada, "speaker")], title={"sv": "Tredje"})
    make_event(starts="2026-12-05T11:30", minutes=60, venue=venue, room_id=hall, title={"sv": "Efter"})
    make_event(starts="2026-12-05T11:00", status=Status.DRAFT, venue=venue, room_id=hall, title={"sv": "Utkast"})

    found = [(refused.code, refused.facts["other"]) for refused in rules(event)]

    assert found == [("conference.room_elsewhere", "Annat"), ("conference.person_elsewhere", "Tredje")]


def test_gate_holds_items_against_items_of_other_conferences(app_ctx: Flask) -> None:
    ada = make_contact("ada", name="Ada Testsson")
    venue = make_venue()
    event = make_conference(TALK, people=[(ada, "speaker")], venue=venue)
    make_conference({**TALK, "start": "12:00", "end": "13:00"}, people=[(ada, "speaker")], venue=venue)

    assert [refused.code for refused in rules(event)] == []


def test_gate_refuses_more_seats_than_the_room_holds(app_ctx: Flask) -> None:
    event = make_conference({**GAME, "capacity": 31})

    assert [refused.code for refused in rules(event)] == ["conference.item_room_size"]


def rules(event_id: int) -> list[Refused]:
    """What the gate refuses on account of tables."""
    return list(clashes_of(get_record(event_id), NOW))


def test_editor_keeps_when_a_speaker_can_come_and_the_gate_holds_to_it(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        event_id = make_conference(TALK, GAME, key="days")
    sign_in(client, Role.ORGANIZER)
    path, programme = "/en/organise/events/days/edit", "/en/organise/events/days/programme"
    form = open_form(client, path)
    row = {"who": "ada", "occurrence": "day-1", "start": "11:00", "end": "17:00"}
    form |= {f"kind-availability-0-{name}": value for name, value in row.items()}

    answer = client.post(path, data={**form, "do": "save"})

    assert answer.status_code == 303
    again = open_form(client, path)
    assert {name: again[f"kind-availability-0-{name}"] for name in row} == {name: [row[name]] for name in row}
    with app.app_context():
        (missing,) = gate.check_event(event_id).missing
        assert (missing.code, missing.facts["who"], missing.facts["title"]) == (
            "conference.person_away",
            "Ada Testsson",
            "Punkt talk",
        )
        with pytest.raises(Refused) as refused:
            publish_programme(event_id, {}, seen=1, by=SYSTEM)
        assert refused.value.code in ("conference.not_ready", "conference.same")
    assert "Ada Testsson cannot come when “Punkt talk” is." not in client.get("/en/events/days").text
    assert client.get(programme).status_code == 200


def test_editor_refuses_availability_that_ends_before_it_starts(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        make_conference(TALK, key="days")
    sign_in(client, Role.EDITOR)
    path = "/en/organise/events/days/edit"
    form = open_form(client, path)
    row = {"who": "ada", "occurrence": "day-1", "start": "17:00", "end": "11:00"}
    form |= {f"kind-availability-0-{name}": value for name, value in row.items()}

    answer = client.post(path, data={**form, "do": "save"})

    assert answer.status_code == 422
    assert "is not after the start" in answer.text


def test_availability_is_nowhere_but_in_the_workspace(app: Flask, client: FlaskClient) -> None:
    away = [{"who": "ada", "occurrence": "day-1", "start": "10:07", "end": "16:53"}]
    with app.app_context():
        make_conference(key="days", details={"programme": [TALK], "availability": away})

    pages = ("/en/events/days", "/events/days.ics?lang=en", "/feeds/programme.ics?lang=en", "/en/events/days/changes")
    texts = [client.get(address).text for address in pages]
    sign_in(client, Role.EDITOR)

    assert [("10:07" in text or "T1007" in text or "16:53" in text) for text in texts] == [False] * len(pages)
    assert "16:53" in client.get("/en/organise/events/days/edit").text
