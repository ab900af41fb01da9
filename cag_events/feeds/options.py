"""Options of a feed: what its address may ask for beside filters, and what that does to stored entries."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from werkzeug.datastructures import MultiDict

from cag_events.domain.calendar import lines
from cag_events.domain.errors import N_, Refused

_EVENT: Final = re.compile(rb"^BEGIN:VEVENT\r\n.*?^END:VEVENT\r\n", re.DOTALL | re.MULTILINE)
_CANCELLED: Final = b"\r\nSTATUS:CANCELLED\r\n"
_RECURRENCE: Final = re.compile(rb"^RECURRENCE-ID([;:][^\r]*\r\n)", re.MULTILINE)
_EXDATES: Final = re.compile(rb"^EXDATE[;:][^\r]*\r\n", re.MULTILINE)
_RULE: Final = re.compile(rb"^RRULE:[^\r]*\r\n(?: [^\r]*\r\n)*", re.MULTILINE)
_PARTS: Final = re.compile(rb"^(?:BEGIN:(?:PARTICIPANT|VLOCATION)|END:VEVENT)\r\n", re.MULTILINE)


class Option(NamedTuple):
    """An option of feeds: its name in addresses, the value that asks for it, and the one that says what goes without
    saying. `field` is its name in Options.
    """

    name: str
    field: str
    on: str
    off: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Options:
    """What a feed was asked to do differently.

    `hours`: opening hours, week by week, in place of one long entry. `rich`: speakers, place and themes by RFC 9073 and
    9253 too. `without_cancelled`: what is called off or withdrawn is left out instead of being shown as cancelled.
    """

    hours: bool = False
    rich: bool = False
    without_cancelled: bool = False

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """What is asked for as the query of an address, always in one order."""
        return [(option.name, option.on) for option in OPTIONS if getattr(self, option.field)]


OPTIONS: Final = (
    Option("hours", "hours", "1", "0"),
    Option("profile", "rich", "rich", "plain"),
    Option("cancelled", "without_cancelled", "0", "1"),
)
NAMES: Final = tuple(option.name for option in OPTIONS)
DEFAULT: Final = Options()


def read_options(args: MultiDict[str, str]) -> tuple[Options, list[Refused]]:
    """Read the options of an address; faults are returned beside the rest. The last of several values counts."""
    found: dict[str, bool] = {}
    faults = []
    for option in OPTIONS:
        for raw in args.getlist(option.name):
            if raw in (option.on, option.off):
                found[option.field] = raw == option.on
            elif raw.strip():
                faults.append(_unknown(option, raw))
    return Options(**found), faults


def stored_options(kept: Mapping[str, Any]) -> Options:
    """Return options as a table keeps them."""
    return Options(**{option.field: bool(kept.get(option.field)) for option in OPTIONS})


def without_cancelled(body: bytes) -> bytes:
    """Return the stored VEVENTs of one UID without what is called off; a date of a rule is left out by EXDATE.

    Nothing at all if the whole is called off.
    """
    if _CANCELLED not in body:
        return body
    blocks: list[bytes] = _EVENT.findall(body)
    kept = [block for block in blocks if _CANCELLED not in block]
    if not kept or _CANCELLED in blocks[0]:
        return b""
    gone = [match[1] for block in blocks if _CANCELLED in block and (match := _RECURRENCE.search(block))]
    return b"".join([_leaving_out(kept[0], gone), *kept[1:]])


def with_alarms(body: bytes, minutes: tuple[int, ...], reminder: str) -> bytes:
    """Return stored VEVENTs with reminders before each that takes place; entries of whole days are given none."""
    if not minutes:
        return body
    alarms = b"".join(
        b"BEGIN:VALARM\r\nACTION:DISPLAY\r\n"
        + lines.text("DESCRIPTION", reminder, single_line=True)
        + f"TRIGGER:-PT{number}M\r\nEND:VALARM\r\n".encode()
        for number in sorted(minutes)
    )
    return b"".join(_alarmed(block, alarms) for block in _EVENT.findall(body))


def _alarmed(block: bytes, alarms: bytes) -> bytes:
    if _CANCELLED in block or b"\r\nDTSTART;VALUE=DATE:" in block:
        return block
    return _PARTS.sub(lambda match: alarms + match[0], block, count=1)


def _leaving_out(master: bytes, gone: list[bytes]) -> bytes:
    """Return a VEVENT with a rule from which more dates are left out, all of them after the rule and in order."""
    if not gone:
        return master
    dates = sorted({*_EXDATES.findall(master), *(b"EXDATE" + rest for rest in gone)})
    return _RULE.sub(lambda match: match[0] + b"".join(dates), _EXDATES.sub(b"", master), count=1)


def fields_of(options: Options) -> Iterator[tuple[str, bool]]:
    """Yield each option by its name in Options, as a table keeps it."""
    for option in OPTIONS:
        yield option.field, bool(getattr(options, option.field))


def _unknown(option: Option, raw: str) -> Refused:
    return Refused(
        "filter.value",
        N_("“%(value)s” is not a value of %(name)s. Values: %(known)s."),
        field=option.name,
        value=raw[:40],
        name=option.name,
        known=f"{option.on}, {option.off}",
    )
