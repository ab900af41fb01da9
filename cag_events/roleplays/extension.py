"""What the roleplays room adds to pages, files and daily work that are not its own."""

from cag_events.events.extensions import Extension

EXTENSION = Extension(room="roleplays", kinds=frozenset({"roleplay"}))
