"""What the messages room adds to pages, files and daily work that are not its own."""

from typing import Final

from cag_events.events.extensions import Extension
from cag_events.messages.blocks import erase, on_own_page, timed, todos

EXTENSION: Final = Extension(room="messages", on_own_page=on_own_page, todos=todos, timed=timed, erase=erase)
