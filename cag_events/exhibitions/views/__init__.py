"""Pages: productions and stops, crates, visitors, the counter on a phone, the hours of a venue."""

from cag_events.exhibitions.views import counter, hours, productions, stops, visitors
from cag_events.exhibitions.views.blueprint import bp

__all__ = ["bp", "counter", "hours", "productions", "stops", "visitors"]
