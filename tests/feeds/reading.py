"""Reads feeds as subscribers do."""

import re
from datetime import date, datetime

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from cag_events.db import db
from cag_events.feeds.models import Entry
from tests.calendars import Component, read_strictly, read_vobject


def fetch(client: FlaskClient, address: str = "/feeds/programme.ics?lang=en", **headers: str) -> TestResponse:
    """Fetch an address; keyword `if_none_match` is the header If-None-Match."""
    return client.get(address, headers={name.replace("_", "-"): value for name, value in headers.items()})


def entries(client: FlaskClient, address: str = "/feeds/programme.ics?lang=en") -> dict[str, Component]:
    """The entries of a feed by UID, read strictly."""
    response = fetch(client, address)
    assert response.status_code == 200, response.text
    return {event.one("UID").value: event for event in read_strictly(response.data).components("VEVENT")}


def summaries(client: FlaskClient, address: str = "/feeds/programme.ics?lang=en") -> list[str]:
    """The titles in a feed, in its order."""
    return [entry.one("SUMMARY").text for entry in entries(client, address).values()]


def instants(octets: bytes) -> dict[str, tuple[datetime | date, datetime | date]]:
    """Start and end by UID as another parser reads them."""
    return read_vobject(octets)


def version(entry: Component) -> int:
    """An entry's SEQUENCE."""
    return int(entry.one("SEQUENCE").value)


def stored(app: Flask) -> dict[tuple[str, str], tuple[int, str]]:
    """Every stored entry by language and circle with its version and its title: what has changed, exactly.

    Those of the rich profile are left out: each stands beside one of these.
    """
    with app.app_context():
        return {
            (row.language, row.circle): (row.sequence, _title(row.body))
            for row in db.session.query(Entry).order_by(Entry.id)
            if not row.circle.startswith("rich ")
        }


def _title(body: bytes) -> str:
    found = re.search(rb"^SUMMARY[^:]*:(.*)\r$", body.replace(b"\r\n ", b""), re.MULTILINE)
    return found[1].decode() if found else ""
