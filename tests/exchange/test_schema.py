"""The JSON Schema: it is the reader's own fields, and what is written satisfies it."""

import copy
import json
from typing import Any

import pytest
from flask import Flask
from jsonschema import Draft202012Validator

from cag_events.exchange import schema
from cag_events.exchange.fields import jsonable
from cag_events.exchange.files import parse, to_json
from cag_events.exchange.services import export, load
from cag_events.exchange.shapes import Table
from cag_events.exchange.tables import ROWS, SINGLE
from tests.exchange.programmes import demo, small, source

VALIDATOR = Draft202012Validator(json.loads(schema.FILE.read_text("utf-8")))


def wrong(tables: dict[str, Any]) -> list[str]:
    return ["/".join(map(str, fault.absolute_path)) for fault in VALIDATOR.iter_errors(jsonable(tables))]


def test_schema_file_is_what_the_fields_make() -> None:
    assert schema.FILE.read_text("utf-8") == schema.text()


def test_schema_is_a_schema() -> None:
    Draft202012Validator.check_schema(schema.build())

    assert schema.build()["$schema"] == "https://json-schema.org/draft/2020-12/schema"


def test_schema_accepts_the_demo() -> None:
    assert wrong(demo()) == []


def test_schema_accepts_an_export(app_ctx: Flask) -> None:
    load([source(demo())])

    assert wrong(parse(to_json(export()), "x", is_json=True)) == []


@pytest.mark.parametrize("table", [*SINGLE, *ROWS])
def test_schema_knows_the_fields_that_the_reader_knows(table: str) -> None:
    described = schema.build()["properties"][table]
    spec = SINGLE.get(table) or ROWS[table]

    assert _fields_described(described.get("items", described)) == _fields_read(spec)


@pytest.mark.parametrize(
    "change",
    [
        {"capasity": 1},
        {"status": "gone"},
        {"title": {"xx": "Hej"}},
        {"registration": {"mode": "open", "capacity": -1}},
        {"occurrences": [{"start": "18:00", "end": "19:00"}]},
        {"occurrences": [{"date": "2026-12-03", "week": 1, "day": "mon", "start": "18:00", "end": "19:00"}]},
        {"key": "Not A Key"},
        {"min_age": "old"},
    ],
)
def test_schema_refuses_what_the_reader_refuses(change: dict[str, Any]) -> None:
    assert wrong(small()) == []
    assert wrong(small(**copy.deepcopy(change))) != []


def _fields_read(spec: Any) -> dict[str, Any]:
    """The names of a table's fields, those of tables inside it too."""
    found = {}
    for field in spec.fields:
        inner = getattr(field.type, "of", field.type)
        found[field.name] = _fields_read(inner) if isinstance(inner, Table) else {}
    return found | ({"week": {}, "day": {}} if spec.dated else {})


def _fields_described(described: dict[str, Any]) -> dict[str, Any]:
    assert described["additionalProperties"] is False
    found = {}
    for name, outer in described["properties"].items():
        inner = outer.get("items", outer)
        is_table = inner.get("additionalProperties") is False
        found[name] = _fields_described(inner) if is_table else {}
    return found
