"""Pages of the lists room: what there is to take along of an event."""

from cag_events.lists.views import counts, files, labels, sheets, visitors
from cag_events.lists.views.blueprint import bp

__all__ = ["bp", "counts", "files", "labels", "sheets", "visitors"]
