"""Parties by name: the leader fills in who comes, says who stays, and lets a colleague help."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from cag_events import clock
from cag_events.db import db
from cag_events.domain.errors import Refused
from cag_events.registrations.models import PartyMember
from cag_events.registrations.queries import find_by_token, members_of
from cag_events.registrations.services import change, withdraw
from cag_events.registrations.services.groups import Told, add_helper, as_it_is, keep_members, name_members
from cag_events.registrations.services.retention import delete_due
from tests.factories import at, make_event, make_organisation
from tests.page import page
from tests.registrations.given import count, link_token, mail_to, token_in, written
from tests.registrations.wishes import Apart, hidden_fields, made, of


@pytest.fixture(autouse=True)
def _house(app_ctx: Flask) -> None:
    make_organisation()


def names(registered) -> list[tuple[int, str]]:
    found = members_of([registered.registration_id])[registered.registration_id]
    return [(one.position, one.name) for one in found]


def group(party: int = 4, **event) -> object:
    return made(make_event(capacity=20, group_max=10, **event), party=party)


def refusal(do, *args, **more) -> str:
    with pytest.raises(Refused) as caught:
        do(*args, **more)
    return caught.value.code


def test_name_members_keeps_names_sealed_and_in_their_places():
    registered = group()

    number = name_members(registered.registration_id, {2: Told("Aida"), 4: Told("Bek")})

    assert (number, names(registered)) == (2, [(2, "Aida"), (4, "Bek")])
    sealed = db.session.scalars(select(PartyMember.name_sealed)).all()
    assert not any(b"Aida" in (one or b"") for one in sealed)


def test_name_members_takes_a_name_away_when_it_is_emptied_and_keeps_needs_it_was_not_told():
    registered = group(ask=["needs"])
    name_members(registered.registration_id, {2: Told("Aida", "rullstol"), 3: Told("Bek", "")})

    name_members(registered.registration_id, {2: Told("Aida B"), 3: Told("")})

    (one,) = members_of([registered.registration_id])[registered.registration_id]
    assert (one.position, one.name, one.needs) == (2, "Aida B", "rullstol")


def test_name_members_refuses_places_that_the_party_does_not_have():
    registered = group(party=2)

    assert refusal(name_members, registered.registration_id, {3: Told("Bek")}) == "group.position"
    assert refusal(name_members, registered.registration_id, {1: Told("Bek")}) == "group.position"
    assert count(PartyMember) == 0


def test_name_members_is_for_registrations_that_count():
    registered = group()
    withdraw(registered.registration_id)

    assert refusal(name_members, registered.registration_id, {2: Told("Aida")}) == "registration.gone"


def test_keep_members_makes_the_party_smaller_and_moves_those_who_stay_together():
    registered = group(party=5)
    name_members(registered.registration_id, {2: Told("A"), 3: Told("B"), 4: Told("C"), 5: Told("D")})

    keep_members(registered.registration_id, [3, 5], 3)

    assert (of(registered).party, names(registered)) == (3, [(2, "B"), (3, "D")])


def test_keep_members_refuses_more_than_there_is_room_for_and_keeps_all():
    registered = group(party=4)
    name_members(registered.registration_id, {2: Told("A"), 3: Told("B"), 4: Told("C")})

    assert refusal(keep_members, registered.registration_id, [2, 3], 2) == "group.stay"
    assert refusal(keep_members, registered.registration_id, [2], 4) == "group.stay"
    assert (of(registered).party, len(names(registered))) == (4, 3)


def test_change_to_a_smaller_party_drops_the_last_names():
    registered = group(party=4)
    name_members(registered.registration_id, {2: Told("A"), 3: Told("B"), 4: Told("C")})

    change(registered.registration_id, as_it_is(of(registered), party=2))

    assert names(registered) == [(2, "A")]


def test_add_helper_mails_a_colleague_a_link_of_their_own():
    registered = group()

    add_helper(registered.registration_id, "kollega@example.org")

    mail = mail_to("kollega@example.org")
    assert find_by_token(token_in(mail, "registrations")).id == registered.registration_id  # type: ignore[union-attr]
    assert "Person 1" not in (mail.text or "")


def test_add_helper_mails_an_address_three_times_a_day_and_says_the_same_after():
    for number in range(4):
        registered = made(make_event(group_max=3), number, party=2)
        add_helper(registered.registration_id, "kollega@example.org")

    assert [mail.to for mail in written()].count("kollega@example.org") == 3


def test_add_helper_stops_after_three_of_one_registration():
    registered = group()
    for number in range(3):
        add_helper(registered.registration_id, f"k{number}@example.org")

    assert refusal(add_helper, registered.registration_id, "k9@example.org") == "group.helpers"


@pytest.mark.parametrize(
    ("wall", "left"),
    [
        ("2026-12-09T23:59", [("Aida", "rullstol")]),
        ("2026-12-10T00:00", [("Aida", "")]),
        ("2027-01-01T23:59", [("Aida", "")]),
        ("2027-01-02T00:00", []),
    ],
)
def test_delete_due_removes_needs_and_names_of_members_on_their_days(wall, left):
    event = make_event(capacity=9, group_max=5, ask=["needs"])
    registered = made(event, party=3)
    name_members(registered.registration_id, {2: Told("Aida", "rullstol")})

    with clock.fixed(at(wall)):
        delete_due(event.id)

    found = members_of([registered.registration_id])[registered.registration_id]
    assert [(one.name, one.needs) for one in found] == left


def test_delete_due_removes_the_names_for_a_visitor_list_the_day_after():
    event = make_event(capacity=9, group_max=5, ask=["id_name"])
    registered = made(event, party=3)
    name_members(registered.registration_id, {2: Told("Aida")})

    with clock.fixed(event.ends_at + timedelta(hours=1)):
        delete_due(event.id)
    before = count(PartyMember)
    with clock.fixed(at("2026-12-04T00:00")):
        delete_due(event.id)

    assert (before, count(PartyMember)) == (1, 0)


@pytest.fixture
def own(app: Flask, client):
    """A party of four with three names, and the address of its page."""
    app.test_client_class = Apart
    registered = group(party=4)
    name_members(registered.registration_id, {2: Told("Aida"), 3: Told("Bek"), 4: Told("Cholpon")})
    return registered, f"/en/registrations/{link_token(registered.registration_id)}"


def test_group_page_stores_names_and_shows_them_again(own, app):
    registered, url = own
    client = app.test_client()
    fields = hidden_fields(client.get(f"{url}/people").text)

    answer = client.post(
        f"{url}/people", data={**fields, "action": "names", "name_2": "Aida", "name_3": "", "name_4": "Dilnoza"}
    )

    assert (answer.status_code, answer.location) == (303, url)
    assert names(registered) == [(2, "Aida"), (4, "Dilnoza")]
    assert page(client, f"{url}/people").one("input", name="name_4").get("value") == "Dilnoza"


def test_saving_a_smaller_party_asks_who_stays_and_keeps_all_until_then(own, app):
    registered, url = own
    client = app.test_client()
    fields = hidden_fields(client.get(url).text)

    saved = client.post(url, data={**fields, "action": "save", "name": "Läraren", "party": "2"})
    asked = page(client, saved.location)

    assert (saved.status_code, saved.location) == (303, f"{url}/people?people=2#fewer")
    assert (of(registered).name, of(registered).party, len(names(registered))) == ("Läraren", 4, 3)
    assert len(asked.all("input", name="stay")) == 3
    many = client.post(f"{url}/people", data={**fields, "action": "fewer", "people": "2", "stay": ["2", "4"]})
    some = client.post(f"{url}/people", data={**fields, "action": "fewer", "people": "2", "stay": ["4"]})
    assert (many.status_code, some.status_code) == (422, 303)
    assert (of(registered).party, names(registered)) == (2, [(2, "Cholpon")])


def test_group_page_sends_a_colleague_a_link_and_names_a_wrong_address(own, app):
    _registered, url = own
    client = app.test_client()
    fields = hidden_fields(client.get(f"{url}/people").text)

    wrong = client.post(f"{url}/people", data={**fields, "action": "helper", "email": "kollega"})
    right = client.post(f"{url}/people", data={**fields, "action": "helper", "email": "kollega@example.org"})

    assert (wrong.status_code, right.status_code) == (422, 303)
    assert "kollega@example.org" in page(client, f"{url}/people").main
