"""What the messages room adds to pages, files and daily work that are not its own."""

from typing import Final

from cag_events.domain.errors import N_
from cag_events.domain.event import EventRecord, RegistrationMode
from cag_events.events.extensions import Extension, Tab
from cag_events.messages.blocks import all_todos, erase, on_own_page, timed, watching
from cag_events.messages.retention import delete_due, holding
from cag_events.permissions import Permission


def _takes_people(record: EventRecord) -> bool:
    return record.registration.mode is not RegistrationMode.NONE


EXTENSION: Final = Extension(
    room="messages",
    on_own_page=on_own_page,
    tabs=(
        Tab(
            label=N_("Messages"),
            endpoint="messages.of_event",
            permission=Permission.EVENT_SEE,
            also=("messages.new", "messages.note", "messages.drop"),
            wants=_takes_people,
        ),
    ),
    todos=all_todos,
    timed=timed,
    watching=watching,
    holding=holding,
    delete_due=delete_due,
    erase=erase,
)
