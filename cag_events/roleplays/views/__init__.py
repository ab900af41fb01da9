"""Pages of the roleplays room."""

from cag_events.roleplays.views import desk, export, links, masters, own, runs
from cag_events.roleplays.views.blueprint import bp

__all__ = ["bp", "desk", "export", "links", "masters", "own", "runs"]
