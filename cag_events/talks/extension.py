"""What the talks room adds to pages, files and daily work that are not its own."""

from typing import Final

from cag_events import clock
from cag_events.domain.errors import N_
from cag_events.domain.event import EventRecord, Mode
from cag_events.events.extensions import Extension, PassKind, Tab
from cag_events.permissions import Permission
from cag_events.talks.blocks import on_own_page, on_page
from cag_events.talks.queries import HEADS, MODERATOR, culture_of, film_of, question_state
from cag_events.talks.retention import delete_due, erase, holding
from cag_events.talks.rules import rules
from cag_events.talks.services.joining import PATH, keep_given
from cag_events.talks.todos import todos


def _takes_questions(record: EventRecord) -> bool:
    return question_state(record, clock.now()).is_taken


TABS: Final = (
    Tab(
        label=N_("Questions"),
        endpoint="talks.questions",
        permission=Permission.ATTENDEES_SEE,
        wants=_takes_questions,
    ),
    Tab(
        label=N_("Head count"),
        endpoint="talks.heads",
        permission=Permission.COUNTS_SEE,
        also=("talks.set_heads",),
        below="door.desk",
        wants=lambda record: record.mode is not Mode.ONLINE,
    ),
    Tab(
        label=N_("Online room"),
        endpoint="talks.room",
        permission=Permission.COUNTS_SEE,
        also=("talks.save_dial_in",),
        wants=lambda record: record.mode is not Mode.ONSITE,
    ),
    Tab(
        label=N_("Recording"),
        endpoint="talks.recording",
        permission=Permission.EVENT_PUBLISH,
        also=("talks.save_recording",),
    ),
    Tab(
        label=N_("Licence"),
        endpoint="talks.licence",
        permission=Permission.COUNTS_SEE,
        also=("talks.report",),
        wants=lambda record: film_of(record) is not None,
    ),
    Tab(
        label=N_("Cultural programme"),
        endpoint="talks.culture",
        permission=Permission.COUNTS_SEE,
        wants=lambda record: culture_of(record) is not None,
    ),
)
PASSES: Final = (
    PassKind(
        purpose=HEADS,
        label=N_("Head count"),
        hint=N_("Counts the people in the room with a phone, by group. Shows no names."),
        endpoint="talks.counter",
        is_at_door=True,
    ),
    PassKind(
        purpose=MODERATOR,
        label=N_("Moderator"),
        hint=N_("Shows the questions that were sent in, with names only where they may be read out."),
        endpoint="talks.moderator",
    ),
)
EXTENSION: Final = Extension(
    room="talks",
    kinds=frozenset({"lecture", "screening", "webinar"}),
    on_page=on_page,
    on_own_page=on_own_page,
    tabs=TABS,
    passes=PASSES,
    todos=todos,
    rules=rules,
    secrets=(PATH,),
    keep_secrets=keep_given,
    holding=holding,
    delete_due=delete_due,
    erase=erase,
)
