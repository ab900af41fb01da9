"""The organisers' pages across all rooms. Each module of views is imported here, so that its pages are known."""

from cag_events.workspace import (
    calendar_views,
    lifecycle_views,
    moving_views,
    overlay_views,
    period_views,
    planning_views,
    today_views,
)
from cag_events.workspace.blueprint import bp

__all__ = [
    "bp",
    "calendar_views",
    "lifecycle_views",
    "moving_views",
    "overlay_views",
    "period_views",
    "planning_views",
    "today_views",
]
