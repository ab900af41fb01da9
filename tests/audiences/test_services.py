"""Contacts, partners and segments: what changes follows to the events that use them; what they choose is kept."""

from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient

from cag_events.audiences.services import (
    ContactFields,
    PartnerFields,
    SegmentFields,
    save_contact,
    save_partner,
    save_segment,
)
from cag_events.domain.disclosure import STRANGER, disclose
from cag_events.domain.errors import NotAllowed, NotFound, Refused
from cag_events.events.queries import get_record
from cag_events.permissions import Role
from tests.conftest import NOW
from tests.events.given import EDITOR, ORGANIZER, facts, names
from tests.factories import make_contact, make_event, make_partner, make_segment, sign_in


def test_save_contact_takes_the_name_away_where_somebody_does_not_want_it(any_ctx: Flask) -> None:
    contact = make_contact("alva", name="Alva Exempelsson", named=True)
    event = make_event(people=[(contact, "speaker")])

    with facts() as heard:
        save_contact(contact.id, ContactFields(name="Alva Exempelsson", named=False), by=ORGANIZER)

    assert names(heard) == ["event.changed", "contact.changed"]
    assert disclose(get_record(event.id), STRANGER, NOW).people == ()


def test_save_contact_makes_one_with_a_key_of_its_own(app_ctx: Flask) -> None:
    first = save_contact(None, ContactFields(name="Чолпон Сыноова"), by=ORGANIZER)
    second = save_contact(None, ContactFields(name="Чолпон Сыноова"), by=ORGANIZER)

    assert (first.key, second.key) == ("cholpon-synoova", "cholpon-synoova-2")


def test_save_contact_refuses_an_address_that_another_has(app_ctx: Flask) -> None:
    make_contact("alva", email="Alva@example.org")

    with pytest.raises(Refused) as refused:
        save_contact(None, ContactFields(name="Annan", email="alva@example.org"), by=ORGANIZER)

    assert (refused.value.code, refused.value.field) == ("contact.known", "email")


def test_save_contact_is_not_for_editors(app_ctx: Flask) -> None:
    with pytest.raises(NotAllowed):
        save_contact(None, ContactFields(name="Alva"), by=EDITOR)


def test_save_contact_of_nobody_raises_not_found(app_ctx: Flask) -> None:
    with pytest.raises(NotFound):
        save_contact(99, ContactFields(name="Alva"), by=ORGANIZER)


def test_save_partner_renames_it_on_its_events(any_ctx: Flask) -> None:
    partner = make_partner("bfi", name="BFI")
    event = make_event(partners=[partner])

    save_partner(partner.id, PartnerFields(name="BFI Bishkek", sensitive=True), by=ORGANIZER)

    assert get_record(event.id).partners[0].name == {"": "BFI Bishkek"}


def test_save_segment_renames_it_on_its_events_alone(any_ctx: Flask) -> None:
    segment = make_segment("students")
    event = make_event(segments=[segment])
    make_event()

    with facts() as heard:
        save_segment(segment.id, SegmentFields(name={"sv": "Studerande"}), by=ORGANIZER)

    assert get_record(event.id).segments[0].name == {"sv": "Studerande"}
    assert heard[0] == ("event.changed", {"event_ids": [event.id]})


def test_save_segment_refuses_one_without_a_name(app_ctx: Flask) -> None:
    segment = make_segment("students")

    with pytest.raises(Refused) as refused:
        save_segment(segment.id, replace(SegmentFields(name={"sv": "X"}), name={}), by=ORGANIZER)

    assert refused.value.field == "name"


def test_contacts_are_found_by_any_part_of_their_name(app: Flask, client: FlaskClient) -> None:
    sign_in(client)
    with app.app_context():
        make_contact("a", name="Alva Exempelsson", country="SE")
        make_contact("b", name="Bo Provström", name_local="Бо", country="KG")

    def found(query: str) -> list[bool]:
        page = client.get(f"/sv/organise/contacts?{query}").text
        return [name in page for name in ("Alva", "Bo Prov")]

    assert [found("q=exemp"), found("q=%D0%91%D0%BE"), found("country=KG"), found("q=%25")] == [
        [True, False],
        [False, True],
        [False, True],
        [False, False],
    ]


def test_contact_page_refuses_what_is_no_address(client: FlaskClient) -> None:
    sign_in(client)
    page = client.get("/sv/organise/contacts/new").text
    token = page.split('name="csrf_token"')[2].split('value="')[1].split('"')[0]

    answer = client.post(
        "/sv/organise/contacts/new", data={"csrf_token": token, "name": "Alva", "email": "alva@", "named": "no"}
    )

    assert (answer.status_code, 'id="email-error"' in answer.text) == (422, True)
    assert 'value="Alva"' in answer.text


def test_contact_pages_are_closed_to_editors(client: FlaskClient) -> None:
    sign_in(client, Role.EDITOR)

    assert client.get("/sv/organise/contacts/new").status_code == 403
