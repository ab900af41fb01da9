"""Pages of the workshops room; importing this registers all of them."""

from cag_events.workshops.views import coming, decision, export, own, prints, selection
from cag_events.workshops.views.blueprint import bp

__all__ = ["bp", "coming", "decision", "export", "own", "prints", "selection"]
