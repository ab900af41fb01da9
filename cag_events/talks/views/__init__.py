"""Pages of the talks room. Each module of views is imported here, so that its pages are known."""

from cag_events.talks.views import culture, films, heads, joining, questions, recordings, room, terms
from cag_events.talks.views.blueprint import bp

__all__ = ["bp", "culture", "films", "heads", "joining", "questions", "recordings", "room", "terms"]
