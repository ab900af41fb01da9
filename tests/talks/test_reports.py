"""Reports: what a study association and a distributor get, from the head count alone and with no name too many."""

import csv
import io
from datetime import UTC, date, datetime
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from cag_events import clock
from cag_events.domain.errors import NotAllowed, Refused
from cag_events.domain.lifecycle import Status
from cag_events.events.gate import check_event
from cag_events.events.queries import get_record
from cag_events.permissions import Role
from cag_events.talks import services
from cag_events.talks.queries import audience_of, culture_dates, licence_standing, reports_of
from cag_events.talks.services import TermsFields
from tests.factories import make_contact, make_event, make_partner, post, sign_in
from tests.making import Make
from tests.page import page
from tests.talks.talking import editor, film, organizer

CULTURE = {"lecture": {"culture_programme": True, "association": "abf"}}
AFTER = datetime(2026, 12, 4, 9, 0, tzinfo=UTC)


def enter_terms(**values: Any) -> None:
    make_partner("abf", name="ABF")
    defaults: dict[str, Any] = {"association": "abf", "valid_from": date(2026, 1, 1), "minutes": 30, "present": 5}
    services.save_terms(TermsFields(**{**defaults, **values}), by=organizer())


def count(event_id: int, people: int) -> None:
    for one in get_record(event_id).occurrences:
        services.set_heads(event_id, one.id, {"": people}, by=organizer())


def must(event_id: int) -> list[str]:
    return [finding.code for finding in check_event(event_id).missing]


def missing(event_id: int) -> dict[str, int]:
    (one,) = culture_dates([get_record(event_id)])
    return {check.code: check.missing for check in one.checks if not check.is_met}


def test_culture_tells_exactly_how_many_people_are_missing(any_ctx: Flask) -> None:
    enter_terms()
    event = make_event(details=CULTURE)

    uncounted = missing(event.id)
    count(event.id, 4)
    four = missing(event.id)
    count(event.id, 5)

    assert (uncounted, four, missing(event.id)) == ({"present": 5}, {"present": 1}, {})


def test_culture_is_not_announced_when_it_was_published_after_its_start(app_ctx: Flask) -> None:
    enter_terms()
    event = make_event(details=CULTURE, published_at=datetime(2026, 12, 4, tzinfo=UTC))
    count(event.id, 5)

    assert missing(event.id) == {"announced": 1}


def test_gate_asks_for_the_minutes_of_the_terms(app_ctx: Flask) -> None:
    short = make_event(details=CULTURE, minutes=29, status=Status.DRAFT)

    without_terms = must(short.id)
    enter_terms()

    assert (without_terms, must(short.id)) == ([], ["culture.short"])
    assert must(make_event(details=CULTURE, minutes=30, status=Status.DRAFT).id) == []


def test_culture_report_names_only_those_who_may_be_named(make: Make, app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        enter_terms()
        named = make_contact(name="Öppna Testova", named=True)
        hidden = make_contact(name="Dolda Testova", named=False)
        event = make_event(key="tal", details=CULTURE, people=[(named, "speaker"), (hidden, "speaker")])
        count(event.id, 31)
    sign_in(client, Role.ORGANIZER)

    base = "/en/organise/events/tal/cultural-programme"
    text = client.get(f"{base}.csv").text
    told = [client.get(path).text for path in (base, f"{base}/print", "/en/organise/cultural-programmes.csv")]

    (row,) = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))
    assert (row["performers"], row["present"], row["association"], row["fulfilled"]) == (
        "Öppna Testova",
        "31",
        "ABF",
        "yes",
    )
    assert [answer for answer in (text, *told) if "Dolda" in answer] == []
    assert client.get(f"{base}.xlsx").data[:2] == b"PK"
    assert "1 of 1 fulfil" in page(client, "/en/organise/cultural-programmes").main


def test_terms_are_for_those_who_may_publish(make: Make, app: Flask, client: FlaskClient) -> None:
    sign_in(client, Role.ORGANIZER)
    path = "/en/organise/cultural-programmes/terms"

    wrong = post(client, path, {"valid_from": "2027-01-01", "minutes": "many", "present": "5"})
    right = post(client, path, {"valid_from": "2027-01-01", "minutes": "45", "present": "5", "association": ""})

    assert (wrong.status_code, right.status_code) == (422, 303)
    assert "All associations" in page(client, path).main
    with app.app_context(), pytest.raises(NotAllowed):
        services.save_terms(TermsFields(valid_from=date(2027, 1, 1), minutes=1, present=1), by=editor())


def test_gate_counts_the_showings_of_all_events_under_one_licence(any_ctx: Flask) -> None:
    licence = film(key="backen", showings=2)
    one = make_event(kind="screening", details=licence)
    make_event(kind="screening", details=film(key="other", showings=2))
    two = make_event(kind="screening", details=licence, status=Status.DRAFT)
    fits = must(two.id)
    make_event(kind="screening", details=licence)

    assert (fits, must(two.id)) == ([], ["screening.showings_together"])
    found = licence_standing(get_record(one.id))
    assert found is not None
    assert (found.used, found.allowed) == (2, 2)


def test_gate_frees_the_showing_of_an_event_that_is_cancelled(app_ctx: Flask) -> None:
    licence = film(key="backen", showings=1)
    make_event(kind="screening", details=licence, status=Status.CANCELLED)

    assert must(make_event(kind="screening", details=licence, status=Status.DRAFT).id) == []


def test_gate_refuses_a_screening_without_a_licence(app_ctx: Flask) -> None:
    bare = {"film": {"title": {"en": "The stream"}, "minutes": 60}}

    assert must(make_event(kind="screening", details=bare, status=Status.DRAFT).id) == ["screening.licence"]
    assert must(make_event(kind="screening", details=film(), status=Status.DRAFT).id) == []


def test_report_waits_for_the_count_and_keeps_the_figure_of_its_day(any_ctx: Flask) -> None:
    event = make_event(kind="screening", details=film(report_audience=True))

    with clock.fixed(AFTER):
        with pytest.raises(Refused) as uncounted:
            services.report_audience(event.id, date(2026, 12, 4), by=organizer())
        count(event.id, 71)
        with pytest.raises(Refused) as early:
            services.report_audience(event.id, date(2026, 12, 2), by=organizer())
        with pytest.raises(Refused) as late:
            services.report_audience(event.id, date(2026, 12, 5), by=organizer())
        services.report_audience(event.id, date(2026, 12, 4), by=organizer())
        count(event.id, 80)

    assert (uncounted.value.code, early.value.code, late.value.code) == ("film.not_counted", "film.day", "film.day")
    assert (reports_of([event.id])[event.id].people, audience_of(get_record(event.id))) == (71, 80)


def test_audience_counts_the_showings_and_not_the_talk(app_ctx: Flask) -> None:
    details = film()
    details["film"]["talk"] = "day-2"
    event = make_event(kind="screening", details=details, dates=["2026-12-03T18:00", "2026-12-03T20:00"])
    first, second = (one.id for one in get_record(event.id).occurrences)

    services.set_heads(event.id, second, {"": 30}, by=organizer())
    talk_alone = audience_of(get_record(event.id))
    services.set_heads(event.id, first, {"": 50}, by=organizer())

    assert (talk_alone, audience_of(get_record(event.id))) == (None, 50)


def test_today_asks_for_the_count_and_the_report_until_they_are_there(
    make: Make, app: Flask, client: FlaskClient
) -> None:
    with app.app_context():
        event_id = make_event(key="film", kind="screening", details=film(report_audience=True)).id
    sign_in(client, Role.ORGANIZER)
    asked = ("Write down how many there were", "Report the audience to Exempelfilm")

    def today() -> list[bool]:
        told = client.get("/en/organise/today").text
        return [text in told for text in asked]

    before = today()
    with clock.fixed(AFTER):
        sign_in(client, Role.ORGANIZER)
        over = today()
        with app.app_context():
            count(event_id, 71)
        counted = today()
        with app.app_context():
            services.report_audience(event_id, date(2026, 12, 4), by=organizer())
        reported = today()

    assert (before, over, counted, reported) == ([False, False], [True, True], [False, True], [False, False])


def test_licence_is_told_to_the_team_alone(make: Make, app: Flask, client: FlaskClient) -> None:
    make.event(key="film", kind="screening", details=film(key="zzkanarie", reference="zzkanarie", fee_sek=4711))
    paths = ("/en/events/film", "/sv/events/film", "/feeds/programme.json", "/events/film.ics", "/en/search?q=stream")

    assert [path for path in paths if "zzkanarie" in client.get(path).text or "4711" in client.get(path).text] == []
    sign_in(client, Role.ORGANIZER)
    assert "4711" in page(client, "/en/organise/events/film/licence").main
    (row,) = csv.DictReader(io.StringIO(client.get("/en/organise/events/film/licence.csv").text.removeprefix("\ufeff")))
    assert (row["holder"], row["licence"], row["audience"]) == ("Exempelfilm", "zzkanarie", "")
    assert "zzkanarie" in client.get("/en/organise/events/film/licence/print").text
