"""What the messages room adds to pages, files and daily work that are not its own."""

from typing import Final

from cag_events.events.extensions import Extension

EXTENSION: Final = Extension(room="messages")
