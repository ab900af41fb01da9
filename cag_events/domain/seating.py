"""How an event gives its seats: what it holds for whom until when, who may register first, how its queue moves.

Plain values, as an event's row, record and files hold them; the rules are in domain.seats and domain.registering.
"""

from dataclasses import dataclass
from enum import StrEnum


class Proof(StrEnum):
    """How somebody shows that a held seat is theirs."""

    NONE = "none"  # they say so
    DOMAIN = "domain"  # their address is at one of these mail domains
    CODE = "code"  # they type the code that the organizer gave them
    LIST = "list"  # their address is on the organizer's list


class Filling(StrEnum):
    """What happens with a seat that comes free."""

    FILL = "fill"  # the next party gets it at once
    OFFER = "offer"  # it is offered to the next party, which has some hours to accept


class Lapse(StrEnum):
    """What happens with a party that lets an offer lapse."""

    END = "end"  # it goes to the end of the queue
    OUT = "out"  # it leaves the queue


@dataclass(frozen=True, slots=True, kw_only=True)
class Pool:
    """Seats held for a segment, on site or online, until some hours before the event's start (None: to the end)."""

    segment: str
    seats: int
    online: bool = False
    release_hours: int | None = None
    proof: Proof = Proof.NONE
    domains: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Phase:
    """A segment (empty: the members) that may register before everybody else, and how many hours before."""

    segment: str = ""
    hours: int


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueRule:
    """How the queue moves; `hours`: how long an offer stands."""

    filling: Filling = Filling.FILL
    hours: int = 24
    lapse: Lapse = Lapse.END
