"""The calendar as lines: each date of each event by itself, so that a list can do what the tables can."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from flask_babel import gettext as _

from cag_events.domain import when
from cag_events.domain.disclosure import disclose
from cag_events.domain.seats import SeatState
from cag_events.domain.texts import Picked
from cag_events.events.cards import Reader
from cag_events.events.wording import STATUS_WORDS
from cag_events.permissions import Actor
from cag_events.workspace.doing import Line, line_at
from cag_events.workspace.queries import Watched


def dated_lines(
    watched: Watched,
    actor: Actor,
    reader: Reader,
    *,
    now: datetime,
    state: SeatState | None,
    start: datetime,
    end: datetime,
    with_run: bool,
) -> Iterator[tuple[datetime, Line]]:
    """Return a line for each date of an event that touches a time, and one for its run; each with its beginning."""
    view = disclose(watched.record, actor.viewer, now)
    if view.run_from is not None and with_run:
        yield when.start_of_day(view.run_from, reader.home), line_at(view, None, actor, reader, now=now, state=state)
    single = replace(view, run_from=None, run_to=None)
    for one in view.occurrences:
        if one.starts_at < end and one.ends_at > start:
            own = reader.text(one.title) if view.run_from is not None else None
            line = line_at(single, one, actor, reader, now=now, state=state)
            if own:
                line = replace(line, title=Picked(f"{own.text} – {line.title.text}", line.title.lang))
            if one.cancelled_on is not None:
                line = replace(line, status="cancelled", status_label=_(STATUS_WORDS["cancelled"]), move_url="")
            yield one.starts_at, line
