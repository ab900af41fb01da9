"""What the workshops room adds to pages, files and daily work that are not its own."""

from cag_events.domain.errors import N_
from cag_events.domain.event import EventRecord, RegistrationMode
from cag_events.events.extensions import Extension, Tab
from cag_events.permissions import Permission
from cag_events.workshops.blocks import on_own_page, on_page, todos
from cag_events.workshops.queries import KINDS, frame_of, standing_of
from cag_events.workshops.services import do_timed


def _is_decided(record: EventRecord) -> bool:
    return standing_of(record, 0) is not None


def _is_chosen(record: EventRecord) -> bool:
    return record.registration.mode is RegistrationMode.APPROVAL


def _has_seats(record: EventRecord) -> bool:
    return record.registration.mode is not RegistrationMode.NONE and record.starts_at is not None


def _has_kit(record: EventRecord) -> bool:
    frame = frame_of(record)
    return bool(frame.kit or frame.tasks or frame.notes or frame.materials)


EXTENSION = Extension(
    room="workshops",
    kinds=KINDS,
    on_page=on_page,
    on_own_page=on_own_page,
    tabs=(
        Tab(
            label=N_("Selection"),
            endpoint="workshops.selection",
            permission=Permission.EVENT_SEE,
            wants=_is_chosen,
            below="registrations.list",
        ),
        Tab(label=N_("Held or not"), endpoint="workshops.decision", permission=Permission.EVENT_SEE, wants=_is_decided),
        Tab(
            label=N_("Still coming?"),
            endpoint="workshops.coming",
            permission=Permission.EVENT_SEE,
            wants=_has_seats,
            below="registrations.list",
        ),
        Tab(
            label=N_("Kit and preparations"), endpoint="workshops.kit", permission=Permission.EVENT_SEE, wants=_has_kit
        ),
    ),
    todos=todos,
    timed=do_timed,
)
