"""What the registrations room adds to pages, files and daily work that are not its own."""

from typing import Final

from cag_events.events.extensions import Extension
from cag_events.registrations.services.queue import do_timed
from cag_events.registrations.tickets import on_own_page

EXTENSION: Final = Extension(room="registrations", timed=do_timed, on_own_page=on_own_page)
