"""The page of a visitor's own programme, as plain values: what there is to choose, what is chosen, what clashes."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from itertools import combinations

from flask_babel import gettext as _
from flask_babel import ngettext

from cag_events.conferences.items import is_over, placed_of, programme_of
from cag_events.conferences.models import ItemSignUp, SignUpStatus
from cag_events.conferences.queries import CHOSEN, Fullness, fullness_of, sign_ups_of
from cag_events.domain.event import EventView, Mode
from cag_events.domain.programme import overlap
from cag_events.events.extensions import OwnVisit
from cag_events.kinds.conference import Placed
from cag_events.registrations.queries.seats import FEW


@dataclass(frozen=True, kw_only=True)
class Choice:
    """An item to choose. `seats`: how many are left in words; `state`: how one stands with it; `locked`: why not."""

    one: Placed
    is_chosen: bool
    seats: str = ""
    is_full: bool = False
    state: str = ""
    locked: str = ""


@dataclass(frozen=True, kw_only=True)
class DayOfChoices:
    """A day on which somebody comes; items that begin together stand together."""

    part: object
    times: tuple[tuple[Choice, ...], ...]


@dataclass(frozen=True, kw_only=True)
class Mine:
    """What the page of somebody's own programme shows."""

    days: tuple[DayOfChoices, ...]
    mine: tuple[tuple[Placed, str], ...]  # chronological, with breaks and what is for everybody: item and a word
    clashes: tuple[tuple[Placed, Placed], ...]
    gone: tuple[str, ...]  # titles of chosen items that do not take place
    short: tuple[tuple[Placed, int], ...]  # fewer seats than people
    people: int = 1


def page_of(visit: OwnVisit, mode: Mode, party: int, ticked: Collection[str] | None = None) -> Mine:
    """Return the page as a registration's owner sees it; `ticked`: what was just sent and refused."""
    mine, full = sign_ups_of(visit.registration_id), fullness_of(visit.view.id)
    items = {key: one for key, one in placed_of(visit.view).items() if one.part.id in visit.occurrence_ids}
    chosen = {key for key, row in mine.items() if row.status in CHOSEN}
    shown = chosen if ticked is None else set(ticked)
    choices = {
        key: _choice(one, mine.get(key), full.get(key, Fullness()), visit, (mode, key in shown))
        for key, one in items.items()
        if not one.item.break_
    }
    held = [items[key] for key in items if key in chosen and not items[key].is_cancelled]
    return Mine(
        days=tuple(_by_day(choices)),
        mine=tuple(_chronological(items, mine, chosen)),
        clashes=tuple((one, other) for one, other in combinations(held, 2) if overlap(one, other)),
        gone=tuple(_gone(visit.view, chosen, items)),
        short=tuple((one, mine[one.key].people) for one in held if 0 < mine[one.key].people < party),
        people=party,
    )


def _choice(one: Placed, row: ItemSignUp | None, full: Fullness, visit: OwnVisit, how: tuple[Mode, bool]) -> Choice:
    """Return an item to choose; `how`: how this reader takes part, and whether it is ticked."""
    mode, is_chosen = how
    item = one.item
    left = max(0, (item.capacity or 0) - full.held) if item.takes_sign_ups else 0
    is_full = item.takes_sign_ups and (left == 0 or full.parties_waiting > 0)
    locked = ""
    if one.is_cancelled:
        locked = _("Cancelled")
    elif is_over(one, visit.now):
        locked = _("Has begun")
    elif item.takes_sign_ups and mode is Mode.ONLINE:
        locked = _("Seats in the room alone")
    return Choice(
        one=one,
        is_chosen=is_chosen,
        seats=_seats(left, full, visit.view, is_full) if item.takes_sign_ups else _first_come(one),
        is_full=is_full,
        state=_state(row),
        locked=locked,
    )


def _seats(left: int, full: Fullness, view: EventView, is_full: bool) -> str:
    """What may be told of an item's seats: numbers on open events, words on others, as for the event's own."""
    if is_full and view.shows_seat_numbers and full.waiting:
        return str(ngettext("Full, %(num)s waits", "Full, %(num)s wait", full.waiting))
    if is_full:
        return str(_("Full: you can wait for a seat"))
    if view.shows_seat_numbers:
        return str(ngettext("%(num)s seat left", "%(num)s seats left", left))
    return str(_("Few seats left")) if left <= FEW else str(_("Seats left"))


def _first_come(one: Placed) -> str:
    seats = one.item.capacity
    if not seats:
        return ""
    return str(ngettext("%(num)s seat, for whoever comes first", "%(num)s seats, for those who come first", seats))


def _state(row: ItemSignUp | None) -> str:
    if row is None or row.status not in CHOSEN:
        return ""
    return str(_("You are on the waiting list") if row.status is SignUpStatus.WAITING else _("In your programme"))


def _by_day(choices: Mapping[str, Choice]) -> list[DayOfChoices]:
    days: dict[int, list[list[Choice]]] = {}
    parts: dict[int, object] = {}
    for choice in choices.values():
        part = choice.one.part
        parts[part.id] = part
        times = days.setdefault(part.id, [])
        if times and times[-1][0].one.starts_wall == choice.one.starts_wall:
            times[-1].append(choice)
        else:
            times.append([choice])
    return [DayOfChoices(part=parts[key], times=tuple(tuple(row) for row in times)) for key, times in days.items()]


def _chronological(
    items: Mapping[str, Placed], mine: Mapping[str, ItemSignUp], chosen: Collection[str]
) -> list[tuple[Placed, str]]:
    """What was chosen, and around it breaks and what has its time to itself: that is for everybody."""
    rows = []
    held = [items[key] for key in items if key in chosen]
    for key, one in items.items():
        if key in chosen:
            rows.append((one, _("Cancelled") if one.is_cancelled else _waits(mine[key])))
        elif one.is_cancelled or any(overlap(one, other) for other in held):
            continue
        elif one.item.break_:
            rows.append((one, _("Break")))
        elif not one.item.takes_sign_ups and not any(
            other is not one and overlap(one, other) and not other.item.break_ for other in items.values()
        ):
            rows.append((one, _("For everybody")))
    return rows


def _waits(row: ItemSignUp) -> str:
    return str(_("Waiting list")) if row.status is SignUpStatus.WAITING else ""


def _gone(view: EventView, chosen: Collection[str], items: Mapping[str, Placed]) -> list[str]:
    known = {item.key: item for item in programme_of(view).programme}
    gone = [key for key in sorted(chosen) if key not in known]
    titles = [items[key].name for key in items if key in chosen and items[key].is_cancelled]
    return titles + ([_("An item that is no longer in the programme")] * bool(gone))
