"""The members' programme: public events and members' own, for those who are signed in."""

from flask import Flask
from flask.testing import FlaskClient

from cag_events.domain.event import Visibility
from cag_events.permissions import Role
from tests.factories import make_event, sign_in


def test_members_programme_shows_what_members_may_find(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        for visibility in Visibility:
            make_event(
                title={"sv": f"Kväll {visibility.value}", "en": f"Evening {visibility.value}"}, visibility=visibility
            )
    sign_in(client, Role.MEMBER)

    page = client.get("/en/me/programme").text

    assert [value.value for value in Visibility if f"Evening {value.value}" in page] == ["public", "members"]


def test_members_programme_shows_organizers_no_more(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        make_event(title={"sv": "Hemlig", "en": "Secret"}, visibility=Visibility.PRIVATE)
    sign_in(client, Role.ORGANIZER)

    assert "Secret" not in client.get("/en/me/programme").text


def test_members_programme_is_closed_to_strangers_and_the_door(client: FlaskClient) -> None:
    stranger = client.get("/en/me/programme").status_code
    sign_in(client, Role.CHECKIN)

    assert (stranger, client.get("/en/me/programme").status_code) == (303, 403)
