"""What the replies room adds to pages, files and daily work that are not its own."""

from typing import Final

from cag_events.events.extensions import Extension
from cag_events.replies.daily import erase, timed, todos

EXTENSION: Final = Extension(room="replies", todos=todos, timed=timed, erase=erase)
