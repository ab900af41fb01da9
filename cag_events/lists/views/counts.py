"""What is counted without names: the kitchen, the room, the balance of segments."""

from dataclasses import dataclass

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from cag_events import clock
from cag_events.domain.event import EventView, OccurrenceRecord
from cag_events.domain.seats import Slot
from cag_events.domain.texts import pick
from cag_events.events.wording import MODE_WORDS
from cag_events.lists.queries import Day, Part, count_parts, kitchen_of
from cag_events.lists.services import needs_reason
from cag_events.lists.views.blueprint import around, bp, for_team, named
from cag_events.permissions import Permission
from cag_events.registrations.queries import list_segments, seat_state
from cag_events.web.access import needs
from cag_events.web.language import current_language
from cag_events.web.sheets import Cell, csv_answer

WIDTH = 100  # of a bar's drawing


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A segment in one slot. `held`: seats kept for it, `held_left`: free ones; `is_meant`: the event is for it."""

    name: str
    seated: int
    waiting: int
    held: int
    held_left: int
    is_meant: bool
    seated_width: int
    waiting_width: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance:
    """One way to take part at one date."""

    occurrence: OccurrenceRecord
    mode: str
    capacity: int
    seated: int
    free: int
    rows: list[Row]


@bp.get("/<lang>/organise/events/<key>/lists/balance")
@needs(Permission.COUNTS_SEE)
def balance(key: str) -> ResponseReturnValue:
    """See who comes, by segment."""
    view = for_team(key)
    return render_template("lists/balance.html", **around(view), parts=_balances(view), width=WIDTH)


@bp.get("/<lang>/organise/events/<key>/lists/kitchen")
@needs(Permission.ATTENDEES_SEE)
def kitchen(key: str) -> ResponseReturnValue:
    """See what is wished of food and rooms."""
    view = for_team(key)
    return render_template(
        "lists/kitchen.html", **around(view), days=_days(view), has_numbers=not needs_reason(view), food=view.food
    )


@bp.get("/<lang>/organise/events/<key>/lists/kitchen/print")
@needs(Permission.ATTENDEES_SEE)
def print_kitchen(key: str) -> ResponseReturnValue:
    """Print what is wished of food and rooms."""
    view = for_team(key)
    return render_template(
        "lists/print_kitchen.html",
        **around(view),
        days=_days(view),
        has_numbers=not needs_reason(view),
        part=request.args.get("part", ""),
        food=view.food,
        printed_at=clock.now(),
        back=(url_for(".kitchen", key=key), _("Kitchen and room")),
    )


@bp.get("/<lang>/organise/events/<key>/lists/kitchen.csv")
@needs(Permission.ATTENDEES_EXPORT)
def kitchen_csv(key: str) -> ResponseReturnValue:
    """Take along as CSV what is wished of food and rooms."""
    view = for_team(key)
    days = _days(view)
    rows: list[tuple[Cell, ...]] = []
    for occurrence, day in days:
        at = occurrence.starts_wall.isoformat(timespec="minutes") if occurrence else ""
        rows.append((at, "people", "", day.people))
        for kind, wishes in (("diet", day.diets), ("needs", day.needs)):
            rows += [(at, kind, one.text, one.number or "") for one in wishes]
    return csv_answer(named(view, "kitchen"), ("date", "kind", "wish", "number"), rows)


def _days(view: EventView) -> list[tuple[OccurrenceRecord | None, Day]]:
    dates = {one.id: one for one in view.occurrences}
    return [(dates.get(day.occurrence_id or 0), day) for day in kitchen_of(view)]


def _balances(view: EventView) -> list[Balance]:
    state, parts = seat_state(view), count_parts(view.id)
    lang = current_language()
    names = {one.key: pick(one.name, lang).text for one in [*list_segments(), *view.segments]} | {"": _("Not said")}
    meant = {one.key for one in view.segments}
    found = []
    for occurrence in view.living:
        for mode, capacity in state.capacity.items():
            slot = Slot(occurrence.id, mode)
            part = parts.get(slot, Part({}, {}))
            pools = state.pools.get(mode, {})
            shown = [key for key in names if key in {*part.seated, *part.waiting, *pools, *meant}]
            most = max([1, *(part.seated.get(key, 0) + part.waiting.get(key, 0) for key in shown), *pools.values()])
            rows = [
                Row(
                    name=names[key],
                    seated=part.seated.get(key, 0),
                    waiting=part.waiting.get(key, 0),
                    held=pools.get(key, 0),
                    held_left=state.held_free(slot, key),
                    is_meant=key in meant,
                    seated_width=part.seated.get(key, 0) * WIDTH // most,
                    waiting_width=part.waiting.get(key, 0) * WIDTH // most,
                )
                for key in shown
            ]
            found.append(
                Balance(
                    occurrence=occurrence,
                    mode=_(MODE_WORDS[mode]),
                    capacity=capacity,
                    seated=sum(part.seated.values()),
                    free=state.free(slot),
                    rows=rows,
                )
            )
    return found
