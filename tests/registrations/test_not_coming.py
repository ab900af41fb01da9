"""One tap from a reminder: a page with one button; opening it changes nothing, pressing it can be undone."""

import pytest
from flask import Flask

from cag_events.db import transaction
from cag_events.registrations.services import make_link
from tests.factories import make_event
from tests.page import page
from tests.registrations.wishes import Apart, hidden_fields, made, statuses


@pytest.fixture
def ctx(app: Flask):
    app.test_client_class = Apart
    with app.app_context():
        yield app


def link_of(registered) -> str:
    with transaction():
        return f"/en/registrations/{make_link(registered.registration_id)}"


def press(client, url):
    return client.post(url, data=hidden_fields(client.get(url).text))


def test_not_coming_changes_nothing_when_it_is_opened(ctx, client):
    event = make_event(capacity=1)
    url = f"{link_of(made(event))}/not-coming"

    opened = [client.get(url).status_code, client.head(url).status_code, client.get(url).status_code]

    assert opened == [200, 200, 200]
    assert statuses(event) == ["confirmed"]


def test_not_coming_frees_the_seat_for_the_next_in_line_and_offers_the_undo(ctx, client):
    event = make_event(capacity=1)
    own = link_of(made(event, 1))
    made(event, 2)

    answer = press(client, f"{own}/not-coming")

    assert (answer.status_code, answer.location) == (303, own)
    assert statuses(event) == ["withdrawn", "confirmed"]
    assert page(client, own).one("input", name="action", value="restore") is not None


def test_not_coming_leads_to_the_own_page_of_who_has_withdrawn_already(ctx, client):
    event = make_event()
    own = link_of(made(event))
    press(client, f"{own}/not-coming")

    answer = client.get(f"{own}/not-coming")

    assert (answer.status_code, answer.location) == (303, own)


def test_not_coming_is_not_found_by_an_unknown_link(ctx, client):
    assert client.get(f"/en/registrations/{'A' * 43}/not-coming").status_code == 404
