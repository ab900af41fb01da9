"""The organizers' pages about events, venues, themes, campaigns and kinds."""

from cag_events.events.blueprint import bp
from cag_events.events.views import (
    conflicts,
    dates,
    editor,
    history,
    listing,
    merging,
    partners,
    passes,
    periods,
    venues,
    words,
)

__all__ = [
    "bp",
    "conflicts",
    "dates",
    "editor",
    "history",
    "listing",
    "merging",
    "partners",
    "passes",
    "periods",
    "venues",
    "words",
]
