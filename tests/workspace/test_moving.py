"""Moving in the calendar by form and by script: what is answered, what is refused, and what the script reads."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from cag_events.permissions import Role
from tests.factories import csrf_token, sign_in
from tests.making import Make
from tests.page import page, statements

MOVE = "/en/organise/calendar/move"
ENTRIES = "/en/organise/calendar.json?from=2026-11-23&to=2026-11-29"
PLAIN = {"Accept": "application/json"}


def entries(client: FlaskClient) -> list[dict[str, Any]]:
    """What the script reads of a week, without marks."""
    found: list[dict[str, Any]] = client.get(f"{ENTRIES}&layer=drafts&layer=runs").get_json()["entries"]
    return found


def test_entries_say_when_an_event_abroad_is_at_home_and_there(make: Make, client: FlaskClient) -> None:
    make.event(key="far", title={"en": "Far"}, starts="2026-11-25T18:00", tz="Asia/Almaty")
    sign_in(client)

    entry = entries(client)[0]

    assert (entry["start"], entry["end"], entry["all_day"]) == ("2026-11-25T14:00", "2026-11-25T15:30", False)
    assert entry["also"] == ["18:00 in Almaty"]


def test_entries_take_the_same_statements_for_one_event_and_for_three(make: Make, client: FlaskClient) -> None:
    sign_in(client)
    make.event(starts="2026-11-25T18:00")
    one = statements(client, ENTRIES)
    make.event(starts="2026-11-25T19:00")
    make.event(starts="2026-11-25T20:00")

    assert statements(client, ENTRIES) == one


@pytest.mark.parametrize("days", ["", "from=x&to=y", "from=2026-11-23&to=2026-11-22", "from=2026-01-01&to=2026-12-31"])
def test_entries_want_days_that_they_can_show(client: FlaskClient, days: str) -> None:
    sign_in(client)

    assert client.get(f"/en/organise/calendar.json?{days}").status_code == 422


@pytest.mark.parametrize(("role", "status"), [(Role.EDITOR, 200), (Role.REPORTER, 403), (Role.MEMBER, 403)])
def test_entries_are_for_those_who_see_every_event(client: FlaskClient, role: Role, status: int) -> None:
    sign_in(client, role)

    assert client.get(ENTRIES).status_code == status


def test_move_by_the_clocks_at_home_keeps_the_zone_abroad(make: Make, client: FlaskClient) -> None:
    make.event(key="far", starts="2026-11-25T18:00", tz="Asia/Almaty")
    sign_in(client)
    entry = entries(client)[0]
    typed = {"day": "2026-11-26", "start": "15:00", "end": "16:30", "tz": "Europe/Stockholm"}
    told = {name: str(entry[name]) for name in ("event", "occurrence", "version")}

    answer = client.post(
        MOVE, data={**told, **typed, "csrf_token": csrf_token(client, "/en/organise/calendar/new")}, headers=PLAIN
    )

    assert (answer.status_code, answer.get_json()["text"]) == (200, "Moved to Thu 26 Nov 2026, 19:00–20:30.")
    assert entries(client)[0]["start"] == "2026-11-26T15:00"


def test_move_from_an_old_version_is_refused_with_the_one_that_stands(make: Make, client: FlaskClient) -> None:
    make.event(key="talk", starts="2026-11-25T18:00")
    sign_in(client)
    entry = entries(client)[0]
    typed = {
        "event": "talk",
        "occurrence": str(entry["occurrence"]),
        "day": "2026-11-26",
        "start": "18:00",
        "end": "19:00",
    }

    answer = client.post(
        MOVE,
        data={**typed, "version": "99", "csrf_token": csrf_token(client, "/en/organise/calendar/new")},
        headers=PLAIN,
    )

    assert (answer.status_code, answer.get_json()["version"]) == (409, str(entry["version"]))
    assert entries(client)[0]["start"] == "2026-11-25T18:00"


def test_move_answers_nothing_for_what_is_not_there(client: FlaskClient, make: Make) -> None:
    make.event(key="talk")
    sign_in(client)

    for address in ("", "?event=none", "?event=talk", "?event=talk&occurrence=999999", "?event=talk&occurrence=x"):
        page(client, f"{MOVE}{address}", 404)


def test_new_page_takes_day_and_hours_of_the_address(client: FlaskClient) -> None:
    sign_in(client)

    shown = page(client, "/en/organise/calendar/new?day=2026-12-03&start=22:00&end=01:00")

    values = {e.get("name"): e.get("value") for e in shown.all("input")}
    assert [values[name] for name in ("day", "start", "end")] == ["2026-12-03", "22:00", "01:00"]
    for wrong in ("day=9999-12-31", "day=x", "day=2026-12-03&start=x", "day=2026-12-03&last_day=x"):
        page(client, f"/en/organise/calendar/new?{wrong}")
