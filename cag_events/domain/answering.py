"""What follows from a calendar's answer to an invitation: nothing, a note, a free seat, or a look by a human."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from cag_events.domain.calendar.answers import CalendarAnswer


class Follows(StrEnum):
    """What follows from an answer."""

    NOTHING = "nothing"
    NOTE = "note"
    FREE = "free"  # the seat
    HUMAN = "human"


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """What we know where an answer comes in. `is_owner`: it names the address that was invited, or came from it."""

    is_over: bool
    is_verified: bool  # our own mail server says that its sender is who they say, or is not asked
    is_owner: bool
    counts: bool  # the registration: it holds a seat, or waits for one
    significant_sequence: int
    last_stamp: datetime | None  # of the answer before


@dataclass(frozen=True, slots=True)
class Verdict:
    """What follows, and why in a word."""

    follows: Follows
    reason: str = ""


DOUBTFUL: Final = frozenset({"unverified", "stranger"})  # reasons: it may not be the invited person who answers
_SAID: Final = {
    "ACCEPTED": Verdict(Follows.NOTE),
    "TENTATIVE": Verdict(Follows.NOTE),
    "DECLINED": Verdict(Follows.FREE),
}
_DOUBTS: Final[tuple[tuple[str, Callable[[CalendarAnswer, Situation], bool]], ...]] = (
    ("unverified", lambda _answer, now: not now.is_verified),
    ("stranger", lambda _answer, now: not now.is_owner),
    ("delegated", lambda answer, _now: answer.is_delegated or answer.partstat == "DELEGATED"),
    ("counter", lambda answer, _now: answer.method == "COUNTER"),
    ("refresh", lambda answer, _now: answer.method == "REFRESH"),
    ("one_date", lambda answer, _now: answer.is_of_one_date),
)  # for a human to look at, the first that holds


def judge(answer: CalendarAnswer, now: Situation) -> Verdict:
    """Return what follows from an answer (RFC 5546 §2.1.4, §3.2.3): of two, the newer counts, whichever comes first.

    Who may come, and may not be who they say, is worth nobody's time: that changes nothing.
    """
    if now.is_over:
        return Verdict(Follows.NOTHING, "over")
    if answer.sequence < now.significant_sequence:
        return Verdict(Follows.NOTHING, "outdated")
    if now.last_stamp is not None and answer.stamp <= now.last_stamp:
        return Verdict(Follows.NOTHING, "older")
    doubt = next((reason for reason, holds in _DOUBTS if holds(answer, now)), "")
    if doubt:
        harmless = doubt in DOUBTFUL and answer.method == "REPLY" and answer.partstat in {"ACCEPTED", "TENTATIVE"}
        return Verdict(Follows.NOTHING if harmless else Follows.HUMAN, doubt)
    verdict = _SAID.get(answer.partstat, Verdict(Follows.NOTHING, "partstat"))
    return Verdict(Follows.NOTE) if verdict.follows is Follows.FREE and not now.counts else verdict
