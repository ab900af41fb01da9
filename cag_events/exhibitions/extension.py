"""What the exhibitions room adds to pages, files and daily work that are not its own."""

from cag_events.events.extensions import Extension

EXTENSION = Extension(room="exhibitions", kinds=frozenset({"exhibition"}))
