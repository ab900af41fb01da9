"""Faults of programme files: each named by its place, all at once, nothing written."""

import copy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from cag_events.db import db
from cag_events.events.models import Event, Theme, Venue
from cag_events.exchange.faults import BadFile
from cag_events.exchange.files import parse, read_source
from cag_events.exchange.services import load
from cag_events.exchange.tables import ROWS
from tests.exchange.programmes import demo, small, source

DEC_3 = {"date": "2026-12-03", "start": "18:00", "end": "19:30"}


def faults_of(tables: dict[str, Any]) -> list[str]:
    """Load and return what is wrong; nothing may have been written."""
    with pytest.raises(BadFile) as caught:
        load([source(tables)])
    assert db.session.scalar(select(func.count()).select_from(Event)) == 0
    assert db.session.scalar(select(func.count()).select_from(Theme)) == 0
    return caught.value.faults


def test_load_names_the_place_as_promised_when_an_end_is_before_its_start(app_ctx: Flask) -> None:
    tables = demo()
    number = [event["key"] for event in tables["events"]].index("floden-kvarnby")
    tables["events"][number]["occurrences"][0]["end"] = "08:00"

    assert faults_of(tables) == [f'events[{number}] "floden-kvarnby": occurrences[0].end is before start']


@pytest.mark.parametrize(
    ("event", "fault"),
    [
        ({"occurrences": [{**DEC_3, "end": "18:00"}]}, "occurrences[0].end is the same as start"),
        ({"occurrences": [{**DEC_3, "end_date": "2026-12-02"}]}, "occurrences[0].end_date is before start"),
        ({"occurrences": [{**DEC_3, "date": "2027-02-30"}]}, "occurrences[0].date 2027-02-30 does not exist"),
        (
            {"occurrences": [{"date": "2027-03-28", "start": "02:30", "end": "04:00"}]},
            "occurrences[0].start 02:30 does not exist on 2027-03-28 in Europe/Stockholm, since clocks go forward",
        ),
        (
            {"occurrences": [{"date": "2027-03-21", "start": "02:30", "end": "04:00", "rrule": "FREQ=WEEKLY;COUNT=2"}]},
            "occurrences[0].start 02:30 does not exist on 2027-03-28 in Europe/Stockholm, since clocks go forward",
        ),
        (
            {"occurrences": [{**DEC_3, "rrule": "FREQ=WEEKLY"}]},
            "occurrences[0].rrule cannot be followed: Say how many times it repeats, or until when.",
        ),
        ({"occurrences": [{"week": 1, "day": "mon", "start": "18:00", "end": "19:00"}]}, None),
        (
            {"occurrences": [{**DEC_3, "week": 1, "day": "mon"}]},
            "occurrences[0].date and week are both given; one is enough",
        ),
        ({"occurrences": [{**DEC_3, "start": "25:00"}]}, 'occurrences[0].start "25:00" is not a time like 18:00'),
        (
            {"occurrences": [{**DEC_3, "key": "a"}, {**DEC_3, "date": "2026-12-04", "key": "a"}]},
            'occurrences[1].key "a" is also that of occurrences[0]',
        ),
        ({"occurrences": []}, "occurrences is empty; only a draft has no date"),
        ({"tz": "Europe/Stokholm"}, 'tz "Europe/Stokholm" is not a time zone like Europe/Stockholm'),
        ({"kind": "lectur"}, None),
        ({"capasity": 3}, "capasity is unknown; did you mean registration.capacity?"),
        ({"registration": {"mode": "open", "capasity": 3}}, "registration.capasity is unknown; did you mean capacity?"),
        ({"registration": {"capacity": 3}}, "registration.mode is missing"),
        ({"registration": {"mode": "open", "capacity": "many"}}, "registration.capacity is a text, not a whole number"),
        (
            {"registration": {"mode": "open", "capacity": True}},
            "registration.capacity is true or false, not a whole number",
        ),
        (
            {"registration": {"mode": "open", "capacity": 10**30}},
            "registration.capacity is a huge number; from 0 to 100000 is allowed",
        ),
        (
            {"registration": {"mode": "open", "capacity": -1}},
            "registration.capacity is -1; from 0 to 100000 is allowed",
        ),
        ({"title": {"sv": "Hej\u202e"}}, "title.sv holds the control character U+202E"),
        ({"title": {"sv": "Hej\x07"}}, "title.sv holds the control character U+0007"),
        ({"title": {"sv": "Två\nrader"}}, "title.sv holds a line break or a tab; it is one line"),
        ({"title": {"sv": "x" * 301}}, "title.sv is 301 characters long; 300 at most"),
        ({"title": {"sw": "Hej"}}, "title.sw is not a known language; did you mean sv?"),
        ({"title": {"sv": " "}}, "title is empty"),
        ({"title": "Hej"}, 'title is a text, not texts by language like { sv = "…", en = "…" }'),
        ({"themes": ["wather"]}, 'themes[0] "wather" is not among the themes; did you mean water?'),
        ({"themes": ["water", "water"]}, 'themes[1] "water" is given twice'),
        ({"venue": "libary"}, 'venue "libary" is not among the venues; did you mean library?'),
        ({"room": "hal"}, 'room "hal" is no room of "library"; did you mean hall?'),
        ({"people": [{"who": "eve", "role": "speaker"}]}, 'people[0].who "eve" is not among the contacts'),
        ({"people": ["ada"]}, "people[0] is not a table"),
        ({"online": {"url": "javascript:alert(1)"}}, None),
        ({"online": {"url": "https://user:pass@example.org/"}}, None),
        ({"min_age": 20, "max_age": 19}, "max_age is below min_age"),
        ({"status": "cancelled"}, "cancellation is missing, and the event is cancelled"),
        ({"film": {"year": 2025}}, 'film belongs to events of kind "screening", and this is a "lecture"'),
        ({"languages": "sv"}, "languages is a text, not a list"),
        ({"key": "Bad Key"}, None),
    ],
)
def test_load_names_the_fault_of_an_event(app_ctx: Flask, event: dict[str, Any], fault: str | None) -> None:
    found = faults_of(small(**event))

    assert len(found) == 1
    if fault is not None:
        assert found == [f'events[0] "talk": {fault}']


def test_load_names_the_fault_of_what_a_kind_calls_impossible(app_ctx: Flask) -> None:
    run = {"from": "2026-12-01", "to": "2026-12-24", "closed": [{"date": "2026-12-25"}]}

    assert faults_of(small(kind="exhibition", exhibition=run)) == [
        'events[0] "talk": exhibition.closed[0].date is outside the run'
    ]


def test_load_names_faults_of_programme_items(app_ctx: Flask) -> None:
    items = [
        {"occurrence": "sat", "start": "10:00", "end": "11:00", "room": "hal", "title": {"en": "A"}},
        {"occurrence": "fri", "start": "12:00", "end": "11:00", "title": {"en": "B"}},
    ]
    tables = small(kind="conference", programme=items, occurrences=[{**DEC_3, "key": "sat"}])

    assert faults_of(tables) == [
        'events[0] "talk": programme[0].room "hal" is no room of the venue; did you mean hall?',
        'events[0] "talk": programme[1].occurrence "fri" is no key of the occurrences',
        'events[0] "talk": programme[1].end is not after the start',
    ]


def test_load_collects_the_faults_of_all_tables(app_ctx: Flask) -> None:
    tables = small(occurrences=[{**DEC_3, "end": "17:00"}])
    tables["themes"].append({"key": "water", "name": {"sv": "Vatten"}})
    tables["venues"][0]["tz"] = "Nowhere/Land"
    tables["venus"] = []
    tables["meta"] = {"schema": 2, "anchor": "2026-11-24"}

    assert faults_of(tables) == [
        "meta.anchor 2026-11-24 is not a Monday",
        'themes[1] "water": key is also that of themes[0]',
        'venues[0] "library": tz "Nowhere/Land" is not a time zone like Europe/Stockholm',
        "venus is unknown; did you mean venues?",
        "meta.schema is 2; this program reads 1",
        'events[0] "talk": occurrences[0].end is before start',
    ]


def test_load_says_which_file_when_there_are_several(app_ctx: Flask) -> None:
    broken = small(capacity=1)

    with pytest.raises(BadFile) as caught:
        load([source({"themes": []}, "a.toml"), source(broken, "b.toml")])

    assert caught.value.faults == ['b.toml: events[0] "talk": capacity is unknown; did you mean registration.capacity?']


def test_load_refuses_a_key_that_two_files_give(app_ctx: Flask) -> None:
    with pytest.raises(BadFile) as caught:
        load([source(small(), "a.toml"), source({"events": small()["events"]}, "b.toml")])

    assert caught.value.faults == ['b.toml: events[0] "talk": key is also that of a.toml: events[0]']


def test_load_asks_for_what_a_new_row_must_have(app_ctx: Flask) -> None:
    tables = small()
    del tables["events"][0]["title"]
    del tables["venues"][0]["tz"]

    assert faults_of(tables) == ['venues[0] "library": tz is missing', 'events[0] "talk": title is missing']


def test_load_refuses_kinds_that_the_code_does_not_have(app_ctx: Flask) -> None:
    found = faults_of({"kinds": [{"key": "webinarr", "name": {"sv": "Webb"}}]})

    assert found[0].endswith("did you mean webinar?")


def test_parse_refuses_json_that_names_a_field_twice() -> None:
    with pytest.raises(BadFile) as caught:
        parse('{"events": [], "events": []}', "x.json", is_json=True)

    assert caught.value.faults == ['x.json: is not JSON: "events" is given twice in one object']


@pytest.mark.parametrize(
    "text", ['{"a": NaN}', "[1]", "{", "{" * 100_000, '{"a": ' + "9" * 5000 + "}", '{"a": 1e999}x']
)
def test_parse_refuses_json_that_is_none(text: str) -> None:
    with pytest.raises(BadFile):
        parse(text, "x.json", is_json=True)


@pytest.mark.parametrize("text", ["a =", "a = 1\na = 2", "a = 2027-02-30", "x = [" * 5000])
def test_parse_refuses_toml_that_is_none(text: str) -> None:
    with pytest.raises(BadFile):
        parse(text, "x.toml", is_json=False)


def test_read_source_refuses_what_is_no_text(tmp_path: Path) -> None:
    path = tmp_path / "x.toml"
    path.write_bytes(b"\xff\xfe\x00")

    with pytest.raises(BadFile) as caught:
        read_source(path)

    assert caught.value.faults == [f"{path}: is not UTF-8 text (byte 0)"]


def test_read_source_takes_json_and_toml_by_what_they_hold(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text('\ufeff{"events": []}', encoding="utf-8")
    (tmp_path / "b.txt").write_text("events = []", encoding="utf-8")

    assert read_source(tmp_path / "a.txt").tables == read_source(tmp_path / "b.txt").tables == {"events": []}


@pytest.mark.parametrize("wrong", [None, 1, "x", [[]], True, 1.5, [None], [1, "x"], [{}], {"x": {}}])
def test_load_refuses_a_wrong_type_in_the_place_of_any_table_or_field(app_ctx: Flask, wrong: Any) -> None:
    for tables in (*_tables_with(small(), wrong), *_fields_with(small(), wrong)):
        with pytest.raises(BadFile) as caught:
            load([source(tables)])
        assert caught.value.faults != []
    assert db.session.scalar(select(func.count()).select_from(Venue)) == 0


def _tables_with(tables: dict[str, Any], wrong: Any) -> Iterator[dict[str, Any]]:
    for table in ("meta", "organisation", *ROWS):
        yield {**copy.deepcopy(tables), table: wrong}


def _fields_with(tables: dict[str, Any], wrong: Any) -> Iterator[dict[str, Any]]:
    for table, rows in tables.items():
        for name in rows[0]:
            if not (isinstance(wrong, str) and name in ("key", "name", "city", "country")):
                yield {**copy.deepcopy(tables), table: [{**copy.deepcopy(rows[0]), name: wrong}]}
