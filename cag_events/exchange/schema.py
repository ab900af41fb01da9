"""The JSON Schema of programme files, for editors: made from the same fields that the reader uses.

`python -m cag_events.exchange.schema` writes it beside this module; a test says when that is due.
"""

import json
from pathlib import Path
from typing import Any, Final

from cag_events.exchange.fields import LINE, PROSE, TEXT_LANGUAGES, WEEKDAYS
from cag_events.exchange.tables import ROWS, SINGLE

FILE: Final = Path(__file__).parent / "programme.schema.json"
DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"


def build() -> dict[str, Any]:
    """Return the schema. A date is a text in JSON; in TOML also a date, which tools turn into the same text."""
    return {
        "$schema": DIALECT,
        "title": "cag_events programme file",
        "description": (
            "One table per noun; rows have a key (users: email). What is required is so for new rows: a row that"
            " exists may name only what changes."
        ),
        "type": "object",
        "additionalProperties": False,
        "properties": {
            **{name: table.schema() for name, table in SINGLE.items()},
            **{name: {"type": "array", "items": table.schema()} for name, table in ROWS.items()},
            "generator": {"description": "read by the demo alone", "type": "object"},
        },
        "$defs": {
            "texts": _texts(LINE),
            "prose": _texts(PROSE),
            "week": {"type": "integer", "minimum": -5000, "maximum": 5000, "description": "from meta.anchor"},
            "weekday": {"enum": list(WEEKDAYS)},
            "day": {
                "anyOf": [
                    {"type": "string", "format": "date", "pattern": r"^\d{4}-\d{2}-\d{2}$"},
                    {
                        "type": "object",
                        "properties": {"week": {"$ref": "#/$defs/week"}, "day": {"$ref": "#/$defs/weekday"}},
                        "required": ["week", "day"],
                        "additionalProperties": False,
                    },
                ]
            },
        },
    }


def _texts(most: int) -> dict[str, Any]:
    text = {"type": "string", "maxLength": most}
    return {
        "type": "object",
        "properties": dict.fromkeys(TEXT_LANGUAGES, text),
        "additionalProperties": False,
    }


def text() -> str:
    """Return the schema as it stands in its file."""
    return json.dumps(build(), ensure_ascii=False, indent=2) + "\n"


if __name__ == "__main__":
    FILE.write_text(text(), encoding="utf-8")
