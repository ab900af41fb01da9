"""The public pages. Each module of views is imported here, so that its pages are known."""

from cag_events.site import (
    event_views,
    list_views,
    machine_views,
    member_views,
    preview_views,
    statement_views,
    topic_views,
)
from cag_events.site.blueprint import bp

__all__ = [
    "bp",
    "event_views",
    "list_views",
    "machine_views",
    "member_views",
    "preview_views",
    "statement_views",
    "topic_views",
]
