"""Reads calendars with libical 3, the C library of GNOME and KDE, where the machine has it (`tools/libical.sh`)."""

import ctypes
from collections.abc import Iterator
from ctypes import Structure, c_char_p, c_int, c_long, c_short, c_void_p
from ctypes.util import find_library
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any

from tests.happenings import Happening, Text, alike

MISSING = "no libical 3"  # in the reason of every test that is skipped for it
_NAMES = ("libical.so.3", "libical.3.dylib", "/opt/homebrew/lib/libical.3.dylib", "/usr/local/lib/libical.3.dylib")
_MOST = 2_000  # dates of a rule


class _Time(Structure):
    _fields_ = (
        *((name, c_int) for name in ("year", "month", "day", "hour", "minute", "second", "is_date", "is_daylight")),
        ("zone", c_void_p),
    )


class _Rule(Structure):
    """`struct icalrecurrencetype` of 3.0."""

    _fields_ = (
        ("freq", c_int),
        ("until", _Time),
        ("count", c_int),
        ("interval", c_short),
        ("week_start", c_int),
        ("lists", c_short * (62 + 61 + 25 + 386 + 32 + 386 + 56 + 14 + 386)),
        ("rscale", c_char_p),
        ("skip", c_int),
    )


@cache
def library() -> Any:
    """The library with its functions declared; None where the machine has none."""
    for name in (*_NAMES, find_library("ical")):
        if name is None:
            continue
        try:
            found = ctypes.CDLL(name)
        except OSError:
            continue
        if hasattr(found, "icaltimezone_set_tzid_prefix") and hasattr(found, "icalvalue_get_recur"):
            return _declared(found)
    return None


def read_libical(octets: bytes) -> list[Happening]:
    """Return every date of every entry, rules expanded and overrides in their places; fails on any error it reports."""
    lib = library()
    root = lib.icalparser_parse_string(octets)
    assert root, "libical reads nothing"
    try:
        errors = lib.icalcomponent_count_errors(root)
        assert errors == 0, f"libical reports {errors} errors: {lib.icalcomponent_as_ical_string(root)!r}"
        return alike(_entry(lib, event) for event in _components(lib, root, b"VEVENT"))
    finally:
        lib.icalcomponent_free(root)
        lib.icalmemory_free_ring()


def texts_by_libical(octets: bytes) -> dict[str, Text]:
    """Return the words of every entry by UID."""
    lib = library()
    root = lib.icalparser_parse_string(octets)
    try:
        return {_text(lib, event, b"UID"): _words(lib, event) for event in _components(lib, root, b"VEVENT")}
    finally:
        lib.icalcomponent_free(root)
        lib.icalmemory_free_ring()


def method_by_libical(octets: bytes) -> tuple[str, list[str]]:
    """Return METHOD and the complaints of libical's own check of iTIP messages (RFC 5546)."""
    lib = library()
    root = lib.icalparser_parse_string(octets)
    try:
        prop = lib.icalcomponent_get_first_property(root, lib.icalproperty_string_to_kind(b"METHOD"))
        method = lib.icalproperty_get_value_as_string(prop).decode() if prop else ""
        lib.icalrestriction_check(root)
        return method, list(_complaints(lib, root))
    finally:
        lib.icalcomponent_free(root)


def _declared(lib: Any) -> Any:
    pointer = c_void_p
    for name, result, arguments in (
        ("icalparser_parse_string", pointer, (c_char_p,)),
        ("icalcomponent_free", None, (pointer,)),
        ("icalcomponent_as_ical_string", c_char_p, (pointer,)),
        ("icalcomponent_count_errors", c_int, (pointer,)),
        ("icalcomponent_string_to_kind", c_int, (c_char_p,)),
        ("icalcomponent_get_first_component", pointer, (pointer, c_int)),
        ("icalcomponent_get_next_component", pointer, (pointer, c_int)),
        ("icalproperty_string_to_kind", c_int, (c_char_p,)),
        ("icalcomponent_get_first_property", pointer, (pointer, c_int)),
        ("icalcomponent_get_next_property", pointer, (pointer, c_int)),
        ("icalproperty_get_value", pointer, (pointer,)),
        ("icalproperty_get_value_as_string", c_char_p, (pointer,)),
        ("icalproperty_get_parameter_as_string", c_char_p, (pointer, c_char_p)),
        ("icalproperty_get_datetime_with_component", _Time, (pointer, pointer)),
        ("icalvalue_get_text", c_char_p, (pointer,)),
        ("icalvalue_get_recur", _Rule, (pointer,)),
        ("icaltime_as_timet_with_zone", c_long, (_Time, pointer)),
        ("icalrecur_iterator_new", pointer, (_Rule, _Time)),
        ("icalrecur_iterator_next", _Time, (pointer,)),
        ("icalrecur_iterator_free", None, (pointer,)),
        ("icalrestriction_check", c_int, (pointer,)),
        ("icalmemory_free_ring", None, ()),
    ):
        function = getattr(lib, name)
        function.restype, function.argtypes = result, arguments
    return lib


def _entry(lib: Any, event: int) -> dict[str, Any]:
    """What `alike` puts together: one VEVENT with the dates that its rule gives."""
    start, end = (_moment(lib, event, name) for name in (b"DTSTART", b"DTEND"))
    assert start is not None
    assert end is not None
    first = _when(lib, start)
    starts = [first]
    for prop in _properties(lib, event, b"RRULE"):
        starts = list(_dates(lib, lib.icalvalue_get_recur(lib.icalproperty_get_value(prop)), start))
        assert starts[0] == first
    gone = [
        _when(lib, lib.icalproperty_get_datetime_with_component(prop, event))
        for prop in _properties(lib, event, b"EXDATE")
    ]
    recurrence = _moment(lib, event, b"RECURRENCE-ID")
    return {
        "uid": _text(lib, event, b"UID"),
        "recurrence": None if recurrence is None else _when(lib, recurrence),
        "starts": [moment for moment in starts if moment not in gone],
        "length": _when(lib, end) - first,
        "status": _text(lib, event, b"STATUS"),
        "summary": _text(lib, event, b"SUMMARY"),
    }


def _dates(lib: Any, rule: _Rule, start: _Time) -> Iterator[datetime | date]:
    iterator = lib.icalrecur_iterator_new(rule, start)
    assert iterator, "libical cannot read the rule"
    for _ in range(_MOST):
        moment = lib.icalrecur_iterator_next(iterator)
        if not moment.year:
            break
        moment.zone = start.zone
        yield _when(lib, moment)
    lib.icalrecur_iterator_free(iterator)


def _words(lib: Any, event: int) -> Text:
    return Text(
        *(_text(lib, event, name) for name in (b"SUMMARY", b"DESCRIPTION", b"LOCATION")),
        tuple(
            lib.icalvalue_get_text(lib.icalproperty_get_value(prop)).decode()
            for prop in _properties(lib, event, b"CATEGORIES")
        ),
    )


def _complaints(lib: Any, component: int) -> Iterator[str]:
    for prop in _properties(lib, component, b"X-LIC-ERROR"):
        yield lib.icalproperty_get_value_as_string(prop).decode()
    for part in _components(lib, component, b"ANY"):
        yield from _complaints(lib, part)


def _components(lib: Any, parent: int, name: bytes) -> Iterator[int]:
    kind = 1 if name == b"ANY" else lib.icalcomponent_string_to_kind(name)
    found = lib.icalcomponent_get_first_component(parent, kind)
    while found:
        yield found
        found = lib.icalcomponent_get_next_component(parent, kind)


def _properties(lib: Any, component: int, name: bytes) -> list[int]:
    kind, found = lib.icalproperty_string_to_kind(name), []
    prop = lib.icalcomponent_get_first_property(component, kind)
    while prop:
        found.append(prop)
        prop = lib.icalcomponent_get_next_property(component, kind)
    return found


def _text(lib: Any, component: int, name: bytes) -> str:
    for prop in _properties(lib, component, name):
        if name == b"STATUS":
            return str(lib.icalproperty_get_value_as_string(prop).decode())
        text = lib.icalvalue_get_text(lib.icalproperty_get_value(prop))
        return str(text.decode()) if text is not None else ""
    return ""


def _moment(lib: Any, event: int, name: bytes) -> _Time | None:
    for prop in _properties(lib, event, name):
        found: _Time = lib.icalproperty_get_datetime_with_component(prop, event)
        return found
    return None


def _when(lib: Any, moment: _Time) -> datetime | date:
    if moment.is_date:
        return date(moment.year, moment.month, moment.day)
    assert moment.zone, "libical does not know the zone"
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=lib.icaltime_as_timet_with_zone(moment, moment.zone))
