"""Pages of the studies room. Each module of views is imported here, so that its pages are known."""

from cag_events.studies.views import attendance, own, readings, reports, terms
from cag_events.studies.views.blueprint import bp

__all__ = ["attendance", "bp", "own", "readings", "reports", "terms"]
