"""Pages of the registrations room. Each module of views is imported here, so that its pages are known."""

from cag_events.registrations.views import (
    approvals,
    care,
    coming,
    data,
    desk,
    detail,
    groups,
    invited,
    inviting,
    member,
    own,
    passing,
    public,
    questions,
    queue,
    ticket,
    unsubscribe,
)
from cag_events.registrations.views.blueprint import bp

__all__ = [
    "approvals",
    "bp",
    "care",
    "coming",
    "data",
    "desk",
    "detail",
    "groups",
    "invited",
    "inviting",
    "member",
    "own",
    "passing",
    "public",
    "questions",
    "queue",
    "ticket",
    "unsubscribe",
]
