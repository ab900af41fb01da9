"""Pages of the messages room; importing this registers all of them."""

from cag_events.messages.views import coming, notices, places, survey, writing
from cag_events.messages.views.blueprint import bp

__all__ = ["bp", "coming", "notices", "places", "survey", "writing"]
