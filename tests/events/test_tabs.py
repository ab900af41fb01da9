"""The pages of an event as tabs: its parts, and below them the pages of the part that is open."""

from flask import Flask
from flask.testing import FlaskClient

from cag_events.permissions import Role
from tests.factories import make_event, sign_in
from tests.page import page, words

TOP, BELOW = "The event's pages", "Pages of this part"


def tabs(client: FlaskClient, path: str) -> dict[str, list[str]]:
    """What the rows of tabs say; where we are has a star."""
    return {
        nav.get("aria-label", ""): [words(one) + "*" * (one.get("aria-current") == "page") for one in nav.iter("a")]
        for nav in page(client, path).all("nav")
        if nav.get("aria-label") in (TOP, BELOW)
    }


def test_tabs_stand_in_parts_with_the_pages_of_the_open_one_below(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        make_event(key="talk", kind="study_session", capacity=20)
    sign_in(client, Role.ORGANIZER)
    base = "/en/organise/events/talk"

    queue, lists = tabs(client, f"{base}/queue"), tabs(client, f"{base}/lists")

    assert queue[BELOW] == ["Registrations", "Form questions", "Queue*", "Calendar answers"]
    assert [one for one in queue[TOP] if one.endswith("*")] == ["Registrations*"]
    assert "Queue" not in queue[TOP]
    assert list(lists) == [TOP]
    assert [one for one in lists[TOP] if one.endswith("*")] == ["Lists*"]


def test_tabs_lead_to_no_page_that_is_not_theirs(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        make_event(key="talk", kind="study_session", capacity=20)
    sign_in(client, Role.EDITOR)

    assert tabs(client, "/en/organise/events/talk/registrations")[BELOW] == ["Registrations*", "Form questions"]
