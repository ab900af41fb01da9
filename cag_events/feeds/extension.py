"""What the feeds room adds to pages and daily work that are not its own."""

from typing import Final

from cag_events.events.extensions import Extension
from cag_events.feeds import faults, floors

EXTENSION: Final = Extension(room="feeds", todos=faults.todos, watching=faults.watching, erase=floors.keep)
