"""What the replies room adds to pages, files and daily work that are not its own."""

from typing import Final

from cag_events.domain.errors import N_
from cag_events.events.extensions import Extension, Tab
from cag_events.permissions import Permission
from cag_events.replies.daily import erase, timed, todos

EXTENSION: Final = Extension(
    room="replies",
    tabs=(
        Tab(
            label=N_("Calendar answers"),
            endpoint="replies.answers",
            permission=Permission.ATTENDEES_EDIT,
            below="registrations.list",
        ),
    ),
    todos=todos,
    timed=timed,
    erase=erase,
)
