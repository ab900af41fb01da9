"""Pages of the registrations room. Each module of views is imported here, so that its pages are known."""

from cag_events.registrations.views import (
    coming,
    desk,
    detail,
    export,
    member,
    own,
    public,
    questions,
    ticket,
    unsubscribe,
)
from cag_events.registrations.views.blueprint import bp

__all__ = ["bp", "coming", "desk", "detail", "export", "member", "own", "public", "questions", "ticket", "unsubscribe"]
