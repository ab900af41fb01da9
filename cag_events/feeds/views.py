"""The addresses of the feeds room. Each module of views is imported here, so that its addresses are known."""

from cag_events.feeds import builder, limits, machine, mine
from cag_events.feeds.blueprint import bp

__all__ = ["bp", "builder", "limits", "machine", "mine"]
