"""What the registrations room adds to pages, files and daily work that are not its own."""

from typing import Final

from cag_events.domain.errors import N_
from cag_events.domain.event import EventRecord, RegistrationMode
from cag_events.events.extensions import Extension, Tab
from cag_events.permissions import Permission
from cag_events.registrations.services.queue import do_timed
from cag_events.registrations.tickets import on_own_page
from cag_events.registrations.todos import todos


def _has_queue(record: EventRecord) -> bool:
    return record.registration.mode is not RegistrationMode.NONE and record.registration.waitlist


def _is_decided_on(record: EventRecord) -> bool:
    return record.registration.mode is RegistrationMode.APPROVAL


def _holds_seats(record: EventRecord) -> bool:
    return bool(record.registration.pools)


EXTENSION: Final = Extension(
    room="registrations",
    on_own_page=on_own_page,
    tabs=(
        Tab(
            label=N_("Form questions"),
            endpoint="registrations.questions",
            below="registrations.list",
            permission=Permission.EVENT_EDIT,
            also=("registrations.question", "registrations.new_question", "registrations.ask_to_remove"),
        ),
        Tab(
            label=N_("To decide"),
            endpoint="registrations.approvals",
            permission=Permission.ATTENDEES_SEE,
            also=("registrations.answer_several",),
            below="registrations.list",
            wants=_is_decided_on,
        ),
        Tab(
            label=N_("Queue"),
            endpoint="registrations.queue",
            below="registrations.list",
            permission=Permission.ATTENDEES_SEE,
            also=("registrations.move",),
            wants=_has_queue,
        ),
        Tab(
            label=N_("Held seats"),
            endpoint="registrations.held_seats",
            below="registrations.list",
            permission=Permission.ATTENDEES_EDIT,
            also=("registrations.change_held_seats",),
            wants=_holds_seats,
        ),
    ),
    timed=do_timed,
    todos=todos,
)
