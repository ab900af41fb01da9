"""What the studies room adds to pages, files and daily work that are not its own."""

from cag_events.events.extensions import Extension

EXTENSION = Extension(room="studies", kinds=frozenset({"study_session"}))
