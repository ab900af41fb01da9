"""What is shown and decided at the door: names as a helper sees them, and how many of a party a press lets in."""

from dataclasses import dataclass
from enum import StrEnum

LEAST_LETTERS = 3  # of a search on the server
MOST_PEOPLE = 100  # by one press


class Press(StrEnum):
    """What somebody at the door does."""

    ARRIVE = "arrive"
    UNDO = "undo"
    WALK_IN = "walk_in"
    HEADS = "heads"


class Outcome(StrEnum):
    """What became of a press."""

    DONE = "done"
    ALREADY = "already"  # the whole party was in
    REFUSED = "refused"


class State(StrEnum):
    """Whether somebody may come in, as the door knows it."""

    SEAT = "seat"
    ONLINE = "online"  # has a seat online, none in the room
    OTHER_DATE = "other_date"
    WAITING = "waiting"
    GONE = "gone"  # withdrawn or declined


@dataclass(frozen=True, slots=True)
class Entry:
    """How a press changes the number of a party that is in."""

    outcome: Outcome
    people: int  # by so many


def short_name(name: str) -> str:
    """Return a name as the door shows it: the first name and the initial of the last; an alias stays as it is.

    A name that is written the other way round, with a comma, is turned.
    """
    last, comma, first = name.partition(",")
    words = (f"{first} {last}" if comma and first.strip() else name.replace(",", " ")).split()
    if len(words) < 2:
        return words[0] if words else ""
    return f"{words[0]} {words[-1][0].upper()}."


def let_in(party: int, here: int, people: int | None) -> Entry:
    """Return what a press does that lets in so many of a party, None: all who are not in yet. Never more than come."""
    left = party - here
    if left <= 0:
        return Entry(Outcome.ALREADY, 0)
    return Entry(Outcome.DONE, left if people is None else max(1, min(people, left)))


def take_out(here: int, people: int | None) -> Entry:
    """Return what an undo does: of so many, None: of all who are in. Never lets anybody in, as an undo of an undo."""
    if here <= 0 or (people is not None and people < 0):
        return Entry(Outcome.ALREADY, 0)
    return Entry(Outcome.DONE, -(here if people is None else min(people, here)))
