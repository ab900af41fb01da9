"""Pages of the replies room. Each module of views is imported here, so that its pages are known."""

from cag_events.replies.views import answers
from cag_events.replies.views.blueprint import bp

__all__ = ["answers", "bp"]
