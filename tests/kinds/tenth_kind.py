"""The life of an event of a kind that the program did not know: run by test_tenth_kind.py on a copy of the program."""

import sys
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient

from cag_events import clock
from cag_events.app import create_app
from cag_events.events.queries import find_record
from cag_events.exchange import schema
from cag_events.exchange import services as exchange
from cag_events.exchange.files import Source
from cag_events.kinds import KINDS
from cag_events.schema import migrate
from tests.conftest import NOW, settings_for
from tests.events.editing import open_form
from tests.factories import make_theme, make_venue, sign_in

NEW = "/en/organise/events/new"


def main(folder: Path) -> None:
    """Live through it; the first thing that is wrong ends it with an AssertionError."""
    app = create_app(settings_for(folder, f"sqlite:///{folder}/program.sqlite"))
    with app.app_context(), clock.fixed(NOW):
        migrate()
        place, theme = f"{make_venue().key}/hall", make_theme().key
    with clock.fixed(NOW):
        client = app.test_client()
        sign_in(client)
        plan(client, place, theme)
        publish(client)
        with app.app_context():
            show(app)
            carry()
    print("a tenth kind lives")


def plan(client: FlaskClient, place: str, theme: str) -> None:
    """The editor offers the kind and its fields; it is not published without its permit."""
    typed = {
        "kind": "street_stall",
        "title-en": "Tea and questions",
        "occurrences-0-day": "2026-12-03",
        "occurrences-0-start": "12:00",
        "place": place,
        "themes": theme,
        "kind-note": "canary note",
    }
    asked = client.post(NEW, data={**open_form(client, NEW), **typed, "do": "kind"})
    assert asked.status_code == 200
    assert 'name="kind-permit"' in asked.text
    form = {**open_form(client, NEW), "shown_kind": "street_stall", **typed}
    saved = client.post(NEW, data={**form, "do": "publish"})
    assert saved.status_code == 303, saved.text
    refused = client.get(saved.location)
    assert "A street stall needs the city" in refused.text


def publish(client: FlaskClient) -> None:
    """With the permit it is published."""
    page = "/en/organise/events/tea-and-questions/edit"
    answer = client.post(page, data={**open_form(client, page), "kind-permit": "A-17", "do": "publish"})
    assert answer.status_code == 303, answer.text


def show(app: Flask) -> None:
    """Strangers see its own template, what the team notes stays with the team, feeds and filters know the kind."""
    record = find_record("tea-and-questions")
    assert record is not None
    assert record.status == "published"
    stranger = app.test_client()
    page = stranger.get("/en/events/tea-and-questions").text
    assert "Permit: A-17" in page
    assert "canary note" not in page
    for address in ("/feeds/programme.ics?kind=street_stall", "/events/tea-and-questions.ics"):
        feed = stranger.get(address).text
        assert "Tea and questions" in feed
        assert "canary note" not in feed
    assert "tea-and-questions" in stranger.get("/en/?kind=street_stall").text
    assert "tea-and-questions" not in stranger.get("/en/?kind=lecture").text


def carry() -> None:
    """Programme files carry it, there and back."""
    assert "street_stall" in KINDS
    tables = exchange.export()
    (event,) = tables["events"]
    assert (event["kind"], event["permit"], event["note"]) == ("street_stall", "A-17", "canary note")
    receipt = exchange.load([Source("again.toml", tables)])
    assert (receipt.new, receipt.changed) == ({}, {})
    assert '"permit"' in schema.text()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
