"""Productions in programme files: works, crates, and the tour with its stops and the ways between them."""

import re
from collections.abc import Mapping
from typing import Any, Final

from cag_events.domain.errors import Refused
from cag_events.domain.tours import Stop, StopStatus, require_dates
from cag_events.exchange import fields as f
from cag_events.exchange.faults import Place, nearest
from cag_events.exchange.fields import Choice, Day, ListOf, Number, Pattern, Ref, Text
from cag_events.exchange.often import NAME, PROSE
from cag_events.exchange.shapes import Field, Table

NUMBER: Final = Text(20)
CURRENCY: Final = Pattern(re.compile(r"[A-Z]{3}"), "a currency's three letters")
FROM: Final = Pattern(f.KEY.pattern, f.KEY.what, may_be_empty=True)
TICK: Final = Table((Field("crate", NUMBER, required=True), Field("date", Day(), required=True)), dated="date")
WAY: Final = (
    Field("carrier", Text(200)),
    Field("cost_bearer", Choice(("", "us", "host", "shared"))),
    Field("days", Number(0, 365), always=True),
    Field("note", Text(300)),
    Field("left", ListOf(TICK)),
    Field("arrived", ListOf(TICK)),
)
NOTE: Final = Table(
    (
        Field("date", Day(), required=True),
        Field("moment", Choice(("arrival", "run", "return")), required=True),
        Field("crate", NUMBER),
        Field("text", Text(2000, prose=True), required=True),
    ),
    dated="date",
)
OVERRIDE: Final = Table(
    (
        Field("date", Day(), required=True),
        Field("missing_days", Number(0, 10_000), always=True),
        Field("reason", Text(300), required=True),
    ),
    dated="date",
)
STOP: Final = Table(
    (
        Field("key", f.KEY, required=True),
        Field("venue", Ref("venues"), required=True),
        Field("event", Ref("events", may_be_empty=True)),
        Field("status", Choice(tuple(StopStatus)), always=True),
        Field("install_from", Day(), required=True),
        Field("opens", Day(), required=True),
        Field("closes", Day(), required=True),
        Field("until", Day(), required=True),
        Field("crew", Text(300)),
        Field("host_contact", Text(300)),
        Field("fee_weeks", Number(0, 520)),
        Field("host_percent", Number(0, 100)),
        Field("fee_note", Text(300)),
        Field("evaluation", Text(4000, prose=True)),
        Field("leg", Table((Field("from", FROM), *WAY))),
        Field("home", Table(WAY)),
        Field("notes", ListOf(NOTE)),
        Field("overrides", ListOf(OVERRIDE)),
    )
)
WORK: Final = Table(
    (
        Field("maker", Text(), required=True),
        Field("title", NAME),
        Field("credit", Text()),
        Field("label_languages", ListOf(Choice(f.SPOKEN_LANGUAGES), distinct=True)),
        Field("insurance_value", Number(0, 100_000_000)),
        Field("sensitivity", Text(1000, prose=True)),
    )
)
NEEDS: Final = Table(
    (
        Field("wall_m", Number(0, 10_000)),
        Field("floor_m2", Number(0, 100_000)),
        Field("floor_load", Number(0, 100_000)),
        Field("power", Text()),
        Field("climate", Text()),
    )
)
CRATE: Final = Table(
    (
        Field("number", NUMBER, required=True),
        Field("content", Text()),
        Field("weight_kg", Number(0, 10_000)),
        Field("size_cm", Text(40)),
    )
)
PRODUCTIONS: Final = Table(
    (
        Field("key", f.KEY, required=True),
        Field("title", NAME, required=True),
        Field("about", PROSE),
        Field("works", ListOf(WORK, most=500), always=True),
        Field("needs", NEEDS),
        Field("drawings", ListOf(Table((Field("title", Text(), required=True), Field("url", f.LINK, required=True))))),
        Field("mounting", PROSE),
        Field("host_does", PROSE),
        Field("currency", CURRENCY),
        Field("fee_per_week", Number(0, 10_000_000)),
        Field("fee_note", NAME),
        Field("emergency_contact", Text(300)),
        Field("storage", Text(300)),
        Field("usual_days", Number(0, 365), usual=1),
        Field("texts_days", Number(0, 365), usual=21),
        Field("agreed_weeks", Number(0, 104), usual=12),
        Field("crates", ListOf(CRATE, most=200), always=True),
        Field("stops", ListOf(STOP, most=200), always=True),
    ),
    merges=True,
)
OPENING: Final = Table(
    (
        Field("days", ListOf(Choice(f.WEEKDAYS), distinct=True), required=True),
        Field("start", f.CLOCK, required=True),
        Field("end", f.CLOCK, required=True),
    )
)
HOURS: Final = Table(
    (
        Field("opening", ListOf(OPENING)),
        Field(
            "special",
            ListOf(
                Table(
                    (
                        Field("date", Day(), required=True),
                        Field("start", f.CLOCK, required=True),
                        Field("end", f.CLOCK, required=True),
                        Field("name", NAME),
                    ),
                    dated="date",
                )
            ),
        ),
        Field("closed", ListOf(Table((Field("date", Day(), required=True), Field("name", NAME)), dated="date"))),
    )
)


def check_production(values: Mapping[str, Any], place: Place) -> None:
    """Name what cannot be right of a production: days out of order, stops and crates that are not there or twice."""
    stops, numbers = values.get("stops") or [], [crate["number"] for crate in values.get("crates") or []]
    keys = [stop["key"] for stop in stops]
    for name, given in (("stops", keys), ("crates", numbers)):
        for number, one in enumerate(given):
            if one in given[:number]:
                place.at(name).item(number).say(f'"{one}" is given twice')
    for number, stop in enumerate(stops):
        at = place.at("stops").item(number)
        _check_days(stop, at)
        came = (stop.get("leg") or {}).get("from")
        if came and (came not in keys or came == stop["key"]):
            at.at("leg").at("from").say(f'"{came}" is no other stop{nearest(came, keys)}')
        named = [
            tick["crate"] for way in ("leg", "home") for end in ("left", "arrived") for tick in _of(stop, way, end)
        ]
        named += [note["crate"] for note in stop.get("notes") or [] if note.get("crate")]
        for crate in named:
            if crate not in numbers:
                at.say(f'names a crate "{crate}" that is not there{nearest(crate, numbers)}')


def _of(stop: Mapping[str, Any], way: str, end: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (stop.get(way) or {}).get(end) or []
    return found


def _check_days(stop: Mapping[str, Any], place: Place) -> None:
    days = Stop(
        key=stop["key"],
        status=StopStatus(stop.get("status") or "asked"),
        install_from=stop["install_from"],
        opens_on=stop["opens"],
        closes_on=stop["closes"],
        until=stop["until"],
    )
    try:
        require_dates(days)
    except Refused as refused:
        place.say(f"has days out of order: {refused}")
