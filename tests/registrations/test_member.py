"""A member's own registrations, found by the address of the account and by nothing else."""

from flask import Flask
from flask.testing import FlaskClient

from cag_events.permissions import ANONYMOUS, Role
from cag_events.registrations import services
from tests.factories import csrf_token, make_account, make_event, sign_in
from tests.registrations.wishes import wish


def register(app: Flask, title: str, email: str) -> str:
    """Register an address for a new event; returns the registration's random id."""
    with app.app_context():
        event = make_event(title={"sv": title, "en": title})
        services.register(event.id, wish(email=email), by=ANONYMOUS)
        from cag_events.registrations.queries.people import list_live_of

        return list_live_of(email)[-1].row_id


def test_own_registrations_are_those_of_the_address(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        member = make_account(Role.MEMBER, email="kerstin@example.org")
    register(app, "My evening", "Kerstin@example.org")
    register(app, "Her evening", "other@example.org")
    sign_in(client, member)

    page = client.get("/en/me/registrations").text

    assert ["My evening" in page, "Her evening" in page] == [True, False]


def test_opening_makes_a_link_for_ones_own_registration_alone(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        member = make_account(Role.MEMBER, email="kerstin@example.org")
    mine = register(app, "My evening", "kerstin@example.org")
    hers = register(app, "Her evening", "other@example.org")
    sign_in(client, member)
    values = {"csrf_token": csrf_token(client, "/en/account/forgot")}

    opened = client.post(f"/en/me/registrations/{mine}", data=values)
    refused = client.post(f"/en/me/registrations/{hers}", data=values)

    assert "My evening" in client.get(opened.headers["Location"]).text
    assert refused.status_code == 404
