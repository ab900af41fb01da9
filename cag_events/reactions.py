"""One table: fact → what follows. All side effects on one page.

AT_ONCE runs within the transaction that notes the fact; LATER is done by the worker, at least once.
"""

from flask import Flask

from cag_events.events import search
from cag_events.outbox.facts import Reactions

AT_ONCE: Reactions = {
    "event.changed": (search.index,),
}
LATER: Reactions = {}


def init_app(app: Flask) -> None:
    """Give the application its reactions."""
    app.extensions["cag_reactions_at_once"] = AT_ONCE
    app.extensions["cag_reactions_later"] = LATER
