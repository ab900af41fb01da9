"""Links for phones: what they open and for how long, who may give them, and what nobody at the door may see."""

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from cag_events import clock
from cag_events.db import db, transaction
from cag_events.domain.doors import Press
from cag_events.domain.errors import NotAllowed, NotFound, Refused
from cag_events.domain.event import Safety
from cag_events.domain.lifecycle import Status
from cag_events.door import services
from cag_events.door.models import DoorAction, DoorHelper, DoorLink
from cag_events.door.queries import list_devices, standing_of
from cag_events.door.retention import delete_due, erase, holding
from cag_events.events import records
from cag_events.events.models import Event
from cag_events.events.queries import get_record
from cag_events.permissions import SYSTEM, Actor, Role
from cag_events.registrations.services import withdraw
from tests.door.given import arrive, come, count, open_door, part_of, undo
from tests.factories import at, csrf_token, make_account, make_event, post, sign_in
from tests.page import page

CANARY_NAME = "Anna Kanariefågel"
CANARY_MAIL = "zzkanarie@example.org"
CANARY_NEEDS = "zzrullstol"


def canary(event: Event, **values: object) -> str:
    """Register somebody of whom only the first name, an initial and a sign may be seen; returns the code."""
    answers = {"needs": CANARY_NEEDS, "organisation": "zzförening"}
    return come(event, CANARY_NAME, email=CANARY_MAIL, answers=answers, **values).code


def leaks(text: str) -> list[str]:
    return [word for word in ("anariefå", "zzkanarie", "zzrullstol", "zzförening") if word in text]


def test_phone_sees_first_name_initial_code_and_a_sign_alone(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        event = make_event()
        code = canary(event)
        come(event, "Bo Ek")
        token, _door = open_door(event)

    found = page(client, f"/door/{token}?lang=en&q=anna")
    told = client.get(f"/door/{token}/people.json")
    rows = {row[3]: row for row in told.json["people"]}
    sent = [{"id": "a", "what": "arrive", "who": code, "ago": 1}]
    headers = {"X-CSRFToken": told.json["csrf"]}
    synced = client.post(f"/door/{token}/sync", json=sent, headers=headers)

    assert f"Anna K. {code}" in found.main
    assert "Bo E." not in found.html
    assert (sorted(rows), rows["Anna K."][0], rows["Anna K."][8], rows["Bo E."][8]) == (
        ["Anna K.", "Bo E."],
        code,
        1,
        0,
    )
    assert (synced.status_code, synced.json["results"][0]["outcome"]) == (200, "done")
    assert [leaks(text) for text in (found.html, told.text, synced.text)] == [[], [], []]


def test_phone_hears_nothing_but_a_reason_of_those_without_a_seat(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        event = make_event()
        one = come(event, CANARY_NAME)
        code = one.code
        withdraw(one.id)
        token, _door = open_door(event)

    rows = client.get(f"/door/{token}/people.json").json["people"]
    by_name = page(client, f"/door/{token}?lang=en&q=anna")
    by_code = page(client, f"/door/{token}?lang=en&q={code.lower()}")

    assert [(row[0], row[2:]) for row in rows] == [(code, ["gone", "", 1, "", 0, 0, 0])]
    assert "Nobody by that name or code" in by_name.main
    assert "Withdrawn, no seat" in by_code.main
    assert "Anna" not in by_name.main + by_code.main


@pytest.mark.parametrize(
    ("words", "found"), [("an", 0), ("ann", 2), ("ÅNN", 2), ("kan", 0), ("na k", 1), ("andersson", 0)]
)
def test_search_takes_three_letters_and_looks_at_what_is_shown_alone(
    app: Flask, client: FlaskClient, words: str, found: int
) -> None:
    with app.app_context():
        event = make_event()
        come(event, CANARY_NAME)
        come(event, "Ånna Andersson")
        token, _door = open_door(event)

    assert len(page(client, f"/door/{token}?q={words}").all("li", class_="door__guest")) == found


def test_link_opens_its_date_until_twelve_hours_after_it(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        event = make_event(dates=["2026-12-03T18:00", "2026-12-10T18:00"])
        token, door = open_door(event)
        assert door.part.id == part_of(event)
    states = {}
    for moment in ("2026-12-03T18:00", "2026-12-04T07:29", "2026-12-04T07:31"):
        with clock.fixed(at(moment)):
            answers = [client.get(f"/door/{token}{path}") for path in ("", "/people.json", "/app.webmanifest")]
            states[moment] = [one.status_code for one in answers]

    assert list(states.values()) == [[200] * 3, [200] * 3, [404] * 3]


def test_phone_without_a_net_hands_over_its_presses_late_and_sees_nobody(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        event = make_event()
        code = canary(event)
        token, _door = open_door(event)
    sent = [{"id": "a", "what": "arrive", "who": code, "ago": 60_000}]
    headers = {"X-CSRFToken": csrf_token(client)}

    with clock.fixed(at("2026-12-05T12:00")):
        late = client.post(f"/door/{token}/sync", json=sent, headers=headers)
    with clock.fixed(at("2026-12-12T12:00")):
        later = client.post(f"/door/{token}/sync", json=sent, headers=headers)

    assert (late.status_code, sorted(late.json), late.json["over"]) == (200, ["over", "results"], True)
    assert late.json["results"][0]["outcome"] == "done"
    assert (later.status_code, later.json) == (404, {"closed": True})


def test_ended_unknown_and_withdrawn_doors_look_the_same(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        event, cancelled = make_event(), make_event()
        ended, _d = open_door(event)
        called_off, _d = open_door(cancelled)
        services.end_link(event.id, list_devices(event.id)[0].row_id, by=SYSTEM)
        with transaction():
            db.session.get_one(Event, cancelled.id).status = Status.CANCELLED
            db.session.flush()
            records.refresh([cancelled.id])
    headers = {"X-CSRFToken": csrf_token(client)}

    for token in (ended, called_off, "A" * 43):
        told = client.get(f"/door/{token}/people.json")
        synced = client.post(f"/door/{token}/sync", json=[], headers=headers)
        assert [(one.status_code, one.json) for one in (told, synced)] == [(404, {"closed": True})] * 2
        assert client.get(f"/door/{token}").status_code == 404


def test_end_link_stops_a_press_that_is_on_its_way(app_ctx: Flask) -> None:
    event = make_event()
    one = come(event)
    _token, door = open_door(event)
    services.end_link(event.id, list_devices(event.id)[0].row_id, by=SYSTEM)

    with pytest.raises(NotFound):
        services.take_by_link(door, [arrive(one.code)])
    assert db.session.scalars(select(DoorAction)).all() == []


def test_link_is_refused_without_a_name_after_the_date_and_to_those_without_a_right(app_ctx: Flask) -> None:
    event, other = make_event(), make_event()
    part = part_of(event)

    with pytest.raises(Refused, match="name"):
        services.make_link(event.id, part, "  ", by=SYSTEM)
    with pytest.raises(NotFound):
        services.make_link(event.id, part_of(other), "Foajén", by=SYSTEM)
    with pytest.raises(NotAllowed):
        services.make_link(event.id, part, "Foajén", by=Actor(role=Role.EDITOR))
    with clock.fixed(at("2026-12-04T07:31")), pytest.raises(Refused):
        services.make_link(event.id, part, "Foajén", by=SYSTEM)


def test_door_of_an_exhibition_has_its_counter_until_the_link_is_ended(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        event = make_event(kind="exhibition")
        token, _door = open_door(event)
        event_id = event.id

    counter = page(client, f"/door/{token}?lang=en").links()["Counter on a phone"]
    opened = client.get(counter).status_code
    with app.app_context():
        services.end_link(event_id, list_devices(event_id)[0].row_id, by=SYSTEM)

    assert (opened, client.get(counter).status_code) == (200, 404)


def test_page_without_scripts_ticks_undoes_and_counts(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        event = make_event(guests=2, safety=Safety.OPEN)
        event_id, part, code = event.id, part_of(event), come(event, "Anna Ek", party=2).code
        token, _door = open_door(event)
    path = f"/door/{token}"

    def press(**values: str) -> str:
        assert post(client, f"{path}?lang=en", {"q": "anna", **values}).status_code == 303
        return page(client, f"{path}?lang=en&q=anna").main

    one = press(what="arrive", who=code, people="1", id="a")
    both = press(what="arrive", who=code, id="b")
    again = press(what="arrive", who=code, id="c")
    undone = press(what="undo", who=code, id="d")
    press(what="walk_in", people="1", segment="", id="e")
    press(what="walk_in", people="1", segment="", id="e")
    press(what="heads", people="10", id="f")

    assert "1 of 2 here" in one
    assert "Welcome: 1 person is in." in both
    assert "Already in" in again
    assert "All 2" in undone
    with app.app_context():
        standing = standing_of(event_id, part)
    assert (standing.here, dict(standing.walk_ins), standing.heads) == (0, {"": 1}, 10)


def test_page_speaks_the_language_that_the_address_asks_for_else_the_first(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        token, _door = open_door(make_event())

    spoken = [page(client, f"/door/{token}{query}").one("html").get("lang") for query in ("", "?lang=en", "?lang=xx")]

    assert spoken == ["sv", "en", "sv"]
    assert client.get(f"/door/{token}", headers={"Accept-Language": "en"}).text.count('lang="sv"') >= 1


def test_camera_and_decoder_are_allowed_at_the_door_alone(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        token, _door = open_door(make_event())
    door, other = client.get(f"/door/{token}"), client.get("/sv/")

    assert "'wasm-unsafe-eval'" in door.headers["Content-Security-Policy"]
    assert "camera=(self)" in door.headers["Permissions-Policy"]
    assert "microphone=()" in door.headers["Permissions-Policy"]
    assert "wasm" not in other.headers["Content-Security-Policy"]
    assert "camera=()" in other.headers["Permissions-Policy"]
    assert [one.headers.get("X-Robots-Tag") for one in (door, other)] == ["noindex", None]
    assert door.headers["Cache-Control"] == "no-store"


def test_sync_refuses_what_is_no_list_of_presses(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        token, _door = open_door(make_event())
    headers = {"X-CSRFToken": csrf_token(client)}

    bodies = (
        b"{}",
        b"\xff",
        b'[{"id":"","what":"arrive"}]',
        b'[{"id":"a","what":"shout"}]',
        *(b'[{"id":"a","what":"arrive","%s":"x\\u0000"}]' % name for name in (b"id", b"who", b"segment", b"undoes")),
        b"[" + b'{"id":"a","what":"arrive"},' * 200 + b'{"id":"a","what":"arrive"}]',
    )
    answers = [client.post(f"/door/{token}/sync", data=body, headers=headers).status_code for body in bodies]

    assert answers == [422] * 9
    assert client.post(f"/door/{token}/sync", json=[]).status_code == 400  # without the token of a form


def test_helper_opens_the_door_of_an_event_they_are_assigned_to(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        event, other = make_event(), make_event()
        event_id, part, strange = event.id, part_of(event), part_of(other)
    helper = sign_in(client, Role.CHECKIN)
    before = page(client, "/en/me/doors").main
    with app.app_context():
        services.assign(event_id, frozenset({helper.id}), by=SYSTEM)
    assert "No door for you now" in before

    opened = post(client, "/en/me/doors", {"occurrence": str(part)})
    wrong = post(client, "/en/me/doors", {"occurrence": str(strange)})
    door = opened.headers["Location"]
    assert (opened.status_code, wrong.status_code, client.get(door).status_code) == (303, 404, 200)

    with app.app_context():
        services.assign(event_id, frozenset(), by=SYSTEM)
    assert client.get(door).status_code == 404
    assert post(client, "/en/me/doors", {"occurrence": str(part)}).status_code == 404


def test_helpers_are_check_in_accounts_alone(app_ctx: Flask) -> None:
    event, member = make_event(), make_account(Role.MEMBER)

    with pytest.raises(NotFound):
        services.assign(event.id, frozenset({member.id}), by=SYSTEM)
    assert db.session.scalars(select(DoorHelper)).all() == []


def test_retention_deletes_presses_names_of_phones_and_helpers_and_keeps_counts(any_ctx: Flask) -> None:
    event = make_event()
    one = come(event)
    _t, door = open_door(event)
    services.assign(event.id, frozenset({make_account(Role.CHECKIN).id}), by=SYSTEM)
    services.take_by_link(door, [arrive(one.code), count(Press.WALK_IN, 1), count(Press.HEADS, 4), undo(who="x")])
    record = get_record(event.id)
    last = at("2026-12-03T20:00").date()
    assert holding() == {event.id}

    early = delete_due(record, last + timedelta(days=29))
    due = delete_due(record, last + timedelta(days=30))

    assert (sum(early.values()), dict(due)) == (0, {"door_action": 4, "door_link": 1, "door_helper": 1, "head_step": 1})
    assert holding() == frozenset()
    standing = standing_of(event.id, part_of(event))
    assert (standing.here, dict(standing.walk_ins), standing.heads) == (1, {"": 1}, 4)


def test_erase_takes_the_presses_about_one_party(app_ctx: Flask) -> None:
    event = make_event()
    one, two = come(event), come(event)
    _t, door = open_door(event)
    services.take_by_link(door, [arrive(one.code), arrive(two.code)])

    with transaction():
        erase(one.id)

    assert [row.registration_id for row in db.session.scalars(select(DoorAction))] == [two.id]
    assert db.session.scalars(select(DoorLink)).one().name == "Foajén"
