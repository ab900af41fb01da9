"""Inviting people and offices, and acting for others: the lines that organizers paste, the replies, when to remind."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from cag_events.domain.errors import N_, Refused

REMIND_AFTER = timedelta(days=3)
MOST_LINES = 500
MOST_PLUS = 20
LONGEST_NAME = 120
_ADDRESS = re.compile(r"[^\s<>,;@\"]+@[^\s<>,;@\"]+\.[^\s<>,;@\".]{2,}")
_IN_BRACKETS = re.compile(r"^(?P<name>.*?)\s*<(?P<email>[^<>]*)>$")


class Reply(StrEnum):
    """What an invitation was answered with."""

    YES = "yes"
    NO = "no"
    SUBSTITUTE = "substitute"  # somebody else comes instead


class Part(StrEnum):
    """What somebody else has to do with a registration."""

    ANSWERED = "answered"  # an assistant, who gets a copy
    HELPER = "helper"  # got a link of their own
    SUCCESSOR = "successor"  # is to take the seat


@dataclass(frozen=True, slots=True)
class Addressee:
    """A person or an office as the organizer wrote it; no e-mail: the invitation is handed over."""

    name: str
    email: str | None


def read_addressees(text: str) -> tuple[Addressee, ...]:
    """Read pasted lines: `Name <address>`, `Name; address`, `address` or a name alone. An address twice counts once.

    Raises Refused invitation.line with the number of the first line that cannot be read, or invitation.many.
    """
    found: dict[str, Addressee] = {}
    lines = [(number, line.strip(" \t,;")) for number, line in enumerate(text.splitlines(), 1)]
    wanted = [(number, line) for number, line in lines if line]
    if len(wanted) > MOST_LINES:
        raise Refused("invitation.many", N_("At most %(most)s lines at once, please."), field="lines", most=MOST_LINES)
    for number, line in wanted:
        one = _read(line)
        if one is None:
            raise Refused(
                "invitation.line",
                N_("Line %(number)s cannot be read. Write: Name <address@example.org>"),
                field="lines",
                number=number,
            )
        found.setdefault((one.email or f"= {one.name}").casefold(), one)
    return tuple(found.values())


def _read(line: str) -> Addressee | None:
    bracketed = _IN_BRACKETS.match(line)
    if bracketed:
        name, email = bracketed["name"], bracketed["email"].strip().removeprefix("mailto:")
    else:
        parts = [part for part in re.split(r"[\t;,]\s*|\s+(?=\S+@)", line) if part]
        email = next((part for part in parts if "@" in part), "")
        name = " ".join(part for part in parts if part != email)
    name = name.strip(" \t\"'")
    if (email and not _ADDRESS.fullmatch(email)) or (bracketed and not email) or "@" in name or "<" in name:
        return None
    if len(name) > LONGEST_NAME or len(email) > 254 or not (name or email):
        return None
    return Addressee(name or email.partition("@")[0], email or None)


def may_remind(asked_at: datetime, reminded_at: datetime | None, at: datetime) -> bool:
    """Tell whether somebody who has not answered may be reminded: three days after what they last got."""
    return at >= max(asked_at, reminded_at or asked_at) + REMIND_AFTER
