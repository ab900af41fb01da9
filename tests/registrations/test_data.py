"""My data: all that is kept is shown and can be taken along; nothing of others is in it; the pages of erasing."""

import json

import pytest
from flask import Flask

from cag_events.db import Base
from cag_events.registrations.kept_words import TABLES
from cag_events.registrations.queries.kept import TOLD_APART, kept_of
from cag_events.registrations.services import check_in, withdraw
from cag_events.registrations.services.groups import Told, add_helper, name_members
from tests.factories import make_event, make_organisation
from tests.page import page
from tests.registrations.given import link_token, written
from tests.registrations.wishes import Apart, dates_of, hidden_fields, made, of, organizer, statuses


@pytest.fixture
def ctx(app: Flask):
    app.test_client_class = Apart
    with app.app_context():
        make_organisation()
        yield app


def told(event, number=1, **more):
    answers = {"needs": "hörslinga", "organisation": "Skolan"}
    return made(event, number, party=2, answers=answers, **more)


def test_data_shows_all_that_was_told_and_what_happened(ctx, client):
    event = make_event(guests=1, capacity=9)
    registered = told(event)
    name_members(registered.registration_id, {2: Told("Aida Andra")})
    add_helper(registered.registration_id, "kollega@example.org")
    by = organizer()
    check_in(registered.registration_id, dates_of(event)[0], by=by)
    written()

    shown = page(client, f"/en/registrations/{link_token(registered.registration_id)}/data")

    for text in (
        "Person 1",
        "p1@example.org",
        "hörslinga",
        "Skolan",
        "Aida Andra",
        "kollega@example.org",
        "Checked in",
    ):
        assert text in shown.main


def test_data_file_is_the_same_as_a_download(ctx, client):
    registered = told(make_event(guests=1, capacity=9))

    answer = client.get(f"/en/registrations/{link_token(registered.registration_id)}/data.json")

    assert answer.mimetype == "application/json"
    assert answer.headers["Cache-Control"] == "no-store"
    assert "attachment" in answer.headers["Content-Disposition"]
    assert json.loads(answer.text) == json.loads(json.dumps(kept_of(of(registered))))
    assert json.loads(answer.text)["answers"] == {"needs": "hörslinga", "organisation": "Skolan"}


def test_data_holds_nothing_of_others_nor_of_the_team(ctx, client):
    event = make_event(guests=1, capacity=9)
    mine, other = told(event, 1), told(event, 2)
    name_members(other.registration_id, {2: Told("Kanarie Annan")})
    by = organizer()
    withdraw(mine.registration_id, by=by)
    written()

    kept = json.dumps(kept_of(of(mine)))

    assert "Person 1" in kept
    leaks = [word for word in ("Person 2", "Kanarie", "p2@", "account_id", "organizer") if word in kept]
    assert leaks == []


def test_data_reads_every_table_that_points_to_a_registration(ctx):
    """A new table with a registration in it is shown without anybody thinking of it."""
    known = set(kept_of(of(told(make_event(guests=1, capacity=9))))["rooms"]) | TOLD_APART
    pointing = {
        mapper.local_table.name  # type: ignore[union-attr]
        for mapper in Base.registry.mappers
        for column in mapper.local_table.columns
        if any(key.target_fullname == "registration.id" for key in column.foreign_keys)
    }

    assert {"seat"} <= known
    assert TOLD_APART - {"registration"} <= pointing
    assert pointing - TOLD_APART - set(TABLES) == set()  # each has a name that people understand


def test_erase_shows_what_will_happen_and_changes_nothing(ctx, client):
    event = make_event(guests=1, capacity=9)
    registered = told(event)
    url = f"/en/registrations/{link_token(registered.registration_id)}/erase"

    shown = page(client, url)

    assert "This cannot be undone" in shown.main
    assert (statuses(event), of(registered).name) == (["confirmed"], "Person 1")


def test_erase_deletes_at_once_and_the_link_is_dead(ctx, client):
    event = make_event(guests=1, capacity=9)
    registered = told(event)
    own = f"/en/registrations/{link_token(registered.registration_id)}"

    answer = client.post(f"{own}/erase", data=hidden_fields(client.get(f"{own}/erase").text))

    assert (answer.status_code, answer.location) == (303, "/en/registrations")
    assert (statuses(event), of(registered).name) == (["withdrawn"], None)
    ends = ("", "/data", "/data.json", "/erase", "/people", "/pass-on")
    assert {client.get(f"{own}{end}").status_code for end in ends} == {404}
