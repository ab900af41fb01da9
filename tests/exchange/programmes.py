"""Programme files for tests: the demo's, a small one to change, and one as large as one likes."""

import copy
import tomllib
from pathlib import Path
from typing import Any

from cag_events.exchange.files import Source

DEMO = Path(__file__).parents[2] / "cag_events" / "demo" / "demo.toml"


def demo() -> dict[str, Any]:
    """The demo programme as tables."""
    return tomllib.loads(DEMO.read_text("utf-8"))


def source(tables: dict[str, Any], name: str = "programme.toml") -> Source:
    """A file that holds these tables."""
    return Source(name, tables)


def small(**event: Any) -> dict[str, Any]:
    """A programme of one venue, one theme and one lecture; `event` changes the lecture."""
    lecture: dict[str, Any] = {
        "key": "talk",
        "kind": "lecture",
        "status": "published",
        "title": {"sv": "Samtal", "en": "Talk"},
        "themes": ["water"],
        "venue": "library",
        "room": "hall",
        "occurrences": [{"date": "2026-12-03", "start": "18:00", "end": "19:30"}],
        "registration": {"mode": "open", "capacity": 30},
    }
    return {
        "themes": [{"key": "water", "name": {"sv": "Vatten", "en": "Water"}, "subtopics": []}],
        "segments": [{"key": "students", "name": {"sv": "Studenter", "en": "Students"}}],
        "contacts": [{"key": "ada", "name": "Ada Exempel"}, {"key": "bo", "name": "Bo Prov"}],
        "venues": [
            {
                "key": "library",
                "name": {"sv": "Biblioteket"},
                "city": "Lund",
                "country": "SE",
                "tz": "Europe/Stockholm",
                "rooms": [
                    {"key": "hall", "name": "Hallen", "capacity": 40},
                    {"key": "cave", "name": "Källaren", "capacity": 20},
                ],
            }
        ],
        "events": [{**lecture, **event}],
    }


def large(events: int) -> dict[str, Any]:
    """The demo programme with its events repeated, week by week, until there are so many."""
    tables = demo()
    originals = tables["events"]
    made = []
    for number in range(events):
        event = copy.deepcopy(originals[number % len(originals)])
        event["key"] = f"{event['key']}-{number}"
        _shift(event, number // len(originals))
        made.append(event)
    tables["events"] = made
    return tables


def _shift(value: Any, weeks: int) -> None:
    """Move every point in time so many weeks."""
    if isinstance(value, dict):
        if "week" in value:
            value["week"] += weeks
        for inner in value.values():
            _shift(inner, weeks)
    elif isinstance(value, list):
        for inner in value:
            _shift(inner, weeks)
