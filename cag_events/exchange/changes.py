"""Compares what a file says with what the database holds: only rows that differ are touched."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cag_events.exchange.checks import Around, check, with_end_date
from cag_events.exchange.fields import jsonable
from cag_events.exchange.queries import rooms_of_venues, written_rows, written_single, zones_of_venues
from cag_events.exchange.reading import Programme, Row
from cag_events.exchange.secrets import without_secrets
from cag_events.exchange.tables import ROWS, SINGLE
from cag_events.kinds import KINDS, read_details, write_details


@dataclass(frozen=True)
class Change:
    """A row that is new or differs: `before` is None for a new one, `after` the whole row as it shall be."""

    key: str
    before: dict[str, Any] | None
    after: dict[str, Any]
    row: Row

    def differs(self, *names: str) -> bool:
        """Tell whether any of these fields is another than before."""
        return self.before is None or any(_of(self.before, name) != _of(self.after, name) for name in names)


@dataclass
class Changes:
    """What loading would do, by table; `single` holds only tables that differ."""

    rows: dict[str, list[Change]] = field(default_factory=dict)
    single: dict[str, dict[str, Any]] = field(default_factory=dict)
    generator: Any = None
    same: dict[str, int] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return any(self.rows.values()) or bool(self.single) or self.generator is not None


def compare(programme: Programme) -> Changes:
    """Return what is new or differs, after checking it; faults go to the programme's list."""
    around = _around(programme)
    changes = Changes()
    for table, rows in programme.rows.items():
        spec = ROWS[table]
        current = written_rows(table, [row.key for row in rows]) if rows else {}
        changed = []
        for row in rows:
            before = current.get(row.key)
            given = _settled(table, row.values)
            after = _with_inner(table, before, spec.merged(before, given)) if before is not None else given
            after = _with_details(table, after)
            if before is not None and spec.write(after) == spec.write(before):
                continue
            known = len(programme.faults)
            check(table, after if before is not None else row.values, row.place, around)
            if len(programme.faults) == known:
                changed.append(Change(row.key, before, after, row))
        changes.rows[table] = changed
        changes.same[table] = len(rows) - len(changed)
    before_single = written_single()
    for name, given in programme.single.items():
        spec, before = SINGLE[name], before_single.get(name, {})
        after = spec.merged(before, given)
        if spec.write(after) != spec.write(before):
            changes.single[name] = after
    if programme.generator is not None and programme.generator != before_single.get("generator"):
        changes.generator = programme.generator
    return changes


def _around(programme: Programme) -> Around:
    """Gather what checks need, the file's own venues before those of the database."""
    around = Around(zones=zones_of_venues(), rooms=rooms_of_venues())
    single = written_single()
    meta = {**single.get("meta", {}), **programme.single.get("meta", {})}
    around.home = meta.get("timezone") or around.home
    for row in programme.rows["venues"]:
        if "tz" in row.values:
            around.zones[row.key] = row.values["tz"]
        rooms = {room["key"]: room["capacity"] for room in row.values.get("rooms", ())}
        around.rooms[row.key] = {**around.rooms.get(row.key, {}), **rooms}
    return around


def _settled(table: str, values: dict[str, Any]) -> dict[str, Any]:
    """Return values in the one form in which they are compared."""
    if table != "events" or not values.get("occurrences"):
        return values
    return {**values, "occurrences": [with_end_date(given) for given in values["occurrences"]]}


def _with_details(table: str, values: dict[str, Any]) -> dict[str, Any]:
    """Return an event with the fields of its kind as they are stored."""
    if table != "events":
        return values
    values = without_secrets(values)
    kind = KINDS[values["kind"]]
    given = {name: values[name] for name in kind.sections if values.get(name)}
    return {**values, **write_details(kind.slug, read_details(kind.slug, jsonable(given)))} if given else values


def _with_inner(table: str, before: Mapping[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """Keep the rooms and subtopics that a row does not name: they are rows too."""
    for owner, name in (("venues", "rooms"), ("themes", "subtopics")):
        if table == owner:
            merged = {item["key"]: item for item in before[name]}
            for item in after[name]:
                merged[item["key"]] = {**merged.get(item["key"], {}), **item}
            after[name] = list(merged.values())
    return after


def _of(values: Mapping[str, Any], name: str) -> Any:
    return values.get(name) or None
