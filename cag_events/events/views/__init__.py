"""The organizers' pages about events, venues, themes, campaigns and kinds."""

from cag_events.events.blueprint import bp
from cag_events.events.views import conflicts, editor, history, listing, merging, partners, passes, venues, words

__all__ = ["bp", "conflicts", "editor", "history", "listing", "merging", "partners", "passes", "venues", "words"]
