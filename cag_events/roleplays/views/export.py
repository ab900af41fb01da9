"""The casting list and the figures of wishes to take along; briefs are in neither."""

from collections.abc import Iterator

from flask import Response
from flask.typing import ResponseReturnValue

from cag_events.domain.event import EventView
from cag_events.permissions import Permission
from cag_events.roleplays.casting import COLUMNS, WISH_COLUMNS, cast_of, rows, wishes_of
from cag_events.roleplays.views.blueprint import bp
from cag_events.roleplays.views.desk import game_of
from cag_events.web import throttle
from cag_events.web.access import confirmed, needs
from cag_events.web.actor import actor
from cag_events.web.sheets import Cell, csv_answer, xlsx_answer


@bp.get("/<lang>/organise/events/<key>/roles.csv")
@needs(Permission.ATTENDEES_EXPORT)
@confirmed
def csv(key: str) -> ResponseReturnValue:
    """Take the casting list along as CSV."""
    view = _wanted(key)
    return csv_answer(f"roles-{view.key}", COLUMNS, rows(cast_of(view)))


@bp.get("/<lang>/organise/events/<key>/roles.xlsx")
@needs(Permission.ATTENDEES_EXPORT)
@confirmed
def xlsx(key: str) -> ResponseReturnValue:
    """Take the casting list along as a workbook."""
    view = _wanted(key)
    return xlsx_answer(f"roles-{view.key}", COLUMNS, rows(cast_of(view)), "roles")


@bp.get("/<lang>/organise/events/<key>/wishes.csv")
@needs(Permission.ATTENDEES_SEE)
def wishes_csv(key: str) -> Response:
    """Take along how often each role is wished for; it names nobody."""
    view = game_of(key)
    wished: Iterator[list[Cell]] = (
        [one.role, one.party, one.seats, one.fewest, one.first, one.second, one.third, one.refused]
        for one in wishes_of(view)
    )
    return csv_answer(f"wishes-{view.key}", WISH_COLUMNS, wished)


def _wanted(key: str) -> EventView:
    view = game_of(key)
    throttle.spend((throttle.EXPORT_ACCOUNT, str(actor().account_id)))
    return view
