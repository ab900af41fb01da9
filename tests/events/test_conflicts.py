"""What speaks against a time, as the editor, the gate and the calendar ask: real rows, few statements, no leaks."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import pytest
from flask import Flask, g
from flask.testing import FlaskClient
from sqlalchemy import update

from cag_events.db import count_statements, db, transaction
from cag_events.domain.event import Mode, Safety, Visibility
from cag_events.domain.lifecycle import Status
from cag_events.domain.plans import Conflict, Plan, Span
from cag_events.events.conflicts import find_conflicts, plan_of, say
from cag_events.events.gate import check_event
from cag_events.events.marks import marks_between
from cag_events.events.models import Occurrence, Period, VenueHours
from cag_events.events.queries import get_record, get_record_of
from cag_events.permissions import Actor, Role
from tests.events.editing import open_form
from tests.events.given import EDITOR, MEMBER
from tests.factories import (
    make_contact,
    make_event,
    make_part,
    make_partner,
    make_segment,
    make_venue,
    sign_in,
)
from tests.page import page

ADDRESS = "/en/organise/conflicts"


def ask(client: FlaskClient, **query: Any) -> list[dict[str, Any]]:
    answer = client.get(ADDRESS, query_string=query)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.get_json()["conflicts"]
    return found


def kinds(found: Sequence[Any]) -> list[str]:
    return [one["kind"] if isinstance(one, dict) else str(one.kind) for one in found]


def against(event_id: int, actor: Actor = EDITOR) -> list[Conflict]:
    return find_conflicts(plan_of(get_record(event_id)), actor)


def count(plan: Plan) -> int:
    """How many statements it takes."""
    before = count_statements()
    find_conflicts(plan, EDITOR)
    return count_statements() - before


def make_period(**values: Any) -> Period:
    defaults = {
        "key": "exams",
        "name": {"sv": "Tentor", "en": "Exams"},
        "kind": "exam",
        "first_on": date(2026, 12, 1),
        "last_on": date(2026, 12, 4),
    }
    with transaction():
        row = Period(**{**defaults, **values})
        db.session.add(row)
    return row


def test_ask_names_the_event_that_has_the_room(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        venue = make_venue(key="house")
        make_event(venue=venue, key="first", title={"en": "Water"}, starts="2026-12-03T17:00", setup_minutes=60)
        make_event(venue=venue, key="second", starts="2026-12-10T18:00")
    sign_in(client, Role.EDITOR)

    found = ask(client, event="second", starts="2026-12-03T18:00", ends="2026-12-03T19:30")

    assert found == [
        {
            "kind": "room",
            "level": "warn",
            "text": "Stora salen is taken Thu 3 Dec 2026, 16:00–18:30, by “Water”.",
            "url": "/en/organise/events/first/edit",
            "field": "place",
        }
    ]


def test_ask_speaks_swedish(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        make_event(key="e", partners=[make_partner(country="KG")])
    sign_in(client, Role.EDITOR)

    answer = client.get(
        "/sv/organise/conflicts",
        query_string={"event": "e", "starts": "2027-03-08T12:00", "ends": "2027-03-08T13:00"},
    )

    assert "Kirgizistan: Internationella kvinnodagen" in answer.get_json()["conflicts"][0]["text"]


def test_ask_needs_no_event(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        venue, person, segment = make_venue(key="house"), make_contact("anna"), make_segment("students")
        make_event(venue=venue, people=[(person, "speaker")], segments=[segment])
    sign_in(client, Role.EDITOR)
    when = {"starts": "2026-12-03T18:00", "ends": "2026-12-03T19:00"}

    assert kinds(ask(client, **when)) == []
    assert kinds(ask(client, **when, venue="house", room="hall")) == ["room"]
    assert kinds(ask(client, **when, person="anna")) == ["person"]
    assert kinds(ask(client, **when, segment="students")) == ["segment"]
    assert kinds(ask(client, **when, venue="house", room="hall", mode="online")) == []


@pytest.mark.parametrize("role", [None, Role.MEMBER, Role.REPORTER, Role.CHECKIN])
def test_ask_is_for_those_who_edit(app: Flask, client: FlaskClient, role: Role | None) -> None:
    if role is not None:
        sign_in(client, role)

    assert client.get(ADDRESS).status_code in (302, 303, 401, 403)


@pytest.mark.parametrize(
    "query",
    [
        {"starts": "2026-12-03T18:00"},
        {"starts": "2026-12-03T18:00", "ends": "2026-12-03T18:00"},
        {"starts": "tomorrow", "ends": "2026-12-03T18:00"},
        {"starts": "2026-12-03T18:00+01:00", "ends": "2026-12-03T19:00+01:00"},
        {"starts": "2026-12-03T18:00", "ends": "2027-12-03T18:00"},
        {"starts": "2026-12-03T18:00", "ends": "2026-12-03T19:00", "tz": "Europe/Nowhere"},
    ],
)
def test_ask_refuses_times_that_are_none(client: FlaskClient, query: dict[str, str]) -> None:
    sign_in(client, Role.EDITOR)

    assert client.get(ADDRESS, query_string=query).status_code == 400


def test_ask_about_an_unknown_event_finds_nothing(client: FlaskClient) -> None:
    sign_in(client, Role.EDITOR)

    assert client.get(ADDRESS, query_string={"event": "nothing"}).status_code == 404


def test_ask_survives_a_time_that_clocks_skip(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        make_venue(key="house")
    sign_in(client, Role.EDITOR)

    found = ask(client, venue="house", starts="2027-03-28T02:30", ends="2027-03-28T04:00")

    assert "holiday" in kinds(found)  # Easter Sunday


def test_find_takes_the_same_few_statements_for_one_and_for_many(any_ctx: Flask) -> None:
    venue, segment = make_venue(), make_segment("students")
    people = [(make_contact(), "speaker")]

    def make() -> int:
        event = make_event(venue=venue, segments=[segment], people=people, partners=[make_partner(country="KG")])
        return int(event.id)

    plan = plan_of(get_record(make()))
    with any_ctx.test_request_context("/en/"):
        make()
        find_conflicts(plan, EDITOR)
        few = count(plan)
        for _ in range(5):
            make()
        many = count(plan)
        found = find_conflicts(plan, EDITOR)

    assert few <= 8
    assert many == few
    assert kinds(found).count("room") == kinds(found).count("person") == 6


def test_find_knows_people_parts_and_what_is_called_off(any_ctx: Flask) -> None:
    venue, person = make_venue(), make_contact()
    whole = make_event(venue=venue, people=[(person, "host")])
    part = make_part(make_event(venue=venue, people=[(person, "speaker")]), whole)
    make_event(venue=venue, people=[(person, "speaker")], status=Status.CANCELLED)
    make_event(venue=venue, people=[(person, "speaker")], status=Status.POSTPONED)

    with any_ctx.test_request_context("/en/"):
        assert against(part.id) == against(whole.id) == []
        make_event(venue=venue, people=[(person, "speaker")], status=Status.DRAFT)
        assert kinds(against(part.id)) == ["room", "person"]


def test_find_names_no_event_that_the_actor_would_not_find(any_ctx: Flask) -> None:
    venue, person = make_venue(), make_contact(name="Bo Påhittad")
    for key, values in {
        "open": {},
        "private": {"visibility": Visibility.PRIVATE},
        "guarded": {"safety": Safety.GUARDED},
        "draft": {"status": Status.DRAFT},
    }.items():
        make_event(key=key, venue=venue, title={"en": f"The {key} one"}, people=[(person, "host")], **values)
    asked = Plan(
        dates=(Span(datetime(2026, 12, 3, 18), datetime(2026, 12, 3, 19), "Europe/Stockholm"),),
        venue=venue.key,
        room="hall",
        people=(person.key,),
    )

    with any_ctx.test_request_context("/en/"):
        g.lang = "en"
        team = find_conflicts(asked, EDITOR)
        others = find_conflicts(asked, MEMBER)
        said = " ".join(say(one) for one in others)

    assert {one.other for one in team} == {"open", "private", "guarded", "draft"}
    assert {one.other for one in others} == {"open", None}
    assert "The open one" in said
    assert not any(word in said for word in ("private", "guarded", "draft"))
    assert "Stora salen is taken Thu 3 Dec 2026, 18:00–19:30." in said


def test_find_minds_the_venue_s_hours(any_ctx: Flask) -> None:
    venue = make_venue()
    with transaction():
        week = {"opening": [{"days": ["thu"], "start": "09:00", "end": "19:00"}]}
        db.session.add(VenueHours(venue_id=venue.id, hours=week))
    event = make_event(venue=venue)

    with any_ctx.test_request_context("/en/"):
        assert kinds(against(event.id)) == ["hours"]
        assert kinds(against(make_event(venue=venue, starts="2026-12-03T15:00").id)) == []


def test_find_minds_the_organization_s_own_periods(any_ctx: Flask) -> None:
    make_period(segments=["students"], city="Stockholm")
    students = make_event(segments=[make_segment("students")])
    media = make_event(segments=[make_segment("media")])

    with any_ctx.test_request_context("/en/"):
        assert kinds(against(students.id)) == ["exam"]
        assert against(media.id) == []


def test_find_leaves_a_cancelled_date_of_another_event_alone(any_ctx: Flask) -> None:
    venue = make_venue()
    series = make_event(venue=venue, dates=["2026-12-03T18:00", "2026-12-10T18:00"])
    event = make_event(venue=venue)
    with any_ctx.test_request_context("/en/"):
        assert kinds(against(event.id)) == ["room"]
        with transaction():
            first = Occurrence.event_id == series.id, Occurrence.starts_wall == "2026-12-03T18:00"
            db.session.execute(update(Occurrence).where(*first).values(cancelled_on=date(2026, 11, 20)))
        assert against(event.id) == []


def test_online_event_takes_no_room(any_ctx: Flask) -> None:
    make_event(mode=Mode.ONLINE)
    event = make_event(mode=Mode.ONLINE)

    with any_ctx.test_request_context("/en/"):
        assert against(event.id) == []


def test_gate_advises_what_is_warned_of_and_forbids_nothing(app_ctx: Flask) -> None:
    event = make_event(starts="2027-06-25T18:00")
    with app_ctx.test_request_context("/en/"):
        g.lang = "en"
        gate = check_event(event.id)

    (finding,) = [one for one in gate.advice if one.code == "event.holiday"]
    assert finding.facts["said"] == "Almost nobody works Fri 25 Jun 2027 in Sweden: Midsummer Eve."
    assert finding.anchor == "occurrences"
    assert gate.missing == ()


def test_editor_shows_what_speaks_against_the_stored_time(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        venue = make_venue()
        make_event(key="water", title={"en": "Water"}, venue=venue)
        make_event(key="mine", venue=venue)
    sign_in(client, Role.EDITOR)

    shown = page(client, "/en/organise/events/mine/edit")

    assert "by “Water”" in shown.main
    assert 'href="/en/organise/events/water/edit">See the event</a>' in shown.html


def test_editor_checks_what_is_typed_and_saves_nothing(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        make_event(key="mine", starts="2027-06-22T18:00")
    sign_in(client, Role.EDITOR)
    address = "/en/organise/events/mine/edit"
    typed = open_form(client, address)
    typed |= {"occurrences-0-day": "2027-06-26", "setup_minutes": "45", "do": "check"}

    answer = client.post(address, data=typed)

    assert answer.status_code == 200
    assert "Midsummer Day" in answer.text
    assert 'value="45"' in answer.text
    with app.app_context():
        record = get_record_of("mine")
        assert (record.starts_at.day, record.setup_minutes, record.version) == (22, 0, 1)


def test_editor_keeps_setting_up_for_the_team_alone(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        make_event(key="mine", title={"en": "Water"}, kind="lecture")
    sign_in(client, Role.EDITOR)
    address = "/en/organise/events/mine/edit"
    typed = open_form(client, address) | {"setup_minutes": "77", "clear_minutes": "33", "do": "save"}

    assert client.post(address, data=typed).status_code == 303

    with app.app_context():
        record = get_record_of("mine")
        assert (record.setup_minutes, record.clear_minutes) == (77, 33)
    team = client.get("/en/organise/calendar?view=week&date=2026-12-03").text
    visitor = app.test_client()
    public = [
        visitor.get(path).text
        for path in ("/en/events/mine", "/feeds/programme.ics?lang=en&profile=rich", "/feeds/programme.ics?lang=en")
    ]
    assert "16:43" in team + client.get("/en/organise/calendar.json?from=2026-12-01&to=2026-12-31").text
    assert [("Water" in text) for text in public] == [True, True, True], public
    for text in public:
        assert not any(told in text for told in ("16:43", "164300", "154300", "20:03", "200300", "190300"))


def test_marks_are_holidays_here_and_at_partners_breaks_and_periods(app_ctx: Flask) -> None:
    make_partner(country="KG")
    make_partner(country="UZ")
    make_period(first_on=date(2027, 3, 15), last_on=date(2027, 3, 19))
    with app_ctx.test_request_context("/en/"):
        g.lang = "en"
        found = marks_between(date(2027, 3, 1), date(2027, 3, 31))

    said = {(one.label, one.first, one.last, one.kind) for one in found}
    womens_day = date(2027, 3, 8)
    assert ("Good Friday", date(2027, 3, 26), date(2027, 3, 26), "holiday") in said
    assert {("KG: International Women's Day", womens_day, womens_day, "holiday")} <= said
    assert ("Exams", date(2027, 3, 15), date(2027, 3, 19), "exam") in said
    assert ("Easter break at schools, usually", date(2027, 3, 22), date(2027, 3, 29), "school_break") in said
    assert not any(one.country == "KZ" for one in found)
