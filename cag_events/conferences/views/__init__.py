"""Pages of the conferences room."""

import cag_events.conferences.views.export
import cag_events.conferences.views.letters
import cag_events.conferences.views.own
import cag_events.conferences.views.public  # noqa: F401 (they register themselves with the blueprint)
from cag_events.conferences.views.blueprint import bp

__all__ = ["bp"]
