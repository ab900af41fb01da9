"""What the exhibitions room adds to pages, files and daily work that are not its own."""

from cag_events.domain.errors import N_
from cag_events.events.extensions import Extension, PassKind, Section, Tab
from cag_events.exhibitions.counted import Counted, read_counted, store_counted
from cag_events.exhibitions.public_map import block_of
from cag_events.exhibitions.services.visitors import forget_taps
from cag_events.exhibitions.todos import todos
from cag_events.permissions import Permission

EXTENSION = Extension(
    room="exhibitions",
    kinds=frozenset({"exhibition"}),
    on_page=block_of,
    tabs=(Tab(label=N_("Visitors"), endpoint="exhibitions.visitors", permission=Permission.COUNTS_SEE),),
    passes=(
        PassKind(
            purpose="counter",
            label=N_("Counter on a phone"),
            hint=N_("One press for each visitor. It counts, and knows nobody."),
            endpoint="exhibitions.counter",
            is_at_door=True,
        ),
    ),
    todos=todos,
    sections=(Section(name="visitors", content=tuple[Counted, ...], read=read_counted, store=store_counted),),
    timed=forget_taps,
)
