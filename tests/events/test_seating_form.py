"""The editor's rows about seats: pools with proof, phases, the queue; what is refused, and what the gate says."""

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from cag_events.domain.seating import Filling, Lapse, Phase, Pool, Proof, QueueRule
from cag_events.events.gate import check_event
from cag_events.events.queries import find_record
from tests.events.editing import open_form
from tests.factories import make_event, make_segment, sign_in

PATH = "/sv/organise/events/ett/edit"
POOL = {
    "pools-0-segment": "students",
    "pools-0-seats": "30",
    "pools-0-online": "",
    "pools-0-release_hours": "24",
    "pools-0-proof": "domain",
    "pools-0-domains": "@Uni.example.org, skola.example.org",
}


@pytest.fixture
def editing(app: Flask, client: FlaskClient) -> FlaskClient:
    """An organizer's browser, and an event to edit."""
    sign_in(client)
    with app.app_context():
        make_segment("students")
        make_event(key="ett")
    return client


def save(client: FlaskClient, **typed: Any) -> Any:
    return client.post(PATH, data={**open_form(client, PATH), **typed, "do": "save"})


def test_edit_keeps_pools_phases_and_the_queue(app: Flask, editing: FlaskClient) -> None:
    typed = {
        **POOL,
        "phases-0-who": "members*",
        "phases-0-hours": "72",
        "phases-1-who": "students",
        "phases-1-hours": "24",
        "queue_filling": "offer",
        "queue_hours": "12",
        "queue_lapse": "out",
    }

    assert save(editing, **typed).status_code == 303
    again = save(editing)

    assert again.status_code == 303
    with app.app_context():
        record = find_record("ett")
    assert record is not None
    seats = record.registration
    assert seats.pools == (
        Pool(
            segment="students",
            seats=30,
            release_hours=24,
            proof=Proof.DOMAIN,
            domains=("uni.example.org", "skola.example.org"),
        ),
    )
    assert seats.phases == (Phase(hours=72), Phase(segment="students", hours=24))
    assert seats.queue == QueueRule(filling=Filling.OFFER, hours=12, lapse=Lapse.OUT)


@pytest.mark.parametrize(
    ("typed", "wrong"),
    [
        ({**POOL, "pools-0-seats": ""}, "pools-0-seats"),
        ({**POOL, "pools-0-domains": "not a domain"}, "pools-0-domains"),
        ({**POOL, "pools-0-domains": ""}, "pools-0-domains"),
        ({**POOL, **{name.replace("-0-", "-1-"): value for name, value in POOL.items()}}, "pools-1-segment"),
        ({"phases-0-who": "students", "phases-0-hours": ""}, "phases-0-hours"),
        (
            {"phases-0-who": "students", "phases-0-hours": "1", "phases-1-who": "students", "phases-1-hours": "2"},
            "phases-1-who",
        ),
    ],
)
def test_edit_refuses_at_the_field(editing: FlaskClient, typed: dict[str, str], wrong: str) -> None:
    answer = save(editing, **typed)

    assert answer.status_code == 422
    assert f'id="{wrong}-error"' in answer.text


@pytest.mark.parametrize(
    ("values", "missing"),
    [
        ({"pools": [{"segment": "students", "seats": 50}]}, []),
        ({"pools": [{"segment": "students", "seats": 51}]}, ["event.pools_onsite"]),
        ({"pools": [{"segment": "students", "seats": 5, "online": True}]}, ["event.pools_online"]),
        ({"pools": [{"segment": "students", "seats": 5, "proof": "domain"}]}, ["event.pool_domains"]),
        ({"phases": [{"hours": 24}], "opens_days": None}, ["event.phases"]),
        ({"phases": [{"hours": 24}]}, []),
    ],
)
def test_gate_asks_for_what_makes_sense(app: Flask, values: dict[str, Any], missing: list[str]) -> None:
    with app.app_context():
        make_segment("students")
        event = make_event(**values)

        assert [one.code for one in check_event(event.id).missing] == missing
