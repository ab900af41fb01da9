"""Programme files carry tours, hours of venues and what was counted: there and back nothing changes."""

import copy
from typing import Any

import pytest
from flask import Flask

from cag_events.exchange.faults import BadFile
from cag_events.exchange.services import export, load
from tests.exchange.programmes import demo, small, source

TOUR = {
    "key": "lake",
    "title": {"sv": "Sjön"},
    "works": [{"maker": "Kollektivet", "insurance_value": 5000, "label_languages": ["sv", "en"]}],
    "crates": [{"number": "1", "content": "Bilder", "weight_kg": 40}, {"number": "2"}],
    "stops": [
        {
            "key": "lund",
            "venue": "library",
            "event": "show",
            "status": "returned",
            "install_from": "2026-11-01",
            "opens": "2026-11-03",
            "closes": "2026-11-20",
            "until": "2026-11-22",
            "leg": {"days": 2, "carrier": "Frakt", "left": [{"crate": "1", "date": "2026-10-30"}]},
            "home": {"days": 1},
            "notes": [{"date": "2026-11-22", "moment": "return", "crate": "1", "text": "Hel."}],
            "overrides": [{"date": "2026-10-01", "missing_days": 2, "reason": "Nattbil."}],
        },
        {
            "key": "next",
            "venue": "library",
            "status": "asked",
            "install_from": "2026-12-01",
            "opens": "2026-12-03",
            "closes": "2026-12-20",
            "until": "2026-12-22",
            "leg": {"from": "lund", "days": 2},
        },
    ],
}
SHOW = {
    "key": "show",
    "kind": "exhibition",
    "status": "published",
    "title": {"sv": "Bilder", "en": "Pictures"},
    "themes": ["water"],
    "venue": "library",
    "exhibition": {"from": "2026-11-03", "to": "2026-11-20", "follows_venue": True},
    "visitors": [
        {
            "date": "2026-11-05",
            "typed": [{"segment": "students", "people": 12}, {"people": 3}],
            "taps": [{"hour": 11, "people": 4}, {"hour": 12, "segment": "students", "people": 2}],
        }
    ],
}
HOURS = {
    "opening": [{"days": ["mon", "tue"], "start": "10:00", "end": "17:00"}],
    "special": [{"date": "2026-11-05", "start": "10:00", "end": "21:00", "name": {"sv": "Sen kväll"}}],
    "closed": [{"date": "2026-11-09", "name": {"sv": "Inventering"}}],
}


def programme() -> dict[str, Any]:
    tables = copy.deepcopy(small())
    tables["venues"][0]["hours"] = copy.deepcopy(HOURS)
    tables["events"].append(copy.deepcopy(SHOW))
    tables["productions"] = [copy.deepcopy(TOUR)]
    return tables


def changed(receipt: Any) -> dict[str, dict[str, int]]:
    return {"new": receipt.new, "changed": receipt.changed}


def test_load_then_export_gives_back_what_the_file_said(any_ctx: Flask) -> None:
    load([source(programme())])

    given = export()

    production = given["productions"][0]
    assert [stop["key"] for stop in production["stops"]] == ["lund", "next"]
    assert production["stops"][0]["leg"]["left"] == [
        {"crate": "1", "date": production["stops"][0]["leg"]["left"][0]["date"]}
    ]
    assert production["stops"][0]["overrides"][0]["reason"] == "Nattbil."
    show = next(event for event in given["events"] if event["key"] == "show")
    assert len(show["visitors"][0]["taps"]) == 2
    assert given["venues"][0]["hours"]["special"][0]["end"] == "21:00"
    assert show["exhibition"]["follows_venue"] is True
    assert not show["exhibition"].get("opening")


def test_loading_the_same_twice_changes_nothing(any_ctx: Flask) -> None:
    load([source(programme())])

    assert changed(load([source(programme())])) == {"new": {}, "changed": {}}
    assert changed(load([source(export())])) == {"new": {}, "changed": {}}


def test_loading_a_tour_with_a_stop_less_removes_it_and_keeps_the_ticks_of_the_other(app_ctx: Flask) -> None:
    load([source(programme())])
    fewer = programme()
    fewer["productions"][0]["stops"].pop()

    receipt = load([source({"productions": fewer["productions"]})])

    assert receipt.changed == {"productions": 1}
    stops = export()["productions"][0]["stops"]
    assert [(stop["key"], len(stop["leg"]["left"])) for stop in stops] == [("lund", 1)]


def test_the_demo_says_the_same_after_a_round(app_ctx: Flask) -> None:
    load([source(demo())])
    once = export()

    assert changed(load([source(once)])) == {"new": {}, "changed": {}}
    assert export() == once


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda tour: tour["stops"][0].update(opens="2026-10-01"), "days out of order"),
        (lambda tour: tour["stops"][1].update(key="lund"), "given twice"),
        (lambda tour: tour["stops"][1]["leg"].update({"from": "nowhere"}), "is no other stop"),
        (lambda tour: tour["stops"][0]["leg"]["left"].append({"crate": "9", "date": "2026-10-30"}), "not there"),
        (lambda tour: tour["stops"][0].update(venue="nowhere"), "not among the venues"),
        (lambda tour: tour["stops"][0].update(event="nowhere"), "not among the events"),
        (lambda tour: tour["stops"][0].update(status="lost"), "is none of"),
    ],
    ids=["days", "twice", "leg", "crate", "venue", "event", "status"],
)
def test_load_names_what_cannot_be_right_of_a_tour(app_ctx: Flask, spoil: Any, said: str) -> None:
    tables = programme()
    spoil(tables["productions"][0])

    with pytest.raises(BadFile) as bad:
        load([source(tables)])
    assert said in "\n".join(bad.value.faults)
