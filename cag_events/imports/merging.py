"""What changed in a file since it was taken, and what changed here: field by field, so that neither is lost."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any, Final

from cag_events.domain.errors import N_
from cag_events.domain.event import Mode
from cag_events.events.fields import EventFields
from cag_events.imports.foreign import ForeignEntry
from cag_events.imports.wishes import Wish
from cag_events.kinds import KINDS, read_details

FIELDS: Final = {
    "title": N_("Title"),
    "body": N_("Text"),
    "when": N_("When"),
    "place": N_("Where"),
    "online": N_("Online room"),
    "kind": N_("Kind"),
    "themes": N_("Themes"),
}  # in the order in which they are told
Hashes = Mapping[str, str]


def theirs(entry: ForeignEntry, changed: Sequence[ForeignEntry]) -> dict[str, str]:
    """Return hashes of what a file says of an entry, by our fields: of its words alone, not of what we make of them."""
    span = [_span(one) for one in (entry, *sorted(changed, key=lambda one: str(one.recurrence_wall)))]
    return _hashed(
        {
            "title": entry.summary,
            "body": [entry.description, entry.url, entry.location],
            "when": span,
            "place": [entry.location, entry.geo],
            "online": entry.online_url,
            "kind": sorted(entry.categories),
            "themes": sorted(entry.categories),
        }
    )


def _span(entry: ForeignEntry) -> dict[str, Any]:
    names = ("recurrence_wall", "starts_wall", "ends_wall", "tz", "is_all_day", "rrule", "rdates", "exdates")
    values = asdict(entry)
    return {**{name: values[name] for name in names}, "off": entry.status == "CANCELLED"}


def values_of(fields: EventFields, lang: str, online_url: str | None) -> dict[str, Any]:
    """Return what an event is, by the fields that an import writes."""
    dates = [[one.starts_wall, one.ends_wall, one.cancelled_on] for one in fields.occurrences]
    return {
        "title": fields.title.get(lang, ""),
        "body": fields.body.get(lang, ""),
        "when": [dates, fields.tz, KINDS[fields.kind].run_of(read_details(fields.kind, fields.details))],
        "place": [fields.mode, fields.venue, fields.room],
        "online": online_url or "",
        "kind": fields.kind,
        "themes": list(fields.themes),
    }


def ours(fields: EventFields, lang: str, online_url: str | None) -> dict[str, str]:
    """Return hashes of what an event is, by the fields that an import writes."""
    return _hashed(values_of(fields, lang, online_url))


def wished(wish: Wish, fields: EventFields, name: str) -> EventFields:
    """Return an event's fields with one of them as a wish has it; texts in other languages stay."""
    match name:
        case "title":
            return replace(fields, title={**fields.title, wish.lang: wish.title})
        case "body":
            return replace(fields, body={**fields.body, wish.lang: wish.body})
        case "when":
            return _dated(wish, fields)
        case "place":
            return replace(fields, mode=wish.mode, venue=wish.venue, room=wish.room)
        case "kind":
            return replace(fields, kind=wish.kind, details=wish.details({}))
        case "themes":
            return replace(fields, themes=wish.themes)
    return fields


def _dated(wish: Wish, fields: EventFields) -> EventFields:
    details = wish.details(fields.details) if wish.kind == fields.kind else fields.details
    return replace(fields, occurrences=wish.occurrences(fields.occurrences), tz=wish.own_tz, details=details)


def room_of(wish: Wish) -> str | None:
    """Return the address of the online room that a wish has; None where it has none to say."""
    return wish.online_url if wish.mode is Mode.ONLINE and wish.online_url else None


def _hashed(values: Mapping[str, Any]) -> dict[str, str]:
    return {
        name: hashlib.sha256(json.dumps(value, default=str, ensure_ascii=False, sort_keys=True).encode()).hexdigest()[
            :24
        ]
        for name, value in values.items()
    }
