"""What the door room adds to pages, files and daily work that are not its own."""

from typing import Final

from cag_events.domain.errors import N_
from cag_events.domain.event import Mode
from cag_events.door.retention import delete_due, erase, holding
from cag_events.events.extensions import Extension, Tab
from cag_events.permissions import Permission

EXTENSION: Final = Extension(
    room="door",
    tabs=(
        Tab(
            label=N_("Door"),
            endpoint="door.desk",
            permission=Permission.ATTENDEES_EDIT,
            also=("door.make_link", "door.paper", "door.type_in"),
            wants=lambda record: record.mode is not Mode.ONLINE and bool(record.occurrences),
        ),
    ),
    holding=holding,
    delete_due=delete_due,
    erase=erase,
)
